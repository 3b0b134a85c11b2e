import { afterFailure } from '../decide/after-failure.ts';
import { boundError } from '../decide/bound-text.ts';
import { type Labourer, leaseLength } from '../domain/labourer.ts';
import { type Lease, refOf, type Verdict } from '../domain/task.ts';
import type { Millis } from '../domain/time.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { Delivery, Invoker, Report } from '../ports/invoker.ts';
import type { TaskStore } from '../ports/task-store.ts';
import { AttemptContext } from './attempt-context.ts';
import { Deadlines } from './deadlines.ts';
import { type Events, taskOf } from './events.ts';

/** What became of handing over a lease, and the verdict that it calls for, if any. */
export type Dispatched =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'finished'; readonly verdict: Verdict }
  | { readonly kind: 'refused'; readonly verdict: Verdict; readonly reason: string; readonly retryAfter?: Millis }
  | { readonly kind: 'unknown' };

export interface DispatcherParts {
  readonly store: Pick<TaskStore, 'renew'>;
  readonly invoker: Invoker;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly events: Events;
}

/** Turns a worker's report into the verdict that the labourer's policy calls for. */
export const verdictOf = (
  labourer: Labourer,
  lease: Pick<Lease, 'labourer' | 'id' | 'token' | 'attempt'>,
  report: Report,
  random: number,
): Verdict => {
  if (report.kind === 'done') {
    const { result, stats } = report;
    return { ...refOf(lease), kind: 'completed', ...(result !== undefined && { result }), ...(stats !== undefined && { stats }) };
  }
  return { ...refOf(lease), ...afterFailure(labourer, { ...report, attempt: lease.attempt }, random) };
};

/** Hands leases to the invoker, one by one, and knows those that are under way in this process. */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #deadlines: Deadlines;
  readonly #underWay = new Set<AttemptContext>();

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    this.#deadlines = new Deadlines(parts.clock);
  }

  /** Never throws: what the invoker throws is `unknown`. */
  async dispatch(labourer: Labourer, lease: Lease): Promise<Dispatched> {
    const { store, invoker, clock, chance, events } = this.#parts;
    let giveUp: (() => void) | undefined;
    let cancel: (() => void) | undefined;
    // An invocation that outlives its lease is of no more use: the place has passed on. Not waiting for it keeps a hung
    // worker from holding up the loop; the lease is found expired, and its late word is stale.
    const outlived = new Promise<'outlived'>((resolve) => {
      giveUp = () => resolve('outlived');
    });
    const watch = (until: number): void => {
      cancel?.();
      cancel = this.#deadlines.add(until, () => giveUp?.());
    };
    const { duration } = labourer.lease;
    const context = new AttemptContext({
      lease,
      leaseLength: leaseLength(labourer),
      duration,
      store,
      clock,
      deadlines: this.#deadlines,
      onRenewed: watch,
    });
    watch(clock.now() + leaseLength(labourer));
    this.#underWay.add(context);
    events.emit('task.started', { ...taskOf(lease), attempt: lease.attempt, waited: Math.max(0, lease.claimedAt - lease.due) });
    try {
      const delivery = await Promise.race([invoker.invoke(labourer, lease, context), outlived]);
      if (delivery === 'outlived') throw new Error(`no answer within the lease of ${leaseLength(labourer)} ms`);
      return this.#judge(labourer, lease, delivery, context.interrupted, chance.random());
    } catch (error) {
      events.emit('task.unknown', { ...taskOf(lease), error });
      return { kind: 'unknown' };
    } finally {
      cancel?.();
      context.end();
      this.#underWay.delete(context);
    }
  }

  /** Tells all workers in this process to stop. What they then report counts as interrupted, not as failed. */
  interruptAll(): void {
    for (const context of this.#underWay) context.interrupt();
  }

  #judge(labourer: Labourer, lease: Lease, delivery: Delivery, interrupted: boolean, random: number): Dispatched {
    switch (delivery.kind) {
      case 'accepted':
        return { kind: 'accepted' };
      case 'refused': {
        const { reason, retryAfter } = delivery;
        return {
          kind: 'refused',
          verdict: { ...refOf(lease), kind: 'released' },
          reason: boundError(reason),
          ...(retryAfter !== undefined && { retryAfter }),
        };
      }
      case 'finished':
        // Stopped by us and not by its own fault: it goes on elsewhere at once, whatever its attempts.
        if (interrupted && delivery.report.kind === 'failed') {
          return {
            kind: 'finished',
            verdict: { ...refOf(lease), kind: 'retry', after: 0, error: 'interrupted: the process was stopping' },
          };
        }
        return { kind: 'finished', verdict: verdictOf(labourer, lease, delivery.report, random) };
    }
  }
}
