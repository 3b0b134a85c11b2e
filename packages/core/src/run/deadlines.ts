import type { EpochMs } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';

interface Deadline {
  readonly at: EpochMs;
  readonly act: () => void;
}

/**
 * Calls back when an instant has come; one sleep of the clock serves all, since an attempt must not cost a timer.
 * A callback may add and cancel deadlines.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #pending = new Set<Deadline>();
  #nextWake = Number.POSITIVE_INFINITY;
  #wake: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns a function that takes the deadline back */
  add(at: EpochMs, act: () => void): () => void {
    const deadline = { at, act };
    this.#pending.add(deadline);
    if (at < this.#nextWake) this.#sleepUntil(at);
    return () => {
      this.#pending.delete(deadline);
      // The sleep holds the process open: with nothing left to wait for, it ends.
      if (this.#pending.size === 0) this.#wake?.abort();
    };
  }

  #sleepUntil(at: EpochMs): void {
    this.#wake?.abort();
    const wake = new AbortController();
    this.#wake = wake;
    this.#nextWake = at;
    void this.#clock.sleep(Math.max(0, at - this.#clock.now()), wake.signal).then(() => {
      if (this.#wake === wake) this.#fire();
    });
  }

  #fire(): void {
    this.#wake = undefined;
    this.#nextWake = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    for (const deadline of this.#pending) {
      if (deadline.at > now) continue;
      this.#pending.delete(deadline);
      deadline.act();
    }
    let next = this.#nextWake; // a callback may have set it
    for (const { at } of this.#pending) next = Math.min(next, at);
    if (next < this.#nextWake) this.#sleepUntil(next);
  }
}
