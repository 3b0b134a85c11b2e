import type { LabourerDefinitions, PayloadOf, ResultOf } from '../decide/labourer-definition.ts';
import type { BatchProgress } from '../domain/batch.ts';
import type { Explanation } from '../domain/health.ts';
import type { TaskKey, TaskRecord } from '../domain/task.ts';
import { type Millis, SECOND } from '../domain/time.ts';
import type { Lifecycle } from '../ports/lifecycle.ts';
import type { Census, ListQuery, TaskPage, TaskReader } from '../ports/task-reader.ts';
import type { Assistant } from '../run/assistant.ts';
import type { Batches, EnqueuedBatch, NewBatch } from '../run/batches.ts';
import type { DaemonOptions } from '../run/daemon.ts';
import type { Enqueued, EnqueueItem, EnqueueOptions, Enqueuer } from '../run/enqueuer.ts';
import type { EventName, Events, ReeveEvents } from '../run/events.ts';
import type { Follower } from '../run/follower.ts';
import type { EndedTask } from '../run/look-out.ts';
import type { Orchestrator } from '../run/orchestrator.ts';
import { Receipt } from '../run/receipt.ts';
import type { TickReport } from '../run/reports.ts';
import type { Scavenger, SweepReport } from '../run/scavenger.ts';
import type { Schedules, SchedulesReport, ScheduleTickOptions } from '../run/schedules/schedules.ts';
import type { Waiter, WaitOptions } from '../run/waiter.ts';
import { JobFacade, type JobFacadeParts } from './job-facade.ts';
import { SchedulesFacade } from './schedules-facade.ts';
import type { Labourers } from './tokens.ts';

export interface ReeveParts extends JobFacadeParts {
  readonly labourers: Labourers;
  readonly reader: TaskReader;
  readonly lifecycles: readonly Lifecycle[];
  readonly orchestrator: Orchestrator;
  readonly scavenger: Scavenger;
  readonly assistant: Assistant;
  readonly enqueuer: Enqueuer;
  readonly events: Events;
  readonly follower: Follower;
  readonly batches: Batches;
  readonly waiter: Waiter;
  readonly schedules: Schedules;
}

export interface RunOptions extends DaemonOptions {
  /** Between sweeps of the Scavenger. Default 5 s. */
  readonly sweepEvery?: Millis;
  /** Whether it fires schedules. Default: if some are defined in code. */
  readonly schedules?: boolean;
}

/** How long the end of a round waits for what follows its tasks to be enqueued. A sweep does what is left. */
const FOLLOW_PATIENCE: Millis = 5 * SECOND;

/**
 * A whole composition. Every method opens what has to be opened on its first call.
 *
 * It is typed by the definitions of its labourers: their names, and the payloads and results of those that have a schema.
 */
export class Reeve<Definitions extends LabourerDefinitions = LabourerDefinitions> extends JobFacade<Definitions> {
  readonly labourers: Labourers;
  /** The parts, for those who drive them by themselves: call `start` first. */
  readonly orchestrator: Orchestrator;
  readonly scavenger: Scavenger;
  /** What workers report to. */
  readonly assistant: Assistant;
  readonly events: Events;
  /** What happens again and again. */
  readonly schedules: SchedulesFacade<Definitions>;
  readonly #parts: ReeveParts;
  #started: Promise<void> | undefined;

  constructor(parts: ReeveParts) {
    super(parts);
    this.#parts = parts;
    this.labourers = parts.labourers;
    this.orchestrator = parts.orchestrator;
    this.scavenger = parts.scavenger;
    this.assistant = parts.assistant;
    this.events = parts.events;
    this.schedules = new SchedulesFacade(parts.schedules, () => this.start());
  }

