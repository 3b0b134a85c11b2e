import { checkFinalizer, type Finalizer } from '../../decide/check-finalizer.ts';
import { checkTaskId } from '../../decide/check-task.ts';
import { checkRun, checkUntil } from '../../decide/jobs/check-run.ts';
import { type JobEntry, stateOf } from '../../decide/jobs/job-entry.ts';
import { refusal } from '../../decide/jobs/job-fault.ts';
import { needed } from '../../decide/needed.ts';
import type { JobProgress, JobRules, JobRun, JobSettings } from '../../domain/job.ts';
import type { Labourer } from '../../domain/labourer.ts';
import { type EpochMs, MINUTE } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StoreCapabilities, TaskStore } from '../../ports/task-store.ts';
import type { BatchBook } from '../batch-book.ts';
import type { Doorbell } from '../doorbell.ts';
import type { Events } from '../events.ts';
import type { Follower } from '../follower.ts';
import { Canceller, type CancellerParts } from './canceller.ts';
import type { JobBook } from './job-book.ts';
import { JobBuilder } from './job-builder.ts';
import { progressIn } from './job-progress.ts';
import { type Given, JobRunner } from './job-runner.ts';
import type { OpenJobs } from './open-jobs.ts';
import { abandonParts } from './part-keeper.ts';
import { PlannedSource, type Source } from './source.ts';
import { Stop } from './stop.ts';
import { StreamSource } from './stream-source.ts';

export interface JobsParts extends CancellerParts {
  readonly labourers: readonly Labourer[];
  readonly store: Pick<TaskStore, 'enqueue'> & { readonly capabilities: Pick<StoreCapabilities, 'maxPayloadBytes'> };
  readonly clock: Clock;
  readonly events: Events;
  readonly doorbell: Doorbell;
  /** What is kept in the Register. Absent: the composition has none. */
  readonly kept: JobsKept | undefined;
  /** Absent: no job can be followed. */
  readonly follower?: Pick<Follower, 'expect'> | undefined;
  readonly settings?: JobSettings | undefined;
  /** As of the Enqueuer. */
  readonly maxPayloadBytes?: number | undefined;
}

export interface JobsKept {
  readonly jobs: JobBook;
  readonly open: OpenJobs;
  readonly batches: BatchBook;
}

export interface ContinueOptions {
  /** An instant before which it stops, with time to spare: milliseconds since the epoch, or a Date. */
  readonly until?: number | Date | undefined;
  /** Stops it when it aborts. What is under way is waited for. */
  readonly signal?: AbortSignal | undefined;
}

export interface RunJobOptions extends ContinueOptions {
  /** Which run of the job it is, such as its day: the same job makes its tasks once for each. */
  readonly run: string;
  /** Runs once when all tasks have ended, whatever way. Its payload is `{ job, run, total, completed, dead, cancelled, dropped, payload }`. */
  readonly finalizer?: Finalizer | undefined;
  /** When it is in the job, for its periods. Default: now. A run that was begun goes on with the days on which it began. */
  readonly now?: EpochMs | undefined;
  /** Counts how the tasks end. Default: only if there is a finalizer, since it costs something for each task. */
  readonly follow?: boolean | undefined;
}

/** So long after a cancellation, what a process that died meanwhile had under way may still turn up. */
const CANCEL_LASTS = 2 * MINUTE;

/** Where nothing can be chunked, a job is one task, or one for each day. */
const NO_SCHEMA = { chunkable_attrs: [] };

/** Jobs become tasks, whatever breaks off on the way. */
export class Jobs {
  readonly #parts: JobsParts;
  readonly #byId: ReadonlyMap<string, Labourer>;
  readonly #canceller: Canceller;

  constructor(parts: JobsParts) {
    this.#parts = parts;
    this.#byId = new Map(parts.labourers.map((each) => [each.id, each]));
    this.#canceller = new Canceller(parts);
  }

  /**
   * Enqueues the tasks of a job. Whatever ends it before it is done, the same call goes on where it was, and any number may do so at once.
   * @param event a job of sosw's language, as an object or JSON text; or a builder: see `job`
   * @throws ReeveError PART_MISSING, INVALID_JOB, PAYLOAD_REFUSED and those of the finalizer: nothing was written; of a stream, nothing from there on
   */
  async run(event: unknown, options: RunJobOptions): Promise<JobRun> {
    const given = this.#check(options);
    return this.#until(options, (stop) => this.#go(this.#sourceOf(event, given), given, stop));
  }

  /** What `run` would refuse of a job before it looks at payloads. @throws ReeveError INVALID_JOB */
  check(event: unknown, now: EpochMs): void {
    this.#labourerOf(this.#sourceOf(event, { run: 'check', now, isFollowed: false }));
  }

