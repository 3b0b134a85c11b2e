import type { PartOf } from '../../decide/batch-entry.ts';
import { finalizerTask } from '../../decide/jobs/finalizer-task.ts';
import { endedAll, isOver, isToEnd, type JobEntry, partCounted, readJobEntry } from '../../decide/jobs/job-entry.ts';
import type { BatchCounts } from '../../domain/batch.ts';
import { DAY, type EpochMs, type Millis } from '../../domain/time.ts';
import type { Chance } from '../../ports/chance.ts';
import type { Register } from '../../ports/register.ts';
import { type PutParts, putFinalizer } from '../put-finalizer.ts';
import { SharedEntry } from '../shared-entry.ts';

export interface JobBookParts extends PutParts {
  readonly register: Register;
  readonly chance: Chance;
}

export const jobEntry = (id: string): string => `job:${id}`;

/** How long it is known that a job is over: as long as stores keep ended tasks unless they are told otherwise. */
const OVER_LASTS: Millis = 7 * DAY;

/** What to make of a job as it lies there; it may be asked several times. */
export type JobChange = (job: JobEntry, now: EpochMs) => JobEntry;

/**
 * The register of jobs. An entry is changed by comparing and setting, and each change may be made again: a place moves on alone, a part is
 * counted once, a finalizer has one id. So it does no harm that several processes work at one job.
 */
export class JobBook {
  readonly #parts: JobBookParts;

  constructor(parts: JobBookParts) {
    this.#parts = parts;
  }

  /** @throws ReeveError JOB_UNREADABLE */
  async find(id: string): Promise<JobEntry | undefined> {
    const value = await this.#entry(id).look();
    return value === undefined ? undefined : readJobEntry(id, value);
  }

  /** @returns the job as it lies there: this one, unless there was one of this id */
  open(id: string, job: JobEntry): Promise<JobEntry> {
    return this.#entry(id).update<JobEntry>((value) =>
      value === undefined ? { value: job, answer: job } : { answer: readJobEntry(id, value) },
    );
  }

  /** @returns the job as it lies there now; nothing if it is gone */
  update(id: string, change: JobChange): Promise<JobEntry | undefined> {
    return this.#entry(id).update<JobEntry | undefined>((value, now) => {
      if (value === undefined) return { answer: undefined };
      const before = readJobEntry(id, value);
      const job = change(before, now);
      if (job === before) return { answer: job };
      return { value: job, answer: job, ...(isOver(job) && { keep: OVER_LASTS }) };
    });
  }

  /**
   * All tasks of a part have ended.
   * @param failed is told of what can never be done
   */
  async partEnded({ id, part }: PartOf, counts: BatchCounts, failed: (error: unknown) => void): Promise<void> {
    const job = await this.update(id, (each) => partCounted(each, part, counts));
    if (!job) return failed(new Error(`job ${JSON.stringify(id)} is not known, or was over more than a week ago`));
    await this.endIfDue(id, job, failed);
  }

  /**
   * The finalizer is enqueued before it is written that the job has ended. Whoever dies between the two leaves a job that is ended again: by
   * the next who meets the last end of its last part, which is not taken out before, or by the next call of `runJob` or `continueJobs`,
   * which leave it among the open ones until then.
   */
  async endIfDue(id: string, job: JobEntry, failed: (error: unknown) => void): Promise<JobEntry | undefined> {
    if (!isToEnd(job)) return job;
    const task = finalizerTask(id, job, this.#parts.clock.now());
    if (task) await putFinalizer(this.#parts, task, failed);
    return this.update(id, endedAll);
  }

  #entry(id: string): SharedEntry<unknown> {
    return new SharedEntry<unknown>(jobEntry(id), this.#parts);
  }
}
