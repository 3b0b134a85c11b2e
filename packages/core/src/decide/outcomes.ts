import type { Outcomes } from '../domain/adaptive.ts';
import type { Labourer } from '../domain/labourer.ts';
import { type EpochMs, MINUTE, type Millis } from '../domain/time.ts';
import { type BreakerState, startBreaker, stepBreaker } from './adaptive/breaker.ts';
import { type AdaptiveState, joinOutcomes, startAdaptive, warmUp } from './adaptive/state.ts';
import { step } from './adaptive/step.ts';

/** What was counted of a labourer's attempts. */
export interface Counts {
  readonly ended: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly throttled: number;
  /** How long those took that were measured, in all, and how many they were. */
  readonly took: Millis;
  readonly measured: number;
}

export const NO_COUNTS: Counts = { ended: 0, failed: 0, timedOut: 0, throttled: 0, took: 0, measured: 0 };

export const addCounts = (one: Counts, other: Counts): Counts => ({
  ended: one.ended + other.ended,
  failed: one.failed + other.failed,
  timedOut: one.timedOut + other.timedOut,
  throttled: one.throttled + other.throttled,
  took: one.took + other.took,
  measured: one.measured + other.measured,
});

export const isNothing = ({ ended, timedOut, throttled, measured }: Counts): boolean => ended + timedOut + throttled + measured === 0;

/** What all processes know of a labourer's attempts: one entry of the register. */
export interface OutcomeEntry {
  /** The window that is being counted. Absent: nothing has been since the last was closed. */
  readonly open?: {
    readonly since: EpochMs;
    readonly counts: Counts;
    /** So long before it began some of it was counted, by a process that had not added it by then. Absent: not at all. */
    readonly late?: Millis;
  };
  /** The last windows, the newest last. */
  readonly closed: readonly { readonly at: EpochMs; readonly outcomes: Outcomes }[];
  /** How long attempts usually take. Absent: nobody has measured any. */
  readonly norm?: Millis;
  readonly adaptive?: AdaptiveState;
  readonly breaker?: BreakerState;
}

export const NO_ENTRY: OutcomeEntry = { closed: [] };

/** What outcome health looks back on. */
const LOOK_BACK: Millis = MINUTE;
const MOST_CLOSED = 12;

/** By so much of each window the usual length rises, and falls. */
const RISES = 0.01;
const FALLS = 0.2;

/** Adds what one process has counted, the first of it so many milliseconds ago. */
export const withCounts = (entry: OutcomeEntry, counts: Counts, counted: Millis, now: EpochMs): OutcomeEntry => {
  if (isNothing(counts)) return entry;
  const { open, closed } = entry;
  // It begins where the last one ended: the processes count side by side, and each adds what it has counted since.
  const since = Math.min(now, open?.since ?? Math.max(closed.at(-1)?.at ?? 0, now - counted));
  const late = Math.max(open?.late ?? 0, since - (now - counted));
  return { ...entry, open: { since, counts: open ? addCounts(open.counts, counts) : counts, ...(late > 0 && { late }) } };
};

/** Turns are a window apart, more or less: one that comes a little early closes it, and does not leave it to one that comes late. */
const ENOUGH = 0.75;

export const isOver = ({ open }: OutcomeEntry, window: Millis, now: EpochMs): boolean =>
  open !== undefined && now - open.since >= ENOUGH * window;

/**
 * Closes the window: from here on everybody goes by what it says.
 * @param running how many run now. Absent: nobody could tell
 */
export const closeWindow = (labourer: Labourer, entry: OutcomeEntry, running: number | undefined, now: EpochMs): OutcomeEntry => {
  const { open, ...rest } = entry;
  if (!open) return entry;
  const late = open.late ?? 0;
  // Of processes that count side by side some are late by all of it, and some by nothing.
  const outcomes = outcomesOf(open.counts, running, now - open.since + late / 2);
  const { took } = outcomes;
  return {
    ...rest,
    ...(took !== undefined && { norm: usually(entry.norm, took) }),
    closed: [...entry.closed.filter(({ at }) => at <= now && at > now - LOOK_BACK), { at: now, outcomes }].slice(-MOST_CLOSED),
    ...stepped(labourer, entry, outcomes, now, reachesBack(entry, now) ? Number.POSITIVE_INFINITY : 0),
  };
};

