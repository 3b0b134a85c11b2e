import { Cron } from 'croner';
import type { Schedule, Timing } from '../../domain/schedule.ts';
import type { EpochMs } from '../../domain/time.ts';
import { SECOND } from '../../domain/time.ts';

/** The first instant after this one, exclusively. `undefined`: there is none. */
export type NextOf = (after: EpochMs) => EpochMs | undefined;

/**
 * The instants of a timing, one at a time.
 *
 * A cron expression is read by croner. A time of day that is named (no `*` and no step in seconds, minutes and hours) and that the clocks
 * leave out comes at the first instant after the gap; one that they show twice comes the first time only. What is said with `*` or a step
 * follows the time that passes: through the hour that comes twice both times, and not at all through the one that is left out.
 * @returns what throws what croner says of an expression that it cannot read
 */
export const nextOf = (timing: Timing): NextOf => {
  if (timing.kind === 'every') {
    const { every, anchor } = timing;
    return (after) => anchor + (Math.floor((after - anchor) / every) + 1) * every;
  }
  let cron: Cron | undefined;
  return (after) => {
    // To read it takes longer than most of those who ask for its instants need.
    cron ??= new Cron(timing.cron, { timezone: timing.timeZone, paused: true, fixedTimeRule: 'no-wildcard' });
    // It counts in whole seconds: whatever lies within one counts as its beginning.
    return cron.nextRun(new Date(Math.floor(after / SECOND) * SECOND))?.getTime();
  };
};

/** As `nextOf`, within the time that the schedule is for. */
export const nextOfSchedule = ({ timing, startAt = Number.NEGATIVE_INFINITY, endAt = Number.POSITIVE_INFINITY }: Schedule): NextOf => {
  const next = nextOf(timing);
  return (after) => {
    const instant = next(Math.max(after, startAt - 1));
    return instant !== undefined && instant < endAt ? instant : undefined;
  };
};

/** The next `count` instants after this one, as if it were not paused. */
export const nextInstants = (schedule: Schedule, after: EpochMs, count: number): readonly EpochMs[] => {
  const next = nextOfSchedule(schedule);
  const instants: EpochMs[] = [];
  for (let last = after; instants.length < count; ) {
    const instant = next(last);
    if (instant === undefined) break;
    instants.push(instant);
    last = instant;
  }
  return instants;
};

/**
 * The last instant from `first`, which is one, up to `until`. Between them may lie a month of seconds, so it is not counted: whether
 * another comes by `until` is true before the last one and false from it on, and so the border is found by halving.
 */
export const lastInstant = (next: NextOf, first: EpochMs, until: EpochMs): EpochMs => {
  const nextBy = (after: EpochMs): EpochMs | undefined => {
    const instant = next(after);
    return instant !== undefined && instant <= until ? instant : undefined;
  };
  const second = nextBy(first);
  if (second === undefined) return first; // so it is nearly always
  let last = second;
  // Steps back from the end that double, until one of them finds an instant: near the end there nearly always is one.
  let none = until;
  for (let step = SECOND; none > last; step *= 2) {
    const from = Math.max(last, until - step);
    const found = nextBy(from);
    if (found === undefined) {
      none = from;
      continue;
    }
    last = found;
    break;
  }
  // From `last` on there may be more, from `none` on there are not.
  while (last < none) {
    const middle = last + Math.floor((none - last) / 2);
    const found = nextBy(middle);
    if (found === undefined) none = middle;
    else last = found;
  }
  return last;
};

/** The last `count` instants from `first`, which is one, up to `until`: the oldest first. */
export const lastInstants = (next: NextOf, first: EpochMs, until: EpochMs, count: number): readonly EpochMs[] => {
  // So many seconds have no more than so many instants; from there on back it doubles, so that few are counted that are not wanted.
  for (let step = count * SECOND; ; step *= 2) {
    const from = Math.max(first - 1, until - step);
    const instants: EpochMs[] = [];
    for (let instant = next(from); instant !== undefined && instant <= until; instant = next(instant)) instants.push(instant);
    if (instants.length >= count || from === first - 1) return instants.slice(-count);
  }
};
