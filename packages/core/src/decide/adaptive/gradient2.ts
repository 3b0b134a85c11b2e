import type { Slowness } from './norm.ts';

/** Attempts may take so many times their norm before the limit falls. In Netflix's it is 1.5, above a mean that overload is part of. */
const TOLERANCE = 1.15;
/** Of the square root of the limit, so many may wait in a queue. */
const QUEUE = 0.4;
/** By so much of the way the limit falls: one window may be an accident. */
const SMOOTHING = 0.2;

/**
 * Gradient2Limit of Netflix's concurrency-limits (E. Landau, W. Thurston, T. Bozarth, "Performance under load", 2018): the limit goes with
 * the ratio of the usual length of attempts to that of now, and a few more, so that it finds out where it stands. What is usual is the norm
 * here (norm.ts).
 */
export const gradient2 = (limit: number, { times }: Slowness): number => {
  const gradient = Math.max(0.5, Math.min(1, TOLERANCE / times));
  const next = limit * gradient + QUEUE * Math.sqrt(limit);
  return next < limit ? limit + SMOOTHING * (next - limit) : next;
};