/**
 * Where the process that started an attempt did not wait for it, its length is that of Little's law: so many run, so many end in a second.
 * That holds while as many begin as end, and it counts all that end, however they do.
 */
const outcomesOf = ({ took, measured, ...counts }: Counts, running: number | undefined, length: Millis): Outcomes => {
  const well = counts.ended - counts.failed;
  // Failures may be quick, and what they would make of the mean is not how long the work takes.
  const byLittle = running !== undefined && running > 0 && well > counts.failed ? (running * length) / counts.ended : 0;
  const mean = measured > 0 ? took / measured : byLittle;
  // A turn is often made by an attempt that ends, just when fewer run than usual. By the same law, this is how many did.
  const usually = measured > 0 && length > 0 ? Math.round((mean * counts.ended) / length) : 0;
  return { ...counts, running: Math.max(running ?? 0, usually), ...(mean > 0 && { took: mean }) };
};

/** Whether some of the window was counted before the limit changed. A little of it is, since counting ends before closing does. */
const reachesBack = ({ open, adaptive }: OutcomeEntry, now: EpochMs): boolean =>
  open !== undefined && adaptive !== undefined && open.since - (open.late ?? 0) + (now - open.since) * LITTLE < adaptive.changedAt;

const LITTLE = 0.1;

const stepped = ({ cap, health }: Labourer, entry: OutcomeEntry, outcomes: Outcomes, now: EpochMs, late: Millis) => {
  const { adaptive, breaker } = health;
  const before = entry.breaker ?? startBreaker(now - 1);
  const after = breaker && stepBreaker(breaker, cap, before, outcomes, now);
  const isStill = before.open !== undefined && after?.open !== undefined;
  const state = adaptive && (entry.adaptive ?? startAdaptive(adaptive, now - adaptive.window));
  return {
    ...(after && { breaker: after }),
    ...(adaptive &&
      state && {
        // Nothing is to be learnt while nothing may run, and after that the limit is found anew, from below.
        adaptive: isStill ? state : before.open && breaker ? warmUp(adaptive, state, now) : step(adaptive, state, outcomes, now, late),
      }),
  };
};

const usually = (norm: Millis | undefined, took: Millis): Millis => {
  if (norm === undefined) return took;
  // One window that hung is no news of all others.
  return norm + (took < norm ? FALLS : RISES) * (Math.min(took, 2 * norm) - norm);
};

export const OUTCOME_RATIOS = ['failureRatio', 'timeoutRatio', 'throttleRatio', 'latencyRatio'] as const;
export type OutcomeRatio = (typeof OUTCOME_RATIOS)[number];

/** Fewer attempts tell nothing. */
const FEWEST = 10;

/** What the last windows say. `undefined`: too little has ended to say anything. */
export const ratioOf = (
  { closed, norm, adaptive }: OutcomeEntry,
  of: OutcomeRatio,
  now: EpochMs,
): { readonly value: number; readonly at: EpochMs } | undefined => {
  const recent = closed.filter(({ at }) => at > now - LOOK_BACK);
  const at = recent.at(-1)?.at;
  const sum = recent.reduce<Outcomes | undefined>((all, { outcomes }) => joinOutcomes(all, outcomes), undefined);
  if (at === undefined || !sum || sum.ended + sum.throttled < FEWEST) return undefined;
  const { ended, failed, timedOut, throttled, took } = sum;
  const usual = adaptive?.norm ?? norm;
  switch (of) {
    case 'failureRatio':
      return ended === 0 ? undefined : { at, value: failed / ended };
    case 'timeoutRatio':
      return ended === 0 ? undefined : { at, value: timedOut / ended };
    case 'throttleRatio':
      return { at, value: throttled / (ended + throttled) };
    case 'latencyRatio':
      return took === undefined || usual === undefined ? undefined : { at, value: took / usual };
  }
};
