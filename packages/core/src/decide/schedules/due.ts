import { createHash } from 'node:crypto';
import type { Schedule } from '../../domain/schedule.ts';
import type { EpochMs } from '../../domain/time.ts';
import { lastInstant, type NextOf } from './instants.ts';

/**
 * When an instant fires: jitter after it. The part of the jitter follows from name and instant, so that every process comes to the same; and
 * it ends before the next instant, so that instants fire in their order.
 */
export const dueOf = ({ name, jitter }: Pick<Schedule, 'name' | 'jitter'>, next: NextOf, instant: EpochMs): EpochMs => {
  if (jitter === 0) return instant;
  const following = next(instant);
  const most = following === undefined ? jitter : Math.min(jitter, following - instant);
  return instant + Math.floor(partOf(name, instant) * most);
};

/** The last instant from `first`, which fires by now, that fires by now. */
export const lastDue = (schedule: Pick<Schedule, 'name' | 'jitter'>, next: NextOf, first: EpochMs, now: EpochMs): EpochMs => {
  const last = lastInstant(next, first, now);
  // The one before it fires before it, and so by now.
  return last === first || dueOf(schedule, next, last) <= now ? last : lastInstant(next, first, last - 1);
};

/** From 0 to below 1, spread evenly. */
const partOf = (name: string, instant: EpochMs): number =>
  createHash('sha256').update(`${name} ${instant}`).digest().readUInt32BE(0) / 2 ** 32;
