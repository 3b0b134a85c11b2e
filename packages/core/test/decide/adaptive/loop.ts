import type { Adaptive, AdaptiveState, Outcomes } from '@reeve/core';
import { limitInForce, startAdaptive, stepAdaptive } from '@reeve/core';
import { CountingChance } from '@reeve/testkit';

/** What a system that runs so many at once makes of them. */
export interface Answering {
  /** The mean length of an attempt. */
  readonly took: number;
  /** The share that fails, and the share that is refused. */
  readonly failed?: number;
  readonly refused?: number;
}
export type Downstream = (running: number, now: number) => Answering;

export interface Played {
  /** The limit in force in each window. */
  readonly limits: readonly number[];
  /** Attempts that did well in each window. */
  readonly done: readonly number[];
  readonly state: AdaptiveState;
}

/** Numbers of chance that are the same for the same seed. */
export const seeded = (seed: number): (() => number) => {
  const chance = new CountingChance(seed);
  return () => chance.random();
};

export interface Play {
  readonly windows: number;
  readonly random?: () => number;
  /** The lengths of attempts differ by up to this share of the mean. */
  readonly spread?: number;
  /** How many there are to run. Default: no end of them. */
  readonly backlog?: (now: number) => number;
  readonly state?: AdaptiveState;
  readonly from?: number;
}

/** Plays a policy against a downstream, window by window, with a backlog. What is counted differs by chance from what is to be expected. */
export const play = (
  adaptive: Adaptive,
  downstream: Downstream,
  { windows, random = seeded(1), spread = 0.5, backlog, state: before, from = 0 }: Play,
): Played => {
  let state = before ?? startAdaptive(adaptive, from);
  const limits: number[] = [];
  const done: number[] = [];
  for (let n = 1; n <= windows; n += 1) {
    const now = from + n * adaptive.window;
    const limit = limitInForce(adaptive, state);
    const running = Math.min(limit, backlog?.(now) ?? limit);
    const { took, failed = 0, refused = 0 } = downstream(running, now);
    const ends = roughly((running * adaptive.window) / took, random);
    const throttled = some(ends, refused, random);
    const failures = some(ends - throttled, failed, random);
    const noise = 1 + (spread * (random() + random() + random() - 1.5)) / Math.sqrt(Math.max(1, ends));
    const outcomes: Outcomes = {
      ended: ends - throttled,
      failed: failures,
      timedOut: 0,
      throttled,
      running,
      ...(ends > throttled && { took: took * noise }),
    };
    limits.push(limit);
    done.push(ends - throttled - failures);
    state = stepAdaptive(adaptive, state, outcomes, now);
  }
  return { limits, done, state };
};

const roughly = (expected: number, random: () => number): number => Math.floor(expected + random());

const some = (of: number, share: number, random: () => number): number => {
  if (share <= 0) return 0;
  let count = 0;
  for (let n = 0; n < of; n += 1) if (random() < share) count += 1;
  return count;
};
