import type { Timing } from '../../domain/schedule.ts';
import { DAY, type EpochMs, type Millis, SECOND } from '../../domain/time.ts';
import type { Field, FieldReader } from '../field-reader.ts';
import { nextOf } from './instants.ts';

const LONGEST_EVERY: Millis = 366 * DAY;
/** 9999-12-31T23:59:59.999Z */
const LAST_INSTANT: EpochMs = 253_402_300_799_999;

/** @returns nothing if what is given is no timing, which is then told */
export const timingOf = (field: Field, own: FieldReader): Timing | undefined => {
  const [cron, every] = [own.field('cron'), own.field('every')];
  if (cron.isGiven === every.isGiven) {
    field.refuse(
      cron.isGiven ? 'has both cron and every; give one of them' : "has neither cron nor every; give one, such as cron: '0 3 * * *'",
    );
    return undefined;
  }
  if (every.isGiven) {
    if (own.field('timeZone').isGiven) own.field('timeZone').refuse('is for cron; leave it out, and give an anchor instead');
    return { kind: 'every', every: every.whole(SECOND, LONGEST_EVERY), anchor: instantOf(own.field('anchor')) ?? 0 };
  }
  if (own.field('anchor').isGiven) own.field('anchor').refuse('is for every; leave it out');
  const timeZone = timeZoneOf(own.field('timeZone'));
  return timeZone === undefined ? undefined : cronOf(cron, timeZone);
};

const cronOf = (field: Field, timeZone: string): Timing | undefined => {
  const text = field.value;
  // A text with a colon is an instant to croner, and comes once.
  if (typeof text !== 'string' || text.length > 256 || text.includes(':')) {
    field.refuse(`${field.shown}; give an expression of five to seven fields, such as '0 3 * * *'`);
    return undefined;
  }
  const timing: Timing = { kind: 'cron', cron: text.trim().replaceAll(/\s+/g, ' '), timeZone };
  try {
    nextOf(timing)(0);
    return timing;
  } catch (error) {
    field.refuse(`${field.shown}, which is no expression: ${problemOf(error)}; give five to seven fields, such as '0 3 * * *'`);
    return undefined;
  }
};

/** What croner says, without its own name before it. */
const problemOf = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^Cron\w*: /, '').replace(/\.$/, '') : String(error);

const timeZoneOf = (field: Field): string | undefined => {
  const zone = field.value ?? 'UTC';
  // Node from 22 on takes offsets as well, and no daylight saving comes with them.
  if (typeof zone === 'string' && /^[A-Za-z]/.test(zone) && isTimeZone(zone)) return zone;
  field.refuse(`${field.shown}; give IANA's name of a time zone, such as 'Europe/Berlin'`);
  return undefined;
};

const isTimeZone = (timeZone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone }).format(0);
    return true;
  } catch {
    return false;
  }
};

/** ISO 8601 with its offset: without one, a text means another instant on every machine. */
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/** In whole milliseconds; nothing if none is given, or none that can be read, which is then told. */
export const instantOf = (field: Field): EpochMs | undefined => {
  if (!field.isGiven) return undefined;
  const given = field.value;
  const instant = given instanceof Date ? given.getTime() : typeof given === 'string' && ISO.test(given) ? Date.parse(given) : given;
  if (typeof instant === 'number' && instant >= 0 && instant <= LAST_INSTANT) return Math.ceil(instant);
  field.refuse(`${field.shown}; give a Date, milliseconds since 1970, or a text such as '2027-01-01T00:00:00Z'`);
  return undefined;
};
