import type { Schedule } from '../../domain/schedule.ts';
import { type EpochMs, MINUTE, type Millis } from '../../domain/time.ts';
import { digestOf, type Kept, opened, redefined } from './entry.ts';

/** A definition that was not heard of for so long is that of a deployment that is gone. */
const GONE_AFTER: Millis = 15 * MINUTE;
/** How old the last word of it may be before it is said again. */
const SEEN_EVERY: Millis = 5 * MINUTE;

/**
 * What a definition in code makes of what lies there; nothing if it stays as it is.
 *
 * While one deployment takes the place of another, processes of both are here. A definition that was never here is the newer one, and takes
 * over. One that was here before is the older one, and leaves it as it is; unless nobody with the newer one is here any more, since then
 * somebody went back to it.
 */
export const takenOver = (kept: Kept | undefined, schedule: Schedule, now: EpochMs): Kept | undefined => {
  if (!kept) return opened(schedule, 'code', now);
  // Somebody put one of this name into the store: his stays until it is removed.
  if (kept.origin === 'store') return undefined;
  const digest = digestOf(schedule);
  if (digest === kept.digest) return now - kept.seen < SEEN_EVERY ? undefined : { ...kept, seen: now };
  const wasHere = kept.former?.includes(digest) ?? false;
  return wasHere && now - kept.seen < GONE_AFTER ? undefined : redefined(kept, schedule, now);
};
