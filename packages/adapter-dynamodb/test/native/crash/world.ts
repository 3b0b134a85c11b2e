import type { EpochMs, Millis } from '@reeve/core';
import { World as Dice, type Fate, GUARD } from '../../crash/world.ts';

/** Ahead of the server's own clock, by which it drops what has expired. */
const START: EpochMs = Date.UTC(2100, 0, 4, 12);

export { type Fate, GUARD };

/** The time and the dice of one story. */
export class World extends Dice {
  constructor(seed: number) {
    super(seed, START);
  }

  /** Mostly a little, now and then past whatever waits. @param haste how often it is a minute or so */
  override passTime(haste: number = 0): void {
    const kind = this.chance.random();
    this.now +=
      kind < 0.7 ? this.int(20) : kind < 0.9 ? this.int(500) : kind < 1 - haste ? 1_000 + this.int(4_000) : 20_000 + this.int(50_000);
  }
}

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
  /** How often a task has a priority, an expiry or something that follows; and how often somebody does something to one. */
  readonly wishes: number;
  /** How often a task has a key; and how many of one may run. */
  readonly keys: number;
  readonly perKey: number;
  /** How often a minute goes by between two requests: then what is on the wire may be found left over by who keeps house. */
  readonly haste: number;
}

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
    wishes: world.pick([0, 0.2, 0.5]),
    keys: world.pick([0, 0.4, 0.9]),
    perKey: world.pick([1, 1, 2]),
  };
};
