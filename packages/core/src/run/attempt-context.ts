import { type Lease, refOf } from '../domain/task.ts';
import type { EpochMs, Millis } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { InvokeContext } from '../ports/invoker.ts';
import type { Renewal, RenewOutcome } from '../ports/task-store.ts';
import type { Deadlines } from './deadlines.ts';

export interface AttemptContextParts {
  readonly lease: Lease;
  readonly leaseLength: Millis;
  readonly duration: Millis;
  readonly renew: (renewal: Renewal) => Promise<RenewOutcome>;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  /** Called with the instant, on this process's clock, at which the renewed lease runs out. */
  readonly onRenewed: (until: EpochMs) => void;
}

/**
 * What an invoker has of one attempt. The abort signal is made when somebody asks for it: most attempts of a remote
 * worker never do, and a controller with a deadline for each would be the dearest thing in the loop.
 */
export class AttemptContext implements InvokeContext {
  readonly #parts: AttemptContextParts;
  #controller: AbortController | undefined;
  #cancelDeadline: (() => void) | undefined;
  #stopAt: EpochMs;
  #stopped: unknown;
  #over = false;
  interrupted: boolean = false;

  constructor(parts: AttemptContextParts) {
    this.#parts = parts;
    this.#stopAt = parts.clock.now() + parts.duration;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#stopped !== undefined) this.#controller.abort(this.#stopped);
      this.#armDeadline();
    }
    return this.#controller.signal;
  }

  async heartbeat(): Promise<boolean> {
    if (this.#over) return false;
    const { lease, leaseLength, duration, renew, clock, onRenewed } = this.#parts;
    // Counted from before the call: however long the answer takes, the store gave at least this much.
    const asked = clock.now();
    const { kind } = await renew({ ...refOf(lease), lease: leaseLength });
    if (kind !== 'renewed') {
      this.stop(new Error('the lease is lost: another attempt may have started'));
      return false;
    }
    // A worker may have returned without waiting for this answer. Then there is no deadline left to wait for.
    if (!this.#over) {
      this.#stopAt = asked + duration;
      onRenewed(asked + leaseLength);
      if (this.#controller) this.#armDeadline();
    }
    return true;
  }

  /** Tells the worker to stop. */
  stop(reason: unknown): void {
    this.#stopped ??= reason;
    this.#controller?.abort(reason);
    this.#cancelDeadline?.();
  }

  /** Tells the worker to stop through no fault of its own: this process is stopping. */
  interrupt(): void {
    this.interrupted = true;
    this.stop(new Error('the process is stopping'));
  }

  /** The attempt is over: nothing is left to wait for. */
  end(): void {
    this.#over = true;
    this.#cancelDeadline?.();
  }

  #armDeadline(): void {
    this.#cancelDeadline?.();
    if (this.#over || this.#stopped !== undefined) return;
    this.#cancelDeadline = this.#parts.deadlines.add(this.#stopAt, () => this.stop(new Error('the time of this attempt is up')));
  }
}
