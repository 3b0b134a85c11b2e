import type { EpochMs, Millis } from './time.ts';

/** How well the systems that a labourer depends on are doing, from 0 Bad to 4 High. */
export const Health = { Bad: 0, Poor: 1, Moderate: 2, Good: 3, High: 4 } as const;
export type Health = (typeof Health)[keyof typeof Health];

/** What one look at one system showed. */
export interface Reading {
  readonly health: Health;
  /** For people: "orders-db.cpu 71 > 50". */
  readonly reason: string;
  /** When it was measured. */
  readonly observedAt: EpochMs;
  /** What was looked at: "orders-db.cpu". */
  readonly of?: string;
  /** The number that was read, as it counts: smoothed, if it is. */
  readonly value?: number;
  /** The most that may run, if that is less than the share of the cap at this health. A whole number, 0 or more. Absent: the share alone counts. */
  readonly limit?: number;
  /** It is what an `onMissing` rule says, since there is no data. */
  readonly missing?: true;
}

/** What was decided about a labourer's cap, and of what. */
export interface CapDecision {
  /** As it is defined, or as an operator set it. */
  readonly most: number;
  /** How many may run. */
  readonly cap: number;
  /** For people, in one line. */
  readonly why: string;
  /** The lowest of the readings; High without any. */
  readonly health: Health;
  /** The share of `most` at this health. */
  readonly coefficient: number;
  /** All that counted, the one that decides first. */
  readonly readings: readonly Reading[];
  /** In a dry run: the cap that would be in force without it. `cap` is the whole then. */
  readonly wouldBe?: number;
}

/** Why a labourer has the cap that it has, in this process. */
export interface Explanation extends Omit<CapDecision, 'readings'> {
  readonly labourer: string;
  /** Since when the cap is what it is, on this process's clock. */
  readonly since: EpochMs;
  readonly readings: readonly (Reading & {
    /** How long ago it was measured, as far as this process's clock tells. */
    readonly age: Millis;
  })[];
  /** The last changes of the cap or of the health, the newest last. */
  readonly recent: readonly { readonly at: EpochMs; readonly what: string }[];
}
