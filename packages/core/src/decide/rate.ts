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

/** @param next what was kept; undefined: nothing has started so far */
export const takeStarts = (rate: Rate, next: EpochMs | undefined, wanted: number, now: EpochMs): Started => {
  const step = interval(rate);
  const from = Math.max(next ?? now, now);
  const most = Math.max(0, Math.floor((now + rate.burst * step - from + SLACK) / step));
  const granted = Math.min(wanted, most);
  const after = from + granted * step;
  const some = Math.max(1, Math.floor(rate.burst / 2));
  return { granted, next: after, wait: Math.max(0, Math.ceil(after + (some - rate.burst) * step - now)) };
};

/** Some that were taken have not started. */
export const giveStartsBack = (rate: Rate, next: EpochMs, count: number): EpochMs => next - count * interval(rate);
