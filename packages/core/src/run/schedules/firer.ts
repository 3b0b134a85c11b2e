import type { Made, Mark } from '../../decide/schedules/entry.ts';
import { firingId, payloadOf, runOf } from '../../decide/schedules/firing-id.ts';
import type { Firing, Schedule } from '../../domain/schedule.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { TaskReader } from '../../ports/task-reader.ts';
import type { Enqueuer } from '../enqueuer.ts';

/** What runs jobs, as far as a schedule needs it. */
export interface ScheduledJobs {
  /** Makes the tasks of a job, or goes on with it. `done`: all are made. */
  run(event: string, options: ScheduledRun): Promise<{ readonly id: string; readonly done: boolean }>;
  /** @throws ReeveError INVALID_JOB */
  check(event: string, now: EpochMs): void;
  /** Whether a task of it has not ended or is yet to be made, as far as that is counted. */
  isOpen(id: string): Promise<boolean>;
}

export interface ScheduledRun {
  /** Which run of the job it is. */
  readonly run: string;
  /** What is today in it. */
  readonly now: EpochMs;
  /** On this process's clock: then it stops, done or not. */
  readonly until: EpochMs;
  readonly signal?: AbortSignal | undefined;
  /** Its ends are counted: the next firing asks for them. */
  readonly follow: boolean;
}

export interface FirerParts {
  readonly enqueuer: Pick<Enqueuer, 'enqueue'>;
  readonly reader: Pick<TaskReader, 'find'>;
  readonly labourers: Pick<ReadonlySet<string>, 'has'>;
  /** Absent: schedules with jobs are left to others. */
  readonly jobs?: ScheduledJobs | undefined;
}

/** Makes what an instant of a schedule is to make. It may be done again, and at the same time by others: nothing is made twice. */
export class Firer {
  readonly #parts: FirerParts;

  constructor(parts: FirerParts) {
    this.#parts = parts;
  }

  /** Whether this process can make it: another deployment may have other labourers. */
  knows(firing: Firing): boolean {
    const { labourers, jobs } = this.#parts;
    return labourers.has(firing.labourer) && (firing.kind === 'task' || jobs !== undefined);
  }

  /** @returns what was made; nothing if it is a job that is not done */
  async fire({ name, overlap, ...own }: Schedule, mark: Mark, until: EpochMs, signal?: AbortSignal): Promise<Made | undefined> {
    const { enqueuer, jobs } = this.#parts;
    const { instant, firing = own.firing } = mark;
    const { labourer } = firing;
    if (firing.kind === 'job') {
      if (!jobs) return undefined;
      // A signal of its own for each: many who listen to one look like a leak.
      const ending = signal && AbortSignal.any([signal]);
      const run = { run: runOf(name, instant), now: instant, until, signal: ending, follow: overlap === 'skip' };
      const { id, done } = await jobs.run(firing.job, run);
      return done ? { kind: 'job', id, labourer } : undefined;
    }
    const { priority, expireAfter, key } = firing;
    const { id } = await enqueuer.enqueue(labourer, payloadOf(name, firing, instant), {
      id: firingId(name, instant),
      ...(priority !== undefined && { priority }),
      ...(expireAfter !== undefined && { expireAfter }),
      ...(key !== undefined && { key }),
    });
    return { kind: 'task', id, labourer };
  }

  /** Whether what was made has not ended. What nobody remembers has. */
  async isOpen({ kind, labourer, id }: Made): Promise<boolean> {
    const { reader, jobs } = this.#parts;
    if (kind === 'job') return (await jobs?.isOpen(id)) ?? false;
    const task = await reader.find({ labourer, id });
    return task?.state === 'queued' || task?.state === 'running';
  }
}
