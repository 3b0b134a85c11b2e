import type { Millis } from '@reeve/core';
import type { Stream } from '../../sim/stream.ts';

/** What a downstream has to do with at one instant. */
export interface Load {
  /** Since the beginning. */
  readonly at: Millis;
  /** The attempts that are with it, a new one left out. */
  readonly running: number;
  /** How many came to it within the last second. */
  readonly perSecond: number;
}

/** What becomes of an attempt. */
export interface Served {
  readonly took: Millis;
  /** Absent: it succeeds. */
  readonly failure?: { readonly error: string /** As an API says it with a 429. */; readonly retryAfter?: Millis };
}

/** What the workers depend on, in one rehearsal: it may remember. */
export interface Downstream {
  /**
   * An attempt comes to it.
   * @param alone how long it would take if there were no other
   */
  serve(load: Load, alone: Millis): Served;
  /** What can be read of it, by name: `cpu`. */
  metrics(load: Load): Readonly<Record<string, number>>;
  /**
   * How hard it is driven, as a share of what it can take: above 1 it is over its limit. Undefined: it is down, and no load is right or
   * wrong. Each model says what its limit is, and no policy is told.
   */
  strain(load: Load): number | undefined;
}

/** Makes a downstream for a rehearsal: the same for the same seed. */
export type DownstreamModel = (chance: Stream) => Downstream;

/** Takes whatever comes: for policies that are about nothing but a metric. */
export const steady = (): DownstreamModel => () => ({
  serve: (_, alone) => ({ took: alone }),
  metrics: ({ running }) => ({ running }),
  strain: () => 0,
});
