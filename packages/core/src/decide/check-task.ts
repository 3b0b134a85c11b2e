import { MOST_URGENT } from '../domain/task.ts';
import type { EpochMs, Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import { textProblem } from './text-problem.ts';

const LONGEST_ID = 128;
/** 9999-12-31T23:59:59.999Z: the last instant that every store and ISO 8601's four digits of a year can name. */
const LAST_INSTANT: EpochMs = 253_402_300_799_999;

/**
 * A task's id as its author names it: 1 to 128 UTF-16 units, none of them a control character or half of a surrogate pair.
 * @param place what comes before "id" in messages: "items[3]."
 * @throws ReeveError INVALID_TASK_ID
 */
export const checkTaskId = (id: unknown, place: string = ''): string => checkName(id, `${place}id`, 'INVALID_TASK_ID');

/**
 * Whom a task is done for: as an id.
 * @throws ReeveError INVALID_KEY
 */
export const checkKey = (key: unknown, place: string = ''): string => checkName(key, `${place}key`, 'INVALID_KEY');

const checkName = (name: unknown, field: string, code: string): string => {
  const problem = textProblem(name, LONGEST_ID);
  if (problem === undefined) return name as string;
  const message = `${field}: ${problem}; give 1 to ${LONGEST_ID} characters without control characters, or leave it out`;
  throw new ReeveError({ kind: 'input', code, message });
};

export interface When {
  /** Milliseconds since the epoch, or a Date. One that has passed is as good as now. */
  readonly runAt?: number | Date;
  /** Milliseconds from now. */
  readonly delay?: Millis;
}

/**
 * When a task falls due. Fractions of a millisecond are rounded up: never before the time.
 * @param place what comes before the field in messages: "items[3]."
 * @returns the instant in whole milliseconds; undefined for "at once", a delay of 0 too, so that no clock has a say in it
 * @throws ReeveError INVALID_DUE
 */
export const checkDue = ({ runAt, delay }: When, now: EpochMs, place: string = ''): EpochMs | undefined => {
  const fault = (field: string, problem: string): ReeveError =>
    new ReeveError({ kind: 'input', code: 'INVALID_DUE', message: `${place}${field}: ${problem}` });
  if (runAt !== undefined && delay !== undefined) throw fault('delay', 'both delay and runAt are given; give one of them');
  if (delay !== undefined) {
    if (!isWithin(delay, 0, LAST_INSTANT - now))
      throw fault('delay', `${show(delay)} is no wait; give milliseconds from now, 0 or more, that end before the year 10000`);
    return delay === 0 ? undefined : now + Math.ceil(delay);
  }
  if (runAt === undefined) return undefined;
  const instant: unknown = runAt instanceof Date ? runAt.getTime() : runAt;
  if (!isWithin(instant, 0, LAST_INSTANT))
    throw fault('runAt', `${show(instant)} is no instant; give a Date or milliseconds since 1970, before the year 10000`);
  return Math.ceil(instant);
};

/**
 * @param place what comes before the field in messages: "items[3]."
 * @returns undefined for 0, which is what a task without a priority has
 * @throws ReeveError INVALID_PRIORITY
 */
export const checkPriority = (priority: unknown, place: string = ''): number | undefined => {
  if (priority === undefined || priority === 0) return undefined;
  if (Number.isInteger(priority) && isWithin(priority, 0, MOST_URGENT)) return priority;
  const message = `${place}priority: ${show(priority)} is none; give a whole number from 0 to ${MOST_URGENT}, the higher the sooner`;
  throw new ReeveError({ kind: 'input', code: 'INVALID_PRIORITY', message });
};

export interface Expiry {
  /** Milliseconds since the epoch, or a Date. */
  readonly expiresAt?: number | Date;
  /** Milliseconds from the due time on, or from now for a task that is due at once. */
  readonly expireAfter?: Millis;
}

/**
 * When a task is no longer to be started. Fractions of a millisecond are rounded up: never before the time.
 * @param due what `checkDue` answered
 * @throws ReeveError INVALID_EXPIRY; an instant that has passed is refused as well, since such a task would never start
 */
export const checkExpiry = (
  { expiresAt, expireAfter }: Expiry,
  due: EpochMs | undefined,
  now: EpochMs,
  place: string = '',
): EpochMs | undefined => {
  if (expiresAt === undefined && expireAfter === undefined) return undefined;
  const fault = (field: string, problem: string): ReeveError =>
    new ReeveError({ kind: 'input', code: 'INVALID_EXPIRY', message: `${place}${field}: ${problem}` });
  if (expiresAt !== undefined && expireAfter !== undefined)
    throw fault('expireAfter', 'both expireAfter and expiresAt are given; give one of them');
  const start = Math.max(due ?? now, now);
  if (expireAfter !== undefined) {
    if (!isWithin(expireAfter, 0, LAST_INSTANT - start) || expireAfter === 0)
      throw fault('expireAfter', `${show(expireAfter)} is no time to start in; give milliseconds from the due time on, more than 0`);
    return start + Math.ceil(expireAfter);
  }
  const instant: unknown = expiresAt instanceof Date ? expiresAt.getTime() : expiresAt;
  if (!isWithin(instant, 0, LAST_INSTANT))
    throw fault('expiresAt', `${show(instant)} is no instant; give a Date or milliseconds since 1970, before the year 10000`);
  if (instant <= start) {
    const what = due !== undefined && due > now ? 'is not after the due time' : 'has passed';
    throw fault('expiresAt', `${show(instant)} ${what}, and the task would never start; give a later instant than ${start}`);
  }
  return Math.ceil(instant);
};

const isWithin = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && value >= least && value <= most;

const show = (value: unknown): string => (typeof value === 'number' ? String(value) : value === null ? 'null' : typeof value);
