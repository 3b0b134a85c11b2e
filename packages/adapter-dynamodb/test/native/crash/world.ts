import type { Chance, EpochMs, Millis } from '@reeve/core';
import { CountingChance } from '@reeve/testkit';

/** Ahead of the server's own clock, by which it drops what has expired. */
const START: EpochMs = Date.UTC(2100, 0, 4, 12);

/** The time and the dice of one story: the same seed tells the same story. */
export class World {
  now: EpochMs = START;
  readonly chance: Chance;
  readonly #events: string[] = [];

  constructor(seed: number) {
    this.chance = new CountingChance(Math.imul(seed, 2_654_435_761));
  }

  /** A whole number below `bound`. */
  int(bound: number): number {
    return Math.floor(this.chance.random() * bound);
  }

  happens(probability: number): boolean {
    return this.chance.random() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)] as T;
  }

  /** Mostly a little, now and then past whatever waits. @param haste how often it is a minute or so */
  passTime(haste: number): void {
    const kind = this.chance.random();
    this.now +=
      kind < 0.7 ? this.int(20) : kind < 0.9 ? this.int(500) : kind < 1 - haste ? 1_000 + this.int(4_000) : 20_000 + this.int(50_000);
  }

  note(event: string): void {
    this.#events.push(`${this.#events.length} +${this.now - START} ${event}`);
  }

  last(count: number): readonly string[] {
    return this.#events.slice(-count);
  }
}

/**
 * - `crash`    the process ends before or after the request; what it has under way may still land
 * - `lost`     the caller is told that there was no answer; the request happened or did not
 * - `again`    it happened, the answer was lost, and the client asks again, a little later
 * - `echo`     it happens, and once more later: the first of two tries that was only slow
 */
export type Fate = 'crash' | 'lost' | 'again' | 'echo';

/** What may go wrong in a story. Drawn for each seed, so that some stories have a lot of one thing. */
export interface Weather {
  /** How often a request meets each fate. */
  readonly fates: Readonly<Record<Fate, number>>;
  /** How old the answer to a reading may be that does not ask for a consistent one. */
  readonly lag: Millis;
  readonly processes: number;
  readonly labourers: number;
  readonly cap: number;
  readonly lease: Millis;
  /** A renewal may also bring the deadline nearer. */
  readonly shortens: boolean;
  /** How many of the ids are the store's own. */
  readonly own: number;
  /** How often a minute goes by between two requests: then what is on the wire may be found left over by who keeps house. */
  readonly haste: number;
}

export const GUARD: Millis = 1_000;

export const weatherOf = (world: World): Weather => {
  const rate = (): number => (world.happens(0.3) ? 0 : world.chance.random() * 0.05);
  return {
    fates: { crash: rate() / 2, lost: rate(), again: rate(), echo: rate() },
    lag: world.pick([0, 1_000]),
    processes: 2 + world.int(5),
    labourers: 1 + world.int(2),
    cap: world.pick([1, 2, 3, 5, 18, 35, 150]),
    lease: world.pick([5_000, 60_000, 60_000, 900_000]),
    shortens: world.happens(0.3),
    own: world.pick([0, 0.5, 0.5, 1]),
    haste: world.pick([0.01, 0.01, 0.1]),
  };
};
