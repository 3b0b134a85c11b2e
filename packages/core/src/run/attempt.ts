import { type Labourer, leaseLength } from '../domain/labourer.ts';
import { type Lease, refOf } from '../domain/task.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Delivery, InvokeContext } from '../ports/invoker.ts';
import type { Renewal, RenewOutcome } from '../ports/task-store.ts';
import type { InBag } from './bag.ts';
import type { Deadline, Deadlines } from './deadlines.ts';

/** What all attempts of a dispatcher share. */
export interface AttemptParts {
  readonly renew: (renewal: Renewal) => Promise<RenewOutcome>;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

/**
 * One attempt under way: what its invoker has of it, and how the waiting for it ends. The abort signal is made when somebody asks
 * for it: most attempts never do, and a controller with a deadline for each would be the dearest thing in the loop.
 */
export class Attempt implements InvokeContext, InBag {
  readonly #parts: AttemptParts;
  readonly #labourer: Labourer;
  readonly lease: Lease;
  #controller: AbortController | undefined;
  /** When the worker is to stop by itself. */
  #stopAt: EpochMs;
  #stopDeadline: Deadline | undefined;
  #leaseDeadline: Deadline | undefined;
  #stopped: unknown;
  #givenUp: Error | undefined;
  #onGivenUp: ((reason: Error) => void) | undefined;
  #over = false;
  interrupted: boolean = false;
  place: number = -1;

  constructor(parts: AttemptParts, labourer: Labourer, lease: Lease) {
    this.#parts = parts;
    this.#labourer = labourer;
    this.lease = lease;
    this.#stopAt = parts.clock.now() + labourer.lease.duration;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#stopped !== undefined) this.#controller.abort(this.#stopped);
      this.#armStop();
    }
    return this.#controller.signal;
  }

  async heartbeat(): Promise<boolean> {
    if (this.#over) return false;
    const { renew, clock } = this.#parts;
    const whole = leaseLength(this.#labourer);
    // Counted from before the call: however long the answer takes, the store gave at least this much.
    const asked = clock.now();
    const answer = await this.#untilStopped(renew({ ...refOf(this.lease), lease: whole }));
    if (answer === undefined) return false; // whether or not it was renewed: the work must stop
    if (answer.kind === 'cancelled') {
      this.cancel();
      return false;
    }
    if (answer.kind !== 'renewed') {
      this.stop(new Error('the lease is lost: another attempt may have started'));
      return false;
    }
    // A worker may have returned without waiting for this answer. Then there is no deadline left to wait for.
    if (!this.#over) {
      this.#stopAt = asked + this.#labourer.lease.duration;
      this.holdsUntil(asked + whole);
      if (this.#controller) this.#armStop();
    }
    return true;
  }

  /**
   * The lease lasts until this instant on this process's clock. An invocation that outlives it is of no more use: the place has
   * passed on. Not waiting for it keeps a hung worker from holding up the loop; its late word is stale.
   */
  holdsUntil(instant: EpochMs): void {
    const { deadlines } = this.#parts;
    if (this.#leaseDeadline) deadlines.cancel(this.#leaseDeadline);
    this.#leaseDeadline = deadlines.add(instant, () =>
      this.giveUp(new Error(`no answer within the lease of ${leaseLength(this.#labourer)} ms`)),
    );
  }

  /** @throws what the call throws, or the reason for which it was given up */
  delivered(invoke: () => Promise<Delivery>): Promise<Delivery> {
    return new Promise((resolve, reject) => {
      if (this.#givenUp) throw this.#givenUp;
      this.#onGivenUp = reject;
      invoke().then(resolve, reject);
    });
  }

  /** Nobody waits for the worker any more. */
  giveUp(reason: Error): void {
    this.#givenUp ??= reason;
    this.#onGivenUp?.(reason);
  }

  /** Tells the worker to stop. */
  stop(reason: unknown): void {
    this.#stopped ??= reason;
    this.#controller?.abort(reason);
    this.#disarmStop();
  }

  /** Tells the worker that nobody wants its work any more. Whatever it then reports, the store ends the task as cancelled. */
  cancel(): void {
    this.stop(new Error('the task was cancelled'));
  }

  /** Tells the worker to stop through no fault of its own: this process is stopping. */
  interrupt(): void {
    this.interrupted = true;
    this.stop(new Error('the process is stopping'));
  }

  /** The attempt is over: nothing is left to wait for. */
  end(): void {
    this.#over = true;
    this.#disarmStop();
    if (this.#leaseDeadline) this.#parts.deadlines.cancel(this.#leaseDeadline);
  }

  /**
   * A store that is not to be reached may take longer to answer than the lease lasts, and a worker that waits for it would not see its signal.
   * @returns nothing if the worker has to stop before there is an answer
   */
  #untilStopped<T>(answer: Promise<T>): Promise<T | undefined> {
    const { signal } = this;
    if (signal.aborted) return answer;
    return new Promise((resolve, reject) => {
      const stop = (): void => resolve(undefined);
      signal.addEventListener('abort', stop, { once: true });
      answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    });
  }

  #armStop(): void {
    this.#disarmStop();
    if (this.#over || this.#stopped !== undefined) return;
    this.#stopDeadline = this.#parts.deadlines.add(this.#stopAt, () => this.stop(new Error('the time of this attempt is up')));
  }

  #disarmStop(): void {
    if (this.#stopDeadline) this.#parts.deadlines.cancel(this.#stopDeadline);
    this.#stopDeadline = undefined;
  }
}
