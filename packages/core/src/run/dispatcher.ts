import { afterFailure } from '../decide/after-failure.ts';
import { boundError, boundText } from '../decide/bound-text.ts';
import { type Labourer, leaseLength } from '../domain/labourer.ts';
import { type Lease, refOf, type Verdict } from '../domain/task.ts';
import type { EpochMs, Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { Delivery, Invoker, Report } from '../ports/invoker.ts';
import type { Renewal, RenewOutcome, TaskStore } from '../ports/task-store.ts';
import { AttemptContext } from './attempt-context.ts';
import { Deadlines } from './deadlines.ts';
import { type Events, taskOf } from './events.ts';
import { inTime } from './in-time.ts';
import { Together } from './together.ts';

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
    for (const text of [result, stats])
      if (text !== undefined && typeof text !== 'string') throw brokenInvoker('a result must be a JSON text');
    return { ...refOf(lease), kind: 'completed', ...(result !== undefined && { result }), ...(stats !== undefined && { stats }) };
  }
  // Bounded here, whoever reports: no text of an error may keep the word of it from being kept.
  return { ...refOf(lease), ...afterFailure(labourer, { ...report, error: boundError(report.error), attempt: lease.attempt }, random) };
};

const brokenInvoker = (problem: string): ReeveError =>
  new ReeveError({
    kind: 'contract',
    code: 'INVOKER_BROKE_CONTRACT',
    message: `${problem}; run the kit of @reeve/testkit against the invoker`,
  });

interface UnderWay {
  readonly context: AttemptContext;
  readonly giveUp: (reason: Error) => void;
}

/** Hands leases to the invoker, one by one, and knows those that are under way. */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #deadlines: Deadlines;
  readonly #renewals: Together<Renewal, RenewOutcome>;
  readonly #underWay = new Set<UnderWay>();

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
    this.#deadlines = new Deadlines(parts.clock);
    this.#renewals = new Together('renew', (renewals) => parts.store.renew(renewals));
  }

  /**
   * Never throws: what the invoker throws is `unknown`.
   * @param since an instant on this process's clock before the lease was asked for: it lasts for its length from then, at least
   */
  async dispatch(labourer: Labourer, lease: Lease, since: EpochMs): Promise<Dispatched> {
    const { invoker, clock, chance, events } = this.#parts;
    const { duration, cooldown } = labourer.lease;
    const whole = leaseLength(labourer);
    let giveUp!: (reason: Error) => void;
    const givenUp = new Promise<Error>((resolve) => {
      giveUp = resolve;
    });
    let cancel: (() => void) | undefined;
    // An invocation that outlives its lease is of no more use: the place has passed on. Not waiting for it keeps a hung
    // worker from holding up the loop; the lease is found expired, and its late word is stale.
    const watch = (until: EpochMs): void => {
      cancel?.();
      cancel = this.#deadlines.add(until, () => giveUp(new Error(`no answer within the lease of ${whole} ms`)));
    };
    const renew = (renewal: Renewal): Promise<RenewOutcome> => this.#renewals.ask(renewal);
    const context = new AttemptContext({ lease, leaseLength: whole, duration, renew, clock, deadlines: this.#deadlines, onRenewed: watch });
    const underWay = { context, giveUp };
    this.#underWay.add(underWay);
    try {
      // Claimed along with others, and so long in coming to its turn that the worker would outlast the lease, or that the task
      // may be running elsewhere by now.
      if (clock.now() - since <= cooldown) watch(since + whole);
      else if (!(await inTime(clock, 'renew', () => context.heartbeat()))) throw new Error('the lease was lost before its turn came');
      if (context.interrupted) throw new Error('the process is stopping');
      events.emit('task.started', { ...taskOf(lease), attempt: lease.attempt, waited: Math.max(0, lease.claimedAt - lease.due) });
      const delivery = await Promise.race([invoker.invoke(labourer, lease, context), givenUp]);
      if (delivery instanceof Error) throw delivery;
      return this.#judge(labourer, lease, delivery, context.interrupted, chance.random());
    } catch (error) {
      events.emit('task.unknown', { ...taskOf(lease), error });
      return { kind: 'unknown' };
    } finally {
      cancel?.();
      context.end();
      this.#underWay.delete(underWay);
    }
  }

  /** Tells all workers in this process to stop. What they then report counts as interrupted, not as failed. */
  interruptAll(): void {
    for (const { context } of this.#underWay) context.interrupt();
  }

  /** Waits for none of them any more. */
  giveUpAll(): void {
    for (const { giveUp } of this.#underWay) giveUp(new Error('the process is stopping, and the worker has not ended'));
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
      default:
        throw brokenInvoker(`it answered ${boundText(String((delivery as { readonly kind?: unknown }).kind), 40)}`);
    }
  }
}
