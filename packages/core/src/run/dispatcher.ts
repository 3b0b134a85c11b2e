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
import { Attempt, type AttemptParts } from './attempt.ts';
import { Bag } from './bag.ts';
import { type CancelParts, CancelWatch } from './cancel-watch.ts';
import { Deadlines } from './deadlines.ts';
import { Doorbell } from './doorbell.ts';
import { type Events, taskOf } from './events.ts';
import { Patience } from './patience.ts';
import { Together } from './together.ts';

/** How an attempt is given back that was stopped with its process. It is no failure. */
export const INTERRUPTED = 'interrupted: the process was stopping';

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
  readonly doorbell?: Doorbell;
  /** Absent: a worker hears of a cancellation with its next heartbeat. */
  readonly cancels?: CancelParts | undefined;
  /** Whoever makes it closes it, and it is busy until then. Default false. */
  readonly lingers?: boolean;
}

/** Turns a worker's report into the verdict that the labourer's policy calls for. */
export const verdictOf = (
  labourer: Labourer,
  lease: Pick<Lease, 'labourer' | 'id' | 'token' | 'attempt'>,
  report: Report,
  random: number,
  events: Events,
): Verdict => {
  if (report.kind === 'done') {
    const { result, stats } = report;
    for (const text of [result, stats])
      if (text !== undefined && typeof text !== 'string') throw brokenInvoker('a result must be a JSON text');
    return { ...refOf(lease), kind: 'completed', ...(result !== undefined && { result }), ...(stats !== undefined && { stats }) };
  }
  // Bounded here, whoever reports: no text of an error may keep the word of it from being kept.
  const failure = { ...report, error: boundError(report.error), attempt: lease.attempt };
  return {
    ...refOf(lease),
    ...afterFailure(labourer, failure, random, (error) => events.emit('retry.failed', { ...taskOf(lease), error })),
  };
};

const brokenInvoker = (problem: string): ReeveError =>
  new ReeveError({
    kind: 'contract',
    code: 'INVOKER_BROKE_CONTRACT',
    message: `${problem}; run the kit of @reeve/testkit against the invoker`,
  });

/** Hands leases to the invoker, one by one, and knows those that are under way. */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #deadlines: Deadlines;
  readonly #ofAttempts: AttemptParts;
  readonly #underWay = new Bag<Attempt>();
  readonly #patience: Patience;
  readonly #cancels: CancelWatch | undefined;

  constructor(parts: DispatcherParts) {
    const { store, clock, events, doorbell = new Doorbell(), cancels, lingers = false } = parts;
    this.#parts = parts;
    this.#deadlines = new Deadlines(clock, { lingers });
    this.#patience = new Patience(clock, { lingers: false });
    const renewals = new Together<Renewal, RenewOutcome>('renew', (asked) => store.renew(asked));
    const shared = { clock, events, doorbell, lingers, deadlines: this.#deadlines, underWay: this.#underWay };
    this.#cancels = cancels && new CancelWatch({ ...cancels, ...shared });
    this.#ofAttempts = { clock, deadlines: this.#deadlines, renew: (renewal) => renewals.ask(renewal) };
  }

  /**
   * Never throws: what the invoker throws is `unknown`.
   * @param since an instant on this process's clock before the lease was asked for: it lasts for its length from then, at least
   */
  async dispatch(labourer: Labourer, lease: Lease, since: EpochMs): Promise<Dispatched> {
    const { invoker, clock, chance, events } = this.#parts;
    const attempt = new Attempt(this.#ofAttempts, labourer, lease);
    this.#underWay.add(attempt);
    this.#cancels?.begun();
    try {
      // Claimed along with others, and so long in coming to its turn that the worker would outlast the lease, or that the task
      // may be running elsewhere by now.
      if (clock.now() - since <= labourer.lease.cooldown) attempt.holdsUntil(since + leaseLength(labourer));
      else if (!(await this.#patience.ask('renew', () => attempt.heartbeat()))) throw new Error('the lease was lost before its turn came');
      if (attempt.interrupted) throw new Error('the process is stopping');
      events.emit('task.started', { ...taskOf(lease), attempt: lease.attempt, waited: Math.max(0, lease.claimedAt - lease.due) });
      const begun = events.hears('attempt.done') ? clock.now() : undefined;
      const delivery = await attempt.delivered(() => invoker.invoke(labourer, lease, attempt));
      if (begun !== undefined && delivery.kind === 'finished' && delivery.report.kind === 'done')
        events.emit('attempt.done', { ...taskOf(lease), took: Math.max(0, clock.now() - begun) });
      return this.#judge(labourer, lease, delivery, attempt.interrupted, chance.random());
    } catch (error) {
      events.emit('task.unknown', { ...taskOf(lease), error });
      return { kind: 'unknown' };
    } finally {
      attempt.end();
      this.#underWay.delete(attempt);
      if (this.#underWay.size === 0) this.#cancels?.allEnded();
    }
  }

  /** Tells all workers in this process to stop. What they then report counts as interrupted, not as failed. */
  interruptAll(): void {
    for (const attempt of this.#underWay.all) attempt.interrupt();
  }

  /** Waits for none of them any more, and for no others: nothing of it holds the process open. */
  close(): void {
    for (const attempt of this.#underWay.all) attempt.giveUp(new Error('the process is stopping, and the worker has not ended'));
    this.#patience.end();
    this.#cancels?.close();
    this.#deadlines.close();
  }

  #judge(labourer: Labourer, lease: Lease, delivery: Delivery, interrupted: boolean, random: number): Dispatched {
    switch (delivery.kind) {
      case 'accepted':
        return { kind: 'accepted' };
      case 'refused': {
        const { retryAfter } = delivery;
        const reason = boundError(delivery.reason);
        this.#parts.events.emit('attempt.refused', { ...taskOf(lease), reason });
        return { kind: 'refused', verdict: { ...refOf(lease), kind: 'released' }, reason, ...(retryAfter !== undefined && { retryAfter }) };
      }
      case 'finished':
        // Stopped by us and not by its own fault: it goes on elsewhere at once, whatever its attempts.
        if (interrupted && delivery.report.kind === 'failed') {
          return { kind: 'finished', verdict: { ...refOf(lease), kind: 'retry', after: 0, error: INTERRUPTED } };
        }
        return { kind: 'finished', verdict: verdictOf(labourer, lease, delivery.report, random, this.#parts.events) };
      default:
        throw brokenInvoker(`it answered ${boundText(String((delivery as { readonly kind?: unknown }).kind), 40)}`);
    }
  }
}
