import type { Rate } from '../domain/limits.ts';
import type { EpochMs, Millis } from '../domain/time.ts';

/**
 * The generic cell rate algorithm (ITU-T I.371, 1996, annex A): of a rate there is one number to keep, the instant at which the next
 * start would come if all came evenly. A start is in time if it comes no earlier before that instant than the burst allows.
 */
export interface Started {
  /** How many of those that were wanted may start now. */
  readonly granted: number;
  /** The number to keep. */
  readonly next: EpochMs;
  /** How long until half of the burst may start, and so at least one. */
  readonly wait: Millis;
}

const interval = ({ starts, per }: Rate): Millis => per / starts;

/** Less than any interval that a rate may have, and more than what sums of fractions are off by. */
const SLACK: Millis = 1e-4;

/** How many may start now. */
export const startsLeft = (rate: Rate, next: EpochMs, now: EpochMs): number => {
  const step = interval(rate);
  return Math.max(0, Math.floor((now + rate.burst * step - Math.max(next, now) + SLACK) / step));
};

/** How long until some may start: half of the burst, and so at least one. */
export const waitForStarts = (rate: Rate, next: EpochMs, now: EpochMs): Millis => {
  const some = Math.max(1, Math.floor(rate.burst / 2));
  return Math.max(0, Math.ceil(next + (some - rate.burst) * interval(rate) - now));
};

/** @param next what was kept; undefined: nothing has started so far */
export const takeStarts = (rate: Rate, next: EpochMs | undefined, wanted: number, now: EpochMs): Started => {
  const from = Math.max(next ?? now, now);
  const granted = Math.min(wanted, startsLeft(rate, from, now));
  const after = from + granted * interval(rate);
  return { granted, next: after, wait: waitForStarts(rate, after, now) };
};

/**
 * Some that were taken have not started. Had they not been taken, the burst might have been whole for as long as they were held, and what
 * comes in meanwhile be lost: so much of them is gone. To give it back as well would let more start at once than the burst.
 * @param held how long ago they were taken
 */
export const giveStartsBack = (rate: Rate, next: EpochMs, count: number, held: Millis): EpochMs =>
  next - Math.max(0, count * interval(rate) - Math.max(0, held));
