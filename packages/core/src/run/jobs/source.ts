import type { JobEntry } from '../../decide/jobs/job-entry.ts';
import { refusal } from '../../decide/jobs/job-fault.ts';
import { planWhole, type WholePlan } from '../../decide/jobs/plan-job.ts';
import { jobIdOf } from '../../decide/jobs/task-id.ts';
import type { JobRules } from '../../domain/job.ts';
import { type Chunk, chunksOf } from './chunks.ts';

/** What the tasks of a job come from. */
export interface Source {
  readonly id: string;
  readonly labourer: string;
  /** It is there as a whole, to be looked at before the first task is written. Else it is read once, and each chunk is looked at by itself. */
  readonly isWhole: boolean;
  /** As JSON text, to go on with without whoever began it. Absent: that cannot be done. */
  readonly text?: string;
  /** What the entry of a new job says of it. */
  begin(): Promise<Pick<JobEntry, 'fingerprint' | 'head' | 'total'>>;
  /** All chunks, of a source that is whole. */
  all(): Iterable<Chunk>;
  /**
   * The tasks from the place of this job on, or from before it.
   * @throws ReeveError INVALID_JOB: it is not what the job was begun with
   */
  chunksFor(job: JobEntry): Iterator<Chunk> | AsyncIterator<Chunk>;
  /** @throws ReeveError INVALID_JOB: this job, which is created, was another */
  verify(job: JobEntry): Promise<void>;
  /** Lets go of what it reads. */
  close(): void;
}

/** A job of sosw's language: what it comes to is known as a whole. */
export class PlannedSource implements Source {
  readonly id: string;
  readonly labourer: string;
  readonly isWhole = true;
  readonly #plan: WholePlan;
  readonly #event: unknown;
  readonly #rules: JobRules;

  /** @throws ReeveError INVALID_JOB */
  constructor(event: unknown, rules: JobRules, run: string) {
    this.#event = event;
    this.#rules = rules;
    this.#plan = planWhole(event, rules);
    this.id = jobIdOf(this.#plan, run);
    this.labourer = this.#plan.labourer;
  }

  get text(): string {
    return this.#plan.text;
  }

  async begin(): Promise<Pick<JobEntry, 'fingerprint' | 'total'>> {
    const { fingerprint, total } = this.#plan;
    return { fingerprint, total };
  }

  all(): Iterable<Chunk> {
    return chunksOf(this.#plan.made(), 0);
  }

  chunksFor(job: JobEntry): Iterator<Chunk> {
    return chunksOf(this.#planFor(job).made(job.place), job.place);
  }

  /** Its id says what it is. */
  async verify(): Promise<void> {}

  close(): void {}

  /**
   * Tasks that are there are passed over by their number, so the tasks must be the same, in the same order. A job that was begun yesterday goes
   * on with the days of yesterday; one whose members came in another order, or whose rules have changed since, does not go on.
   */
  #planFor({ fingerprint, now, place, total }: JobEntry): WholePlan {
    if (this.#plan.fingerprint === fingerprint) return this.#plan;
    const then = planWhole(this.#event, { ...this.#rules, now });
    if (then.fingerprint === fingerprint) return then;
    const problem = `makes other tasks than this run of it was begun with, of which ${place} of ${total} are there, or the same in another order`;
    throw refusal('job', `${problem}; give the same text under the same rules, or cancel this run and give another`);
  }
}
