import type { Clock, EpochMs, Millis } from '@reeve/core';

/** A query that CloudWatch refuses is refused again; now and then it is asked, since metrics and rights may have changed. */
const AGAIN_AFTER: Millis = 600_000;

/** Which queries CloudWatch refused, each of which would take its whole call with it. */
export class Refusals {
  readonly #clock: Clock;
  readonly #refused = new Map<string, { readonly error: Error; readonly at: EpochMs }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(key: string, error: Error): void {
    this.#refused.set(key, { error, at: this.#clock.now() });
  }

  forget(key: string): void {
    this.#refused.delete(key);
  }

  /** Refused before: to be asked by itself, so that it takes no other with it. */
  has(key: string): boolean {
    return this.#refused.has(key);
  }

  /** Why it is not to be asked now. */
  whyNot(key: string): Error | undefined {
    const found = this.#refused.get(key);
    const passed = found ? this.#clock.now() - found.at : 0;
    return found && passed >= 0 && passed < AGAIN_AFTER ? found.error : undefined;
  }
}
