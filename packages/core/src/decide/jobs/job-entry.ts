/**
 * What all processes know of one run of a job: the text of one entry of the register. How far its tasks are enqueued, and, where the job
 * is followed, how they have ended: those of each part (a batch) are added up here once, when the last of the part has ended.
 */
import type { BatchCounts } from '../../domain/batch.ts';
import type { JobProgress, JobState } from '../../domain/job.ts';
import type { EpochMs } from '../../domain/time.ts';
import { ReeveError } from '../../errors.ts';
import type { KeptFinalizer } from '../batch-entry.ts';
import { BitMap } from '../bit-map.ts';

const VERSION = 1;

/** How many tasks of a job are one batch: its entry is written for every page of ends, so it is small. */
export const PART_SIZE = 20_000;

export interface KeptParts {
  readonly size: number;
  /** One bit for each part whose tasks have all ended and are counted, as base64. */
  readonly closed: string;
  readonly counts: BatchCounts;
}

export interface JobEntry {
  readonly v: typeof VERSION;
  readonly run: string;
  readonly labourer: string;
  /** By which its periods were read: whoever goes on with it on another day makes the tasks of the day on which it began. */
  readonly now: EpochMs;
  /** Of the plan, or of what a stream was when it was read up to its place. */
  readonly fingerprint: string;
  /** A stream's first tasks, so that another stream of the same form is told from it. */
  readonly head?: Mark;
  /** All tasks before this one are enqueued. */
  readonly place: number;
  readonly total?: number;
  /** Absent: it is not followed. */
  readonly parts?: KeptParts;
  readonly finalizer?: KeptFinalizer;
  readonly created?: true;
  readonly cancelled?: EpochMs;
  readonly ended?: true;
}

/** What a stream had been up to a place. */
export interface Mark {
  readonly place: number;
  readonly digest: string;
}

export interface NewJob extends Omit<JobEntry, 'v' | 'place' | 'parts'> {
  readonly isFollowed: boolean;
}

const NONE: BatchCounts = { completed: 0, dead: 0, cancelled: 0, dropped: 0 };

export const newJob = ({ isFollowed, ...job }: NewJob): JobEntry => ({
  v: VERSION,
  ...job,
  place: 0,
  ...(isFollowed && { parts: { size: PART_SIZE, closed: '', counts: NONE } }),
});

export const stateOf = ({ cancelled, created, ended }: JobEntry): JobState => {
  if (cancelled !== undefined) return 'cancelled';
  if (ended) return 'ended';
  return created ? 'created' : 'creating';
};

/** Nothing is left to be done for it, ever: its entry may be forgotten after a while. */
export const isOver = (job: JobEntry): boolean => job.cancelled !== undefined || job.ended === true || (job.created === true && !job.parts);

/** Beyond the place of a job there may be tasks that are written and not told yet: those of one part more, at most. */
const reachOf = ({ total, place, parts }: JobEntry): number => total ?? place + (parts?.size ?? 0);

/** The parts that may have tasks, and are not counted in the entry of the job. */
export const openParts = (job: JobEntry): readonly number[] => {
  const { parts } = job;
  if (!parts) return [];
  return Array.from({ length: Math.ceil(reachOf(job) / parts.size) }, (_, part) => part).filter((part) => !isPartClosed(job, part));
};

export const isPartClosed = ({ parts }: JobEntry, part: number): boolean => parts !== undefined && new BitMap(parts.closed).has(part);

/** Further on, and never back: of two schedulers the one that is ahead counts. @returns the very job that it was given if nothing is new */
export const movedOn = (job: JobEntry, { place, digest }: Partial<Mark> & Pick<Mark, 'place'>): JobEntry => {
  if (place <= job.place || job.cancelled !== undefined) return job;
  const first = job.head ?? (digest === undefined ? undefined : { place, digest });
  return { ...job, place, ...(digest !== undefined && { fingerprint: digest }), ...(first && { head: first }) };
};

/** All tasks are enqueued. */
export const createdAll = (job: JobEntry, total: number): JobEntry =>
  job.created || job.cancelled !== undefined ? job : { ...job, place: total, total, created: true };

/** Adds up how the tasks of a part have ended; a part that was counted is not counted again. */
export const partCounted = (job: JobEntry, part: number, counts: BatchCounts): JobEntry => {
  const { parts } = job;
  if (!parts || job.ended) return job;
  const closed = new BitMap(parts.closed);
  if (closed.has(part)) return job;
  return { ...job, parts: { ...parts, closed: closed.add(part).text, counts: sumOf(parts.counts, counts) } };
};

export const sumOf = (a: BatchCounts, b: BatchCounts): BatchCounts => ({
  completed: a.completed + b.completed,
  dead: a.dead + b.dead,
  cancelled: a.cancelled + b.cancelled,
  dropped: a.dropped + b.dropped,
});

const countOf = ({ completed, dead, cancelled, dropped }: BatchCounts): number => completed + dead + cancelled + dropped;

/** All of its tasks are there and have ended, and nobody has written yet that what follows is enqueued. */
export const isToEnd = ({ parts, total, created, cancelled, ended }: JobEntry): boolean =>
  parts !== undefined &&
  created === true &&
  cancelled === undefined &&
  ended !== true &&
  countOf(parts.counts) >= (total ?? Number.POSITIVE_INFINITY);

export const endedAll = (job: JobEntry): JobEntry => (job.ended ? job : { ...job, ended: true });

/** @param open how many tasks of the parts that are not counted yet have ended so far */
export const progressOf = (id: string, job: JobEntry, open: BatchCounts): JobProgress => ({
  id,
  run: job.run,
  labourer: job.labourer,
  state: stateOf(job),
  created: job.place,
  ...(job.total !== undefined && { total: job.total }),
  ...(job.parts && sumOf(job.parts.counts, open)),
});

export const NO_ENDS: BatchCounts = NONE;

/** @throws ReeveError JOB_UNREADABLE */
export const readJobEntry = (id: string, value: unknown): JobEntry => {
  const job = value as Partial<JobEntry> | null;
  const isWhole =
    job?.v === VERSION &&
    typeof job.run === 'string' &&
    typeof job.labourer === 'string' &&
    typeof job.fingerprint === 'string' &&
    Number.isSafeInteger(job.now) &&
    Number.isSafeInteger(job.place);
  if (isWhole) return job as JobEntry;
  const message = `job ${JSON.stringify(id.slice(0, 128))}: its entry in the register cannot be read; a newer version has written it, or something else`;
  throw new ReeveError({ kind: 'contract', code: 'JOB_UNREADABLE', message });
};
