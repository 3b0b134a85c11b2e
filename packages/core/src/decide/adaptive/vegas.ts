import type { Slowness } from './norm.ts';

/** Of those that run, so many may wait in a queue, and this share: while fewer do, the limit grows, and while more do, it falls. */
const FEW = { count: 0.5, share: 0.1 } as const;
const MANY = { count: 1.5, share: 0.25 } as const;

/**
 * L. Brakmo, S. O'Malley, L. Peterson, "TCP Vegas: new techniques for congestion detection and avoidance", 1994: of those that run, as many
 * wait in a queue as the length of attempts is above what it is without one. The paper bounds it by two and four, and Netflix's
 * concurrency-limits by the logarithm of the limit: both count on a norm that is exact. Here the lengths of attempts differ by half and more,
 * so that the norm does by a tenth, and with a limit of 50 five seem to wait, or none: the bounds are a share of the limit.
 */
export const vegas = (limit: number, { times, of }: Slowness): number => {
  const unit = Math.max(1, Math.log10(limit), limit / 20);
  const queue = limit * (1 - 1 / Math.max(1, times));
  const few = FEW.count + FEW.share * limit;
  if (queue < few / 2) return limit + 2.5 * unit; // far from it
  if (queue < few) return limit + unit / 2;
  const chance = limit / Math.sqrt(of) / 2;
  return queue > MANY.count + MANY.share * limit + chance ? limit - unit : limit;
};
