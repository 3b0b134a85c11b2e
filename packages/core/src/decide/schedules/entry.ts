/**
 * A schedule as it lies in the register, and what may become of it. Every change is a pure function of what lies there: whoever finds that
 * another was faster works it out anew.
 */
import { createHash } from 'node:crypto';
import type { Json } from '../../domain/json.ts';
import type { Fired, Firing, Schedule, ScheduleState } from '../../domain/schedule.ts';
import type { EpochMs } from '../../domain/time.ts';
import { ReeveError } from '../../errors.ts';
import { canonicalJson } from '../canonical-json.ts';
import { nextOfSchedule } from './instants.ts';

/** A firing that is made and not known to be done. It is an obligation: whoever finds it when `until` is over goes on with it. */
export interface Mark {
  readonly instant: EpochMs;
  /** What it makes, if the schedule was defined anew since. */
  readonly firing?: Firing;
  readonly since: EpochMs;
  /** So long it is left to whoever made it. */
  readonly until: EpochMs;
}

/** What the last firing made, for `overlap`. */
export interface Made {
  readonly kind: Firing['kind'];
  readonly labourer: string;
  readonly id: string;
}

export interface Kept {
  readonly v: 1;
  readonly schedule: Schedule;
  readonly origin: ScheduleState['origin'];
  readonly digest: string;
  /** Digests of definitions of code that were in force before, the newest last. */
  readonly former?: readonly string[];
  /** When it was defined so. */
  readonly since: EpochMs;
  /** When a process whose code has this very definition was last here. */
  readonly seen: EpochMs;
  /** The instant to decide next. Absent: there is none. */
  readonly next?: EpochMs;
  /** The last instant that was decided, whatever came of it: none up to it fires any more. */
  readonly decided?: EpochMs;
  /** An operator paused it. It holds whatever is deployed. */
  readonly held?: { readonly since: EpochMs; readonly reason?: string };
  /** An operator resumed it, though its definition says paused. */
  readonly resumed?: true;
  readonly mark?: Mark;
  readonly made?: Made;
  readonly last?: Fired;
}

const MOST_FORMER = 10;
/** With the longest definition and all else there is room for so much in an entry. */
const MOST_KEPT_BYTES = 8 * 1024;

export const digestOf = (schedule: Schedule): string =>
  createHash('sha256')
    .update(canonicalJson(JSON.parse(JSON.stringify(schedule)) as Json))
    .digest('base64url')
    .slice(0, 22);

/** A new one: it fires from now on. */
export const opened = (schedule: Schedule, origin: Kept['origin'], now: EpochMs): Kept =>
  withNext({ v: 1, schedule, origin, digest: digestOf(schedule), since: now, seen: now }, now);

/**
 * Another definition takes the place of this one. If it fires at the same times, what is due stays due. If not, or if it was paused, it
 * counts from now on. A firing that is under way goes on as it was made, by its instant.
 */
export const redefined = (kept: Kept, schedule: Schedule, now: EpochMs): Kept => {
  const { resumed: _, ...rest } = kept;
  const digest = digestOf(schedule);
  const former = [...(kept.former ?? []), kept.digest].filter((each) => each !== digest).slice(-MOST_FORMER);
  const changed: Kept = { ...rest, schedule, digest, since: now, seen: now, former, ...keptFiring(kept) };
  return sameTimes(kept.schedule, schedule) && !pausedOf(kept) ? changed : withNext(changed, now);
};

/** What is under way is still what it was: another job under its instant would be made as well. */
const keptFiring = ({ mark, schedule }: Kept): Pick<Kept, 'mark'> | undefined => {
  if (!mark) return undefined;
  const firing = mark.firing ?? schedule.firing;
  // Two long ones have no room in an entry; that of a task has one id either way.
  return Buffer.byteLength(JSON.stringify(firing)) <= MOST_KEPT_BYTES ? { mark: { ...mark, firing } } : undefined;
};

const sameTimes = (one: Schedule, other: Schedule): boolean =>
  JSON.stringify([one.timing, one.startAt, one.endAt]) === JSON.stringify([other.timing, other.startAt, other.endAt]);

/** Since when nothing fires; of one whose definition says so, since it was defined. */
export const pausedOf = ({ held, schedule, resumed, since }: Kept): ScheduleState['paused'] =>
  held ?? (schedule.paused && !resumed ? { since } : undefined);

export const held = (kept: Kept, now: EpochMs, reason?: string): Kept => ({
  ...kept,
  held: { since: kept.held?.since ?? now, ...(reason !== undefined && { reason }) },
});

/** What it passed over while it was paused stays so: it fires from now on. */
export const released = (kept: Kept, now: EpochMs): Kept => {
  if (!pausedOf(kept)) return kept;
  const { held: _, ...rest } = kept;
  return withNext({ ...rest, ...(kept.schedule.paused && { resumed: true as const }) }, now);
};

/** This instant is decided, and those before it: it is made, if there is a mark. */
export const decided = (kept: Kept, instant: EpochMs, more: Partial<Pick<Kept, 'mark' | 'last'>>): Kept =>
  withNext({ ...kept, ...more, decided: instant }, instant + 1);

/** The firing is over, and this is what it made, if it made anything. */
export const over = (kept: Kept, last: Fired, made?: Made): Kept => {
  const { mark: _, ...rest } = kept;
  return { ...rest, last, ...(made && { made }) };
};

/** The firing goes on, and is left to whoever makes this change until then. */
export const prolonged = (kept: Kept, until: EpochMs): Kept => (kept.mark ? { ...kept, mark: { ...kept.mark, until } } : kept);

/** The first instant from `from` on that is not decided. */
const withNext = ({ next: _, ...kept }: Kept, from: EpochMs): Kept => {
  const next = nextOfSchedule(kept.schedule)(Math.max(from - 1, kept.decided ?? Number.NEGATIVE_INFINITY));
  return next === undefined ? kept : { ...kept, next };
};

export const stateOf = (kept: Kept): ScheduleState => {
  const { schedule, origin, next, mark, last } = kept;
  const paused = pausedOf(kept);
  return {
    schedule,
    origin,
    ...(paused ? { paused } : next !== undefined && { next }),
    ...(mark && { firing: { instant: mark.instant, since: mark.since } }),
    ...(last && { last }),
  };
};

/** @throws ReeveError SCHEDULE_UNREADABLE */
export const readKept = (name: string, text: string): Kept => {
  const value = JSON.parse(text) as Partial<Kept> | null;
  if (value?.v === 1 && typeof value.schedule === 'object' && value.schedule?.name === name) return value as Kept;
  throw new ReeveError({
    kind: 'contract',
    code: 'SCHEDULE_UNREADABLE',
    message: `schedule ${JSON.stringify(name)}: its version is ${String(value?.v)}, and this one reads 1; upgrade the processes that run schedules before those that define them`,
  });
};
