import type { TaskKey, TaskRecord } from '../domain/task.ts';
import type { Millis } from '../domain/time.ts';
import type { Lifecycle } from '../ports/lifecycle.ts';
import type { Census, ListQuery, TaskPage, TaskReader } from '../ports/task-reader.ts';
import type { Assistant } from '../run/assistant.ts';
import type { DaemonOptions } from '../run/daemon.ts';
import type { Enqueued, EnqueueItem, EnqueueOptions, Enqueuer } from '../run/enqueuer.ts';
import type { EventName, Events, ReeveEvents } from '../run/events.ts';
import type { Orchestrator } from '../run/orchestrator.ts';
import type { TickReport } from '../run/reports.ts';
import type { Scavenger, SweepReport } from '../run/scavenger.ts';
import type { Labourers } from './tokens.ts';

export interface ReeveParts {
  readonly labourers: Labourers;
  readonly reader: TaskReader;
  readonly lifecycles: readonly Lifecycle[];
  readonly orchestrator: Orchestrator;
  readonly scavenger: Scavenger;
  readonly assistant: Assistant;
  readonly enqueuer: Enqueuer;
  readonly events: Events;
}

export interface RunOptions extends DaemonOptions {
  /** Between sweeps of the Scavenger. Default 5 s. */
  readonly sweepEvery?: Millis;
}

/** A whole composition. Every method opens what has to be opened on its first call. */
export class Reeve {
  readonly labourers: Labourers;
  /** The parts, for those who drive them by themselves: call `start` first. */
  readonly orchestrator: Orchestrator;
  readonly scavenger: Scavenger;
  /** What workers report to. */
  readonly assistant: Assistant;
  readonly events: Events;
  readonly #parts: ReeveParts;
  #started: Promise<void> | undefined;

  constructor(parts: ReeveParts) {
    this.#parts = parts;
    this.labourers = parts.labourers;
    this.orchestrator = parts.orchestrator;
    this.scavenger = parts.scavenger;
    this.assistant = parts.assistant;
    this.events = parts.events;
  }

  /** Opens the parts, in the order in which they were composed. If one fails, those before it are closed again. */
  start(): Promise<void> {
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
   * Queues one task.
   * @param payload a value that JSON can carry
   * @throws ReeveError UNKNOWN_LABOURER, PAYLOAD_NOT_JSON, PAYLOAD_TOO_DEEP, PAYLOAD_TOO_LARGE, INVALID_TASK_ID, INVALID_DUE: nothing was written
   */
  async enqueue(labourer: string, payload: unknown, options?: EnqueueOptions): Promise<Enqueued> {
    await this.start();
    return this.#parts.enqueuer.enqueue(labourer, payload, options);
  }

  /** Queues many. All are checked before the first is written; a fault names its place: `items[3].payload.price`. */
  async enqueueMany(labourer: string, items: readonly EnqueueItem[]): Promise<readonly Enqueued[]> {
    await this.start();
    return this.#parts.enqueuer.enqueueMany(labourer, items);
  }

  /** One round of the Orchestrator, for those who are called at intervals: a Lambda, a cron job. */
  async tick(): Promise<TickReport> {
    await this.start();
    return this.orchestrator.tick();
  }

  /** One round of the Scavenger. */
  async sweep(): Promise<SweepReport> {
    await this.start();
    return this.scavenger.sweep();
  }

  /** Serves until the signal aborts, then drains: Orchestrator and Scavenger in one process. */
  async run(options: RunOptions): Promise<void> {
    await this.start();
    const { sweepEvery: every, grace } = options;
    const ended = new AbortController();
    // If one of them fails, which neither should, the other is not left running.
    const signal = AbortSignal.any([options.signal, ended.signal]);
    try {
      await Promise.all([
        this.orchestrator.run({ ...options, signal }),
        this.scavenger.run({ signal, ...(every !== undefined && { every }), ...(grace !== undefined && { grace }) }),
      ]);
    } finally {
      ended.abort();
    }
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
