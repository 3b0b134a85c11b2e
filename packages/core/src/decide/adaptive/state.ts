import type { Adaptive, Outcomes } from '../../domain/adaptive.ts';
import type { EpochMs, Millis } from '../../domain/time.ts';

/** The mean length of some attempts, and of how many it is: of few it is uncertain. */
export interface MeanLength {
  readonly took: Millis;
  readonly of: number;
}

/** What is kept of a labourer whose cap follows its attempts. */
export interface AdaptiveState {
  /** With its fraction; what is in force is the whole number below. */
  readonly limit: number;
  /** Since when windows are joined, or what has ended counts. */
  readonly at: EpochMs;
  /** When the number in force last changed by much. What ends soon after began before it. */
  readonly changedAt: EpochMs;
  /** What has happened since `at`, as long as it is too little to tell by. */
  readonly joined?: Outcomes;
  /** The share of attempts that fails whatever the load. */
  readonly failing: number;
  /** How long an attempt takes when there is no hurry. Absent: none was measured. */
  readonly norm?: Millis;
  /** Of how many attempts that is the mean, about. */
  readonly normOf: number;
  /** How long they take now: the newest count most. Absent: the number in force has just changed by much. */
  readonly lately?: MeanLength;
  /** As many as go well, by the last time that it was too much. Absent: it never was. */
  readonly mark?: number;
  /** In how many windows in a row it was too much. */
  readonly signs: number;
  /** For how many windows it has not been. */
  readonly calm: number;
  /** The limit is lowered to so many for a moment, to see how long attempts take without a hurry. */
  readonly dip?: number;
  /** In so many windows that is done again. */
  readonly untilDip: number;
}

/** Nobody knows yet how many fail without any load: a single failure among the first is not taken for a sign of it. */
const FAILING_AT_FIRST = 0.02;
/** Where it begins may be too much already, and the norm be that of too much: so it begins with a look at this share of it. */
const FIRST_DIP = 0.5;

export const startAdaptive = (adaptive: Adaptive, now: EpochMs): AdaptiveState => ({
  limit: within(adaptive, adaptive.initial),
  dip: Math.max(1, adaptive.initial * FIRST_DIP),
  at: now,
  changedAt: now,
  failing: FAILING_AT_FIRST,
  normOf: 0,
  signs: 0,
  calm: 0,
  untilDip: 1,
});

/** After an outage: from the floor, and with what was learnt before it. */
export const warmUp = (adaptive: Adaptive, state: AdaptiveState, now: EpochMs): AdaptiveState => {
  const { joined: _, dip: __, lately: ___, ...learnt } = state;
  return { ...learnt, limit: adaptive.floor, at: now, changedAt: now, signs: 0, calm: 0 };
};

/** The most that may run. */
export const limitInForce = (adaptive: Adaptive, { limit, dip }: AdaptiveState): number =>
  Math.floor(within(adaptive, dip === undefined ? limit : Math.min(limit, dip)));

export const within = ({ floor, ceiling }: Pick<Adaptive, 'floor' | 'ceiling'>, limit: number): number =>
  limit >= floor ? Math.min(ceiling, limit) : floor;

/** Two stretches of time as one. A mean counts by how many went well. */
export const joinOutcomes = (one: Outcomes | undefined, other: Outcomes): Outcomes => {
  if (!one) return other;
  const took = meanOf(one, other);
  return {
    ended: one.ended + other.ended,
    failed: one.failed + other.failed,
    timedOut: one.timedOut + other.timedOut,
    throttled: one.throttled + other.throttled,
    running: Math.max(one.running, other.running),
    ...(took !== undefined && { took }),
  };
};

const meanOf = (one: Outcomes, other: Outcomes): Millis | undefined => {
  if (one.took === undefined || other.took === undefined) return one.took ?? other.took;
  const [some, more] = [Math.max(1, one.ended - one.failed), Math.max(1, other.ended - other.failed)];
  return (one.took * some + other.took * more) / (some + more);
};
