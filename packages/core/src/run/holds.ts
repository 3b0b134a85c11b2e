import { holdAfter } from '../decide/hold-after.ts';
import type { EpochMs, Millis } from '../domain/time.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { Events } from './events.ts';

interface Hold {
  readonly refusals: number;
  readonly until: EpochMs;
}

/** Which labourers are left alone because their invoker refused, and until when. Known to this process alone. */
export class Holds {
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #events: Events;
  readonly #holds = new Map<string, Hold>();

  constructor(clock: Clock, chance: Chance, events: Events) {
    this.#clock = clock;
    this.#chance = chance;
    this.#events = events;
  }

  /** The instant until which to wait, or undefined if there is nothing to wait for. */
  until(labourer: string): EpochMs | undefined {
    const hold = this.#holds.get(labourer);
    return hold && hold.until > this.#clock.now() ? hold.until : undefined;
  }

  refused(labourer: string, reason: string, retryAfter: Millis | undefined): void {
    // Refusals of one batch arrive together and count once.
    if (this.until(labourer) !== undefined) return;
    const refusals = (this.#holds.get(labourer)?.refusals ?? 0) + 1;
    const until = this.#clock.now() + holdAfter(refusals, retryAfter, this.#chance.random());
    this.#holds.set(labourer, { refusals, until });
    this.#events.emit('labourer.held', { labourer, reason, until });
  }

  received(labourer: string): void {
    if (this.until(labourer) === undefined) this.#holds.delete(labourer);
  }
}