  /**
   * Goes on with the jobs that broke off and were small enough to be kept, one after the other. One that cannot go on holds up no other: it
   * is told by the event `job.failed`.
   * @returns those that it went on with
   */
  async continueOpen(options: ContinueOptions = {}): Promise<readonly JobRun[]> {
    const { open } = this.#kept('continueJobs');
    return this.#until(options, async (stop) => {
      const runs: JobRun[] = [];
      for (const id of await open.list()) {
        if (stop.isNow) break;
        try {
          const run = await this.#continue(id, stop);
          if (run) runs.push(run);
        } catch (error) {
          this.#parts.events.emit('job.failed', { id, error });
        }
      }
      return runs;
    });
  }

  /** @returns nothing if there is none of this id, or it was over more than a week ago */
  async find(id: string): Promise<JobProgress | undefined> {
    const { jobs, batches } = this.#kept('job');
    const job = await jobs.find(checkTaskId(id));
    return job && progressIn(batches, id, job);
  }

  /**
   * No more tasks of it are enqueued, in whatever process, and those that have not ended are cancelled. Its finalizer does not run.
   * @returns nothing if there is none of this id
   */
  async cancel(id: string): Promise<JobProgress | undefined> {
    const { jobs, open, batches } = this.#kept('cancelJob');
    const known = await jobs.find(checkTaskId(id));
    if (!known) return undefined;
    // Listed before it is said, so that whoever dies on the way leaves it to `continueJobs`. That sweeps for a while, and so finds what
    // others had under way who enqueued, and died before they looked.
    if (!isBeyond(known)) await open.add(id);
    // First the word, then the deed: whoever enqueues looks for the word after what it wrote, and cancels that itself.
    const job = await jobs.update(id, (each, now) => (isBeyond(each) ? each : { ...each, cancelled: now }));
    if (job?.cancelled !== undefined) {
      await this.#canceller.sweep(id, job.labourer);
      await abandonParts(id, job, batches);
    }
    return job && progressIn(batches, id, job);
  }

  async #go(source: Source, given: Given, stop: Stop): Promise<JobRun> {
    return this.#runner('runJob').run(source, this.#labourerOf(source), given, stop);
  }

  async #continue(id: string, stop: Stop): Promise<JobRun | undefined> {
    const { jobs, open } = this.#kept('continueJobs');
    let now: EpochMs = this.#parts.clock.now();
    const job = await jobs.update(id, (each, at) => {
      now = at;
      return each;
    });
    if (job?.cancelled !== undefined) {
      await this.#canceller.sweep(id, job.labourer);
      if (now - job.cancelled > CANCEL_LASTS) await open.drop(id);
      return undefined;
    }
    if (job && stateOf(job) !== 'creating') return this.#runner('continueJobs').ended(id, job);
    const event = await open.find(id);
    if (!event) {
      await open.drop(id); // it was over before
      return undefined;
    }
    const { text, run, now: begunAt, isFollowed, finalizer } = event;
    const given = { run, now: begunAt, isFollowed, ...(finalizer && { finalizer }) };
    const source = this.#sourceOf(text, given);
    if (source.id !== id)
      throw refusal('job', 'is another under the rules that there are now; give it those of its beginning, or cancel it');
    return this.#go(source, given, stop);
  }

  #sourceOf(event: unknown, { run, now }: Given): Source {
    const rules = this.#rulesAt(now);
    return event instanceof JobBuilder ? new StreamSource(event.form, rules, run) : new PlannedSource(event, rules, run);
  }

  #rulesAt(now: EpochMs): JobRules {
    const { settings = {}, store, maxPayloadBytes = 1024 * 1024 } = this.#parts;
    const most = Math.min(maxPayloadBytes, store.capabilities.maxPayloadBytes);
    const limits = { ...settings.limits, maxPayloadBytes: Math.min(settings.limits?.maxPayloadBytes ?? most, most) };
    return { job_schema: NO_SCHEMA, ...settings, limits, labourers: [...this.#byId.keys()], now };
  }

  #labourerOf({ labourer }: Source): Labourer {
    const known = this.#byId.get(labourer);
    if (known) return known;
    throw refusal('job.lambda_name', `names no labourer that there is; known are ${[...this.#byId.keys()].join(', ')}`);
  }

  #check({ run, finalizer, follow, now }: RunJobOptions): Given {
    const last = finalizer && checkFinalizer(finalizer, this.#byId, refusal);
    const isFollowed = follow ?? last !== undefined;
    if (typeof isFollowed !== 'boolean') throw refusal('follow', 'is neither true nor false; give one of them, or leave it out');
    if (last && !isFollowed) throw refusal('follow', 'is false, and a finalizer waits for the ends; leave one of them out');
    if (isFollowed) needed(this.#parts.follower, 'Outbox', 'runJob with follow or a finalizer');
    return { run: checkRun(run), now: checkUntil(now, 'now') ?? this.#parts.clock.now(), isFollowed, ...(last && { finalizer: last }) };
  }

  async #until<T>({ until, signal }: ContinueOptions, work: (stop: Stop) => Promise<T>): Promise<T> {
    const instant = checkUntil(until);
    const stop = new Stop(this.#parts.clock, { ...(instant !== undefined && { until: instant }), ...(signal && { signal }) });
    try {
      return await work(stop);
    } finally {
      stop.over();
    }
  }

  #kept(call: string): JobsKept {
    return needed(this.#parts.kept, 'Register', call);
  }

  #runner(call: string): JobRunner {
    const { store, clock, events, doorbell, follower } = this.#parts;
    return new JobRunner({ ...this.#kept(call), store, clock, events, doorbell, follower, canceller: this.#canceller });
  }
}

/** Too late to cancel it, or it is cancelled. */
const isBeyond = (job: JobEntry): boolean => job.cancelled !== undefined || job.ended === true;
