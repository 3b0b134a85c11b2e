import type { Health } from '../domain/health.ts';
import type { AttemptRef, TaskKey } from '../domain/task.ts';
import type { EpochMs, Millis } from '../domain/time.ts';
import type { ReeveError } from '../errors.ts';
import type { LabourerReport, TickReport } from './reports.ts';
import type { SweepReport } from './scavenger.ts';

/**
 * What happens, by name. No event carries a payload, a result or a token. An event of a verdict is emitted by the one
 * caller that saw it applied.
 */
export interface ReeveEvents {
  /** A round of the Orchestrator is over. */
  readonly tick: TickReport;
  readonly sweep: SweepReport;
  /** A turn of this labourer ended with an error; the others went on. */
  readonly 'labourer.failed': { readonly labourer: string; readonly error: unknown };
  /** The store could not say which labourers have work; it will be asked again. */
  readonly 'store.failed': { readonly error: unknown };
  /** The cap in force changed: "resize: 10 -> 5, rds.cpu 71 > 50". */
  readonly 'labourer.resized': {
    readonly labourer: string;
    readonly from: number | undefined;
    readonly to: number;
    readonly explanation: string;
  };
  /** The health of what it depends on changed: "health: High -> Moderate, rds.cpu 71 > 50". */
  readonly 'labourer.health': {
    readonly labourer: string;
    readonly from: Health | undefined;
    readonly to: Health;
    readonly explanation: string;
  };
  /** A source of metrics could not answer so many queries: the first of the errors. What depends on them follows its `onMissing` rule. */
  readonly 'source.failed': { readonly source: string; readonly queries: number; readonly error: unknown };
  /** In a dry run: the cap would have changed. */
  readonly 'labourer.dryRun': {
    readonly labourer: string;
    readonly from: number | undefined;
    readonly to: number;
    readonly explanation: string;
  };
  /** The invoker refused; the labourer is left alone until then. */
  readonly 'labourer.held': { readonly labourer: string; readonly reason: string; readonly until: EpochMs };
  readonly 'labourer.served': LabourerReport;
  readonly 'task.enqueued': TaskKey;
  readonly 'task.started': TaskKey & { readonly attempt: number; readonly waited: Millis };
  readonly 'task.completed': TaskKey;
  readonly 'task.retried': TaskKey & { readonly error: string; readonly after: Millis };
  readonly 'task.dead': TaskKey & { readonly error: string };
  readonly 'task.released': TaskKey & { readonly reason: string };
  /** The labourer's retry function threw, or answered no wait: the default policy counted. */
  readonly 'retry.failed': TaskKey & { readonly error: unknown };
  /** Nobody knows whether a worker received this attempt; it is left to its lease. */
  readonly 'task.unknown': TaskKey & { readonly error: unknown };
  /** A verdict ended the attempt, and it counts as an attempt that went well or failed. */
  readonly 'attempt.ended': TaskKey & { readonly failed: boolean };
  /** A worker did it in so long, from being handed over to its report. Only where the invoker waits for it. */
  readonly 'attempt.done': TaskKey & { readonly took: Millis };
  /** Nobody reported on it within its lease; that is a failure, which is told as well. */
  readonly 'attempt.expired': TaskKey;
  /** The invoker refused to start it. */
  readonly 'attempt.refused': TaskKey & { readonly reason: string };
  /** How many may run at most, by what their attempts came to, changed. Told by each process as it learns of it. */
  readonly 'limit.changed': { readonly labourer: string; readonly from: number | undefined; readonly to: number; readonly why: string };
  /** Too many attempts failed: nothing is started until then. Told by each process as it learns of it. */
  readonly 'breaker.opened': { readonly labourer: string; readonly why: string; readonly until: EpochMs };
  /** An attempt that probed went well. */
  readonly 'breaker.closed': { readonly labourer: string };
  /** Its cancellation was asked for, and its attempt has ended. One that was cancelled while it was queued is told by whoever cancelled it. */
  readonly 'task.cancelled': TaskKey;
  /** It was dead, cancelled or dropped, and is queued again, due so long after. Told by whoever redrove it. */
  readonly 'task.redriven': TaskKey & { readonly after: Millis };
  /** Its time had run out before an attempt was started. */
  readonly 'task.dropped': TaskKey;
  /** A stored task could not be run as it stands and was taken out of the way. */
  readonly 'task.aside': TaskKey & { readonly problem: string };
  /** It has ended, and what was to follow cannot be done, ever: what is wrong with it, and what it says to do. The rest was done. */
  readonly 'follow.failed': TaskKey & { readonly error: unknown };
  /** A job that broke off cannot go on, or its finalizer cannot be enqueued. */
  readonly 'job.failed': { readonly id: string; readonly error: unknown };
  /** A verdict came too late, twice, or from nobody: nothing was changed. */
  readonly 'verdict.refused': TaskKey & { readonly kind: string; readonly outcome: 'repeated' | 'stale' };
  /** A delivery of an attempt was not let in: another has begun, or its time is over. */
  readonly 'start.refused': TaskKey & { readonly why: 'started' | 'over' | 'cancelled' };
  /** A worker sent what cannot be taken: nothing was changed. The error says what is wrong with it, and has none of its content. */
  readonly 'message.refused': { readonly error: ReeveError };
  /** An instant of a schedule fired, so long after it: its task is enqueued, or the tasks of its job. Told by whoever wrote down that it did. */
  readonly 'schedule.fired': {
    readonly schedule: string;
    readonly instant: EpochMs;
    readonly late: Millis;
    /** Of the task, or of the job. */
    readonly id: string;
    readonly labourer: string;
  };
  /** The instants of a schedule from the one to the other were passed over: nobody was there, or what the last one made has not ended. */
  readonly 'schedule.skipped': {
    readonly schedule: string;
    readonly from: EpochMs;
    readonly to: EpochMs;
    readonly why: 'missed' | 'overlap';
  };
  /** An instant of a schedule did not fire, or a schedule cannot be read. If the call was at fault, the next instant has its own chance; else it is tried again. */
  readonly 'schedule.failed': { readonly schedule: string; readonly instant?: EpochMs; readonly error: unknown };
  /** A listener threw; the event went to the others. */
  readonly 'listener.failed': { readonly event: string; readonly error: unknown };
}

export type EventName = keyof ReeveEvents;
type Listener<Name extends EventName> = (event: ReeveEvents[Name]) => void;

/** Where the essentials say what they did. A listener that throws harms nobody but itself. */
export class Events {
  readonly #listeners = new Map<EventName, Set<(event: never) => void>>();

  /** @returns a function that ends the subscription */
  on<Name extends EventName>(name: Name, listener: Listener<Name>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** Whether anybody listens: what it takes to tell of it need not be worked out for nobody. */
  hears(name: EventName): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }

  emit<Name extends EventName>(name: Name, event: ReeveEvents[Name]): void {
    const listeners = this.#listeners.get(name);
    if (!listeners) return; // the usual case, and there are several events for each task
    // Not for a failing listener of failing listeners: that would never end.
    const fail = (error: unknown): void => {
      if (name !== 'listener.failed') this.emit('listener.failed', { event: name, error });
    };
    for (const listener of listeners) {
      try {
        const answer: unknown = (listener as Listener<Name>)(event);
        // An async function is a listener as well, and what it throws would else end the process.
        if (answer instanceof Promise) answer.catch(fail);
      } catch (error) {
        fail(error);
      }
    }
  }
}

/** The task of an attempt, without its token: what an event may carry. */
export const taskOf = ({ labourer, id }: AttemptRef | TaskKey): TaskKey => ({ labourer, id });
