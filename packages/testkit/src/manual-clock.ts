import type { Clock, EpochMs, Millis } from '@reeve/core';

interface Sleeper {
  readonly at: EpochMs;
  readonly wake: () => void;
}

/** 2026-01-05T12:00:00Z, a Monday. */
const START: EpochMs = Date.UTC(2026, 0, 5, 12);

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: EpochMs;
  readonly #sleepers = new Set<Sleeper>();

  constructor(start: EpochMs = START) {
    this.#now = start;
  }

  now(): EpochMs {
    return this.#now;
  }

  sleep(wait: Millis, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (wait <= 0 || signal?.aborted) {
        resolve();
        return;
      }
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { at: this.#now + wait, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** How many sleep now. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /**
   * Moves the time on, waking sleepers at their own instants, in their order. What a sleeper does on waking, as far as it
   * needs only promises and the end of the turn, is done before the next wakes.
   */
  async advance(by: Millis): Promise<void> {
    const until = this.#now + by;
    for (let next = this.#first(until); next; next = this.#first(until)) {
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    this.#now = until;
  }

  /** Puts the clock somewhere else, back as well, and wakes those whose instant has come. */
  set(now: EpochMs): void {
    this.#now = now;
    for (const sleeper of [...this.#sleepers].sort((a, b) => a.at - b.at)) if (sleeper.at <= now) sleeper.wake();
  }

  #first(until: EpochMs): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const each of this.#sleepers) if (each.at <= until && (!first || each.at < first.at)) first = each;
    return first;
  }
}
