import type { Slowness } from './norm.ts';

/** Attempts that take so many times their norm are a sign of too many, as a lost packet is. */
const SLOW = 1.4;

/**
 * Additive increase, multiplicative decrease: D.-M. Chiu, R. Jain, "Analysis of the increase and decrease algorithms for congestion
 * avoidance in computer networks", 1989. How it grows and falls is common to all kinds (marks.ts). Its own is that it knows two states
 * alone, too much or not, and that being slow is too much. Of few attempts whose lengths differ by half, the mean differs by chance.
 * @returns the share of attempts by which it was too much. 0: it was not
 */
export const tooSlow = (slowness: Slowness | undefined): number =>
  slowness !== undefined && slowness.times > SLOW + 1 / Math.sqrt(slowness.of) ? 1 - SLOW / slowness.times : 0;
