import { type Millis, SECOND } from '@reeve/core';
import type { Stream } from '../sim/stream.ts';
import { parseCurve } from './parse-curve.ts';

/** How many tasks come in a second, on the average: always so many, by the time since the beginning, or along a curve. */
export type Arrivals = number | ((since: Millis) => number) | { readonly csv: string };

export interface Rate {
  readonly at: (since: Millis) => number;
  /** Of the curve, if it is one. */
  readonly length?: Millis;
}

export const rateOf = (arrivals: Arrivals): Rate => {
  if (typeof arrivals === 'number') return { at: () => arrivals };
  return typeof arrivals === 'function' ? { at: arrivals } : parseRate(arrivals.csv);
};

const parseRate = (csv: string): Rate => {
  const { at, length } = parseCurve(csv);
  return { at, length };
};

/**
 * When the next task comes: a Poisson process, whose rate counts as even within each second. What has not come by the end of a second
 * is drawn anew with the next one's rate; a process without memory may.
 */
export const nextArrival = ({ at }: Rate, since: Millis, end: Millis, chance: Stream): Millis => {
  for (let now = since; now < end; ) {
    const turn = (Math.floor(now / SECOND) + 1) * SECOND;
    const rate = Math.max(0, at(now));
    const next = rate > 0 ? now - (Math.log(1 - chance.random()) * SECOND) / rate : Number.POSITIVE_INFINITY;
    if (next < turn) return next;
    now = turn;
  }
  return Number.POSITIVE_INFINITY;
};
