import { type EpochMs, MINUTE, type Millis } from '../../domain/time.ts';
import { dueOf, lastDue } from './due.ts';
import { type Kept, type Mark, pausedOf } from './entry.ts';
import { lastInstant, lastInstants, type NextOf, nextOfSchedule } from './instants.ts';

/** With `missed: 'skip'` an instant may be so late and is not missed: whoever is called each minute is late by one. */
const LATE: Millis = 2 * MINUTE;

/** Instants that are passed over: the first and the last of them. */
export interface Passed {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/**
 * What to do about a schedule now.
 * - `rest`   nothing until then, on the store's clock; or until it is changed
 * - `goOn`   a firing was made, and whoever made it is not heard of any more
 * - `pass`   these were missed, and none is to fire
 * - `fire`   this one is to fire; what was missed before it is passed over; and of `missed: 'all'`, up to which instant it goes on so
 */
export type Step =
  | { readonly kind: 'rest'; readonly until?: EpochMs }
  | { readonly kind: 'goOn'; readonly mark: Mark }
  | { readonly kind: 'pass'; readonly passed: Passed }
  | { readonly kind: 'fire'; readonly instant: EpochMs; readonly due: EpochMs; readonly passed?: Passed; readonly owed?: EpochMs };

/** @param owed up to which instant this process fires all, as it answered before */
export const nextStep = (kept: Kept, now: EpochMs, owed?: EpochMs): Step => {
  const { schedule, next: first, mark } = kept;
  // One firing at a time; that of a paused one as well, since it was decided before.
  if (mark && mark.until <= now) return { kind: 'goOn', mark };
  if (first === undefined || pausedOf(kept)) return { kind: 'rest', ...(mark && { until: mark.until }) };
  const next = nextOfSchedule(schedule);
  const firstDue = dueOf(schedule, next, first);
  // By then whoever made the mark may be gone before it made the next.
  if (firstDue > now) return { kind: 'rest', until: Math.min(firstDue, mark?.until ?? firstDue) };
  if (mark) return { kind: 'rest', until: mark.until };
  // It was seen before that this many are caught up with, and to count them again for each of them would take long.
  if (owed !== undefined && first <= owed) return { kind: 'fire', instant: first, due: firstDue, owed };
  const last = lastDue(schedule, next, first, now);
  const instant = schedule.missed.kind === 'all' ? oldestOf(schedule.missed.most, next, first, last) : last;
  const due = dueOf(schedule, next, instant);
  if (schedule.missed.kind === 'skip' && now - due > LATE) return { kind: 'pass', passed: { from: first, to: last } };
  const passed = first < instant && { passed: { from: first, to: lastInstant(next, first, instant - 1) } };
  return { kind: 'fire', instant, due, ...passed, ...(schedule.missed.kind === 'all' && { owed: last }) };
};

/** The oldest of the last `most` instants. */
const oldestOf = (most: number, next: NextOf, first: EpochMs, last: EpochMs): EpochMs => {
  let instant: EpochMs | undefined = first;
  for (let count = 1; instant !== undefined && instant < last; count += 1) {
    if (count >= most) return lastInstants(next, first, last, most)[0] ?? last;
    instant = next(instant);
  }
  return first;
};