  /** Opens the parts, in the order in which they were composed. If one fails, those before it are closed again. */
  override start(): Promise<void> {
    // Callers that arrive while it is under way share one start; after a failure the next call tries anew.
    this.#started ??= this.#open().catch((error: unknown) => {
      this.#started = undefined;
      throw error;
    });
    return this.#started;
  }

  /** Closes what the parts opened, and never what they were given. May be called twice. */
  async close(): Promise<void> {
    await this.#started?.catch(() => {});
    this.#started = undefined;
    this.#parts.waiter.close();
    await this.#parts.follower.idle(FOLLOW_PATIENCE);
    await closeAll(this.#parts.lifecycles);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Subscribes to what happens. @returns a function that ends the subscription */
  on<Name extends EventName>(name: Name, listener: (event: ReeveEvents[Name]) => void): () => void {
    return this.events.on(name, listener);
  }

  /**
   * Why this labourer has the cap that it has, as this process sees it: what was read and when, its health, and since when.
   * @throws ReeveError UNKNOWN_LABOURER
   */
  async explain(labourer: keyof Definitions & string): Promise<Explanation> {
    await this.start();
    return this.orchestrator.explain(labourer);
  }

  /**
   * Queues one task. The answer's `result()` waits for it to be done.
   * @param payload a value that JSON can carry
   * @throws ReeveError UNKNOWN_LABOURER, PAYLOAD_NOT_JSON, PAYLOAD_TOO_DEEP, PAYLOAD_TOO_LARGE, PAYLOAD_REFUSED, INVALID_TASK_ID, INVALID_DUE,
   * INVALID_PRIORITY, INVALID_EXPIRY, INVALID_DEDUPE, INVALID_FOLLOW, PART_MISSING: nothing was written
   */
  async enqueue<Name extends keyof Definitions & string>(
    labourer: Name,
    payload: PayloadOf<Definitions[Name]>,
    options?: EnqueueOptions,
  ): Promise<Receipt<ResultOf<Definitions[Name]>>> {
    await this.start();
    const { enqueuer, waiter } = this.#parts;
    return new Receipt(await enqueuer.enqueue(labourer, payload, options), labourer, waiter);
  }

  /** Queues many. All are checked before the first is written; a fault names its place: `items[3].payload.price`. */
  async enqueueMany<Name extends keyof Definitions & string>(
    labourer: Name,
    items: readonly EnqueueItem<PayloadOf<Definitions[Name]>>[],
  ): Promise<readonly Enqueued[]> {
    await this.start();
    return this.#parts.enqueuer.enqueueMany(labourer, items);
  }

  /**
   * Queues many tasks, of any labourers, and one that runs once when all of them have ended. If it breaks off, calling it again with the
   * same id and items completes it, and nothing is done twice.
   * @throws ReeveError PART_MISSING, INVALID_BATCH, and those of `enqueue`: nothing was written
   */
  async enqueueBatch(batch: NewBatch): Promise<EnqueuedBatch> {
    await this.start();
    return this.#parts.batches.enqueueBatch(batch);
  }

  /** How far a batch is. `undefined`: there is none of this id, or it has finished more than a week ago. */
  async batch(id: string): Promise<BatchProgress | undefined> {
    await this.start();
    return this.#parts.batches.find(id);
  }

  /** One round of the Orchestrator, for those who are called at intervals: a Lambda, a cron job. */
  async tick(): Promise<TickReport> {
    await this.start();
    const report = await this.orchestrator.tick();
    // Whoever is called at intervals is frozen between two of them, with all that is under way.
    await this.#parts.follower.idle(FOLLOW_PATIENCE);
    return report;
  }

  /** One round of the Scavenger. */
  async sweep(): Promise<SweepReport> {
    await this.start();
    return this.scavenger.sweep();
  }

  /**
   * One round of the schedules, for those who are called at intervals, at least once a minute: fires what is due, and until `until` what falls due.
   * @throws ReeveError PART_MISSING
   */
  async schedule(options?: ScheduleTickOptions): Promise<SchedulesReport> {
    await this.start();
    return this.#parts.schedules.tick(options);
  }

  /** Serves until the signal aborts, then drains: Orchestrator, Scavenger and schedules in one process. */
  async run(options: RunOptions): Promise<void> {
    await this.start();
    const { sweepEvery: every, grace, schedules = this.#parts.schedules.areDefined } = options;
    const ended = new AbortController();
    // If one of them fails, which neither should, the other is not left running.
    const signal = AbortSignal.any([options.signal, ended.signal]);
    try {
      await Promise.all([
        this.orchestrator.run({ ...options, signal }),
        this.scavenger.run({ signal, ...(every !== undefined && { every }), ...(grace !== undefined && { grace }) }),
        schedules && this.#parts.schedules.run({ signal, ...(grace !== undefined && { grace }) }),
      ]);
    } finally {
      ended.abort();
    }
    await this.#parts.follower.idle(grace ?? FOLLOW_PATIENCE);
  }

  /**
   * Waits for a task to end, in whatever way. It is heard of at once if it ends in this process, else within a second.
   * @throws ReeveError WAIT_TIMEOUT, TASK_UNKNOWN, INVALID_TIMEOUT, INVALID_TASK_ID
   */
  async wait(key: TaskKey, options?: WaitOptions): Promise<EndedTask> {
    await this.start();
    return this.#parts.waiter.wait(key, options);
  }

  async find(key: TaskKey): Promise<TaskRecord | undefined> {
    await this.start();
    return this.#parts.reader.find(key);
  }

  async list(query: ListQuery): Promise<TaskPage> {
    await this.start();
    return this.#parts.reader.list(query);
  }

  /** The counts of these labourers, or of all, in their order. */
  async census(labourers: readonly string[] = this.labourers.map(({ id }) => id)): Promise<readonly Census[]> {
    await this.start();
    return this.#parts.reader.census(labourers);
  }

  async #open(): Promise<void> {
    const opened: Lifecycle[] = [];
    try {
      for (const each of this.#parts.lifecycles) {
        opened.push(each);
        await each.start?.();
      }
    } catch (error) {
      await closeAll(opened).catch(() => {}); // the first error is the one to tell
      throw error;
    }
  }
}

/** In the reverse order, each of them even if another fails. */
const closeAll = async (lifecycles: readonly Lifecycle[]): Promise<void> => {
  const errors: unknown[] = [];
  for (const each of [...lifecycles].reverse()) {
    try {
      await each.close?.();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'several parts could not be closed');
};
