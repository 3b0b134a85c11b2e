import type { EpochMs, Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';

const LONGEST_ID = 128;
/** 9999-12-31T23:59:59.999Z: the last instant that every store and ISO 8601's four digits of a year can name. */
const LAST_INSTANT: EpochMs = 253_402_300_799_999;

/**
 * A task's id as its author names it: 1 to 128 UTF-16 units, none of them a control character or half of a surrogate pair.
 * @param place what comes before "id" in messages: "items[3]."
 * @throws ReeveError INVALID_TASK_ID
 */
export const checkTaskId = (id: unknown, place: string = ''): string => {
  const problem = idProblem(id);
  if (problem === undefined) return id as string;
  throw new ReeveError({
    kind: 'input',
    code: 'INVALID_TASK_ID',
    message: `${place}id: ${problem}; give 1 to ${LONGEST_ID} characters without control characters, or leave it out`,
  });
};

const idProblem = (id: unknown): string | undefined => {
  if (typeof id !== 'string') return `${id === null ? 'null' : typeof id} is not a text`;
  if (id.length === 0) return 'the text is empty';
  if (id.length > LONGEST_ID) return `the text has ${id.length} characters`;
  if (!id.isWellFormed()) return 'the text has half of a surrogate pair';
  return /[\u0000-\u001f\u007f-\u009f]/.test(id) ? 'the text has a control character' : undefined;
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

const isWithin = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && value >= least && value <= most;

const show = (value: unknown): string => (typeof value === 'number' ? String(value) : value === null ? 'null' : typeof value);
