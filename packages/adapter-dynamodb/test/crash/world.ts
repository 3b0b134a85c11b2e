import type { Chance, EpochMs, Millis } from '@reeve/core';
import { CountingChance } from '@reeve/testkit';

const START: EpochMs = Date.UTC(2026, 0, 5, 12);

/** The time and the dice of one story: the same seed tells the same story. */
export class World {
  now: EpochMs;
  readonly chance: Chance;
  readonly #start: EpochMs;
  readonly #events: (() => string)[] = [];

  constructor(seed: number, start: EpochMs = START) {
    this.now = start;
    this.#start = start;
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

  /** Mostly a little, now and then past whatever waits. */
  passTime(): void {
    const kind = this.chance.random();
    this.now += kind < 0.7 ? this.int(20) : kind < 0.95 ? this.int(500) : kind < 0.99 ? 1_000 + this.int(4_000) : 20_000 + this.int(50_000);
  }

  /** @param event told when somebody asks for it: most stories are never told */
  note(event: string | (() => string)): void {
    const [number, at] = [this.#events.length, this.now - this.#start];
    this.#events.push(() => `${number} +${at} ${typeof event === 'string' ? event : event()}`);
  }

  last(count: number): readonly string[] {
    return this.#events.slice(-count).map((each) => each());
  }
}

/** What may go wrong in a story, and what happens beside it. Drawn for each seed, so that some stories have a lot of one thing. */
export interface Weather {
  /** How often a request meets each fate. */
  readonly fates: Readonly<Record<Fate, number>>;
  /** How old a row of an index query may be. */
  readonly lag: Millis;
  /** Whether BatchGetItem leaves keys out. */
  readonly leavesOut: number;
  readonly processes: number;
  readonly labourers: number;
  readonly cap: number;
  /** Whether processes go by different caps. */
  readonly disagree: boolean;
  readonly lease: Millis;
  /** A renewal may also bring the deadline nearer. */
  readonly shortens: boolean;
  /** What a sosw beside us does: nothing; its assistant completes; all of it. */
  readonly sosw: 'none' | 'assistant' | 'all';
  /** How often a task has a key; and how many of one may run. */
  readonly keys: number;
  readonly perKey: number;
}

/**
 * - `crash`    the process ends before or after the request; what it has under way may still land
 * - `lost`     the caller is told that there was no answer; the request happened or did not
 * - `again`    it happened, the answer was lost, and the client asks again, a little later
 * - `echo`     it happens, and once more later: the first of two tries that was only slow
 */
export type Fate = 'crash' | 'lost' | 'again' | 'echo';

export const GUARD: Millis = 1_000;

export const weatherOf = (world: World): Weather => {
  const rate = (): number => (world.happens(0.3) ? 0 : world.chance.random() * 0.05);
  return {
    fates: { crash: rate() / 2, lost: rate(), again: rate(), echo: rate() },
    lag: world.pick([0, 1_000, 5_000]),
    leavesOut: world.pick([0, 0, 0.2]),
    processes: 2 + world.int(5),
    labourers: 1 + world.int(2),
    cap: world.pick([1, 2, 3, 5, 18, 35]),
    disagree: world.happens(0.2),
    lease: world.pick([5_000, 60_000, 60_000, 900_000]),
    shortens: world.happens(0.3),
    sosw: world.pick(['none', 'none', 'none', 'assistant', 'all']),
    keys: world.pick([0, 0.3, 0.8]),
    perKey: 1 + world.int(3),
  };
};
