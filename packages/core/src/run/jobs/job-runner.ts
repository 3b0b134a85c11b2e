import type { KeptFinalizer } from '../../decide/batch-entry.ts';
import { type JobEntry, newJob, stateOf } from '../../decide/jobs/job-entry.ts';
import type { JobRun } from '../../domain/job.ts';
import type { Labourer } from '../../domain/labourer.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TaskStore } from '../../ports/task-store.ts';
import type { BatchBook } from '../batch-book.ts';
import type { Doorbell } from '../doorbell.ts';
import type { Events } from '../events.ts';
import { refuseMisfits } from '../fit.ts';
import type { Follower } from '../follower.ts';
import type { Canceller } from './canceller.ts';
import type { Chunk } from './chunks.ts';
import type { JobBook } from './job-book.ts';
import { Maker } from './maker.ts';
import type { OpenJobs } from './open-jobs.ts';
import { PartKeeper } from './part-keeper.ts';
import type { Source } from './source.ts';
import type { Stop } from './stop.ts';

export interface JobRunnerParts {
  readonly store: Pick<TaskStore, 'enqueue'>;
  readonly clock: Clock;
  readonly events: Events;
  readonly doorbell: Doorbell;
  readonly jobs: JobBook;
  readonly open: OpenJobs;
  readonly batches: BatchBook;
  readonly canceller: Canceller;
  readonly follower: Pick<Follower, 'expect'> | undefined;
}

/** What a call was given, checked. */
export interface Given {
  readonly run: string;
  readonly now: EpochMs;
  readonly isFollowed: boolean;
  readonly finalizer?: KeptFinalizer;
}

/** Takes one job as far as it can: begins it, or goes on with what another began. */
export class JobRunner {
  readonly #parts: JobRunnerParts;

  constructor(parts: JobRunnerParts) {
    this.#parts = parts;
  }

  async run(source: Source, labourer: Labourer, given: Given, stop: Stop): Promise<JobRun> {
    try {
      return await this.#run(source, labourer, given, stop);
    } finally {
      source.close();
    }
  }

  async #run(source: Source, labourer: Labourer, given: Given, stop: Stop): Promise<JobRun> {
    const { jobs } = this.#parts;
    const { id } = source;
    const found = await jobs.find(id);
    if (found && stateOf(found) !== 'creating') {
      await stop.or(source.verify(found));
      return this.ended(id, found);
    }
    if (!found && source.isWhole && labourer.schema) await refuseAllMisfits(source, labourer);
    // The first tasks of a stream may be long in coming.
    const begun = found ?? (source.isWhole ? await newJobOf(source, given) : await stop.or(newJobOf(source, given)));
    if (!begun) return { id, run: given.run, state: 'creating', place: 0, kept: false };
    // In this order: see OpenJobs. Two that begin at once write the same, and then find one entry.
    const isKept = await this.#keep(source, given);
    const job = found ?? (await jobs.open(id, begun));
    const made = stateOf(job) === 'creating' ? await this.#make(source, labourer, job, stop) : job;
    return stateOf(made) === 'creating' ? runOf(id, made, isKept) : this.ended(id, made);
  }

  /** What is left to be done for a job of which no more is to be enqueued. Safe to repeat. */
  async ended(id: string, job: JobEntry): Promise<JobRun> {
    const { jobs, open, events } = this.#parts;
    const now = await jobs.endIfDue(id, job, (error) => events.emit('job.failed', { id, error }));
    // A cancelled one stays for a while among those that `continueJobs` looks at.
    if (job.cancelled === undefined) await open.drop(id);
    return runOf(id, now ?? job, false);
  }

  async #make(source: Source, labourer: Labourer, job: JobEntry, stop: Stop): Promise<JobEntry> {
    const { batches, canceller, follower } = this.#parts;
    const { id } = source;
    const parts = job.parts && new PartKeeper(id, { ...job, parts: job.parts }, batches);
    // Before the first is written, which may have ended by the time that it is answered.
    if (parts) follower?.expect(labourer.id);
    const { schema } = labourer;
    const check = source.isWhole || !schema ? undefined : (chunk: Chunk): Promise<void> => refuseChunk(chunk, labourer);
    const maker = new Maker({ ...this.#parts, book: this.#parts.jobs }, { id, labourer, entry: job, parts, check });
    const made = await maker.make(source.chunksFor(job), stop);
    if (made.cancelled === undefined) return made;
    // Whoever cancelled may have looked before the last of these were written.
    await canceller.cancel(maker.recent.map((each) => ({ labourer: labourer.id, id: each })));
    await parts?.abandon();
    return made;
  }

  async #keep({ id, text }: Source, given: Given): Promise<boolean> {
    return text === undefined ? false : this.#parts.open.keep(id, { v: 1, text, ...given });
  }
}

const newJobOf = async (source: Source, given: Given): Promise<JobEntry> =>
  newJob({ ...given, labourer: source.labourer, ...(await source.begin()) });

const runOf = (id: string, job: JobEntry, kept: boolean): JobRun => ({
  id,
  run: job.run,
  state: stateOf(job),
  place: job.place,
  ...(job.total !== undefined && { total: job.total }),
  kept,
});

/** Before anything is written, where all is there to be looked at. @throws ReeveError PAYLOAD_REFUSED */
const refuseAllMisfits = async (source: Source, labourer: Labourer): Promise<void> => {
  for (const chunk of source.all()) await refuseChunk(chunk, labourer);
};

const refuseChunk = async ({ from, tasks }: Chunk, { schema }: Labourer): Promise<void> => {
  if (schema) await refuseMisfits(schema, tasks, (n) => `tasks[${from + n}].`);
};
