import type { Chance, Clock, EpochMs, Millis } from '@reeve/core';

const FIRST: Millis = 1_000;
const LONGEST: Millis = 120_000;

/**
 * How long nothing is asked after CloudWatch said that it is asked too often: a second, then twice as long each time, up to two minutes,
 * each between half and the whole of it, so that many processes do not come back together.
 */
export class BackOff {
  readonly #clock: Clock;
  readonly #chance: Chance;
  #times = 0;
  #since: EpochMs = 0;
  #wait: Millis = 0;

  constructor(clock: Clock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
  }

  throttled(): void {
    // Calls that were under way together are told so together; only the first of them counts.
    if (this.isOn()) return;
    this.#wait = Math.min(LONGEST, FIRST * 2 ** this.#times) * (0.5 + this.#chance.random() / 2);
    this.#since = this.#clock.now();
    this.#times += 1;
  }

  answered(): void {
    if (!this.isOn()) this.#times = 0;
  }

  isOn(): boolean {
    const passed = this.#clock.now() - this.#since;
    // A clock that was set back ends it.
    return this.#times > 0 && passed >= 0 && passed < this.#wait;
  }
}
