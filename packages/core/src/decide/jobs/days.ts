import type { Day } from '../../domain/job.ts';
import { DAY, type EpochMs } from '../../domain/time.ts';
import { refusal } from './job-fault.ts';

/**
 * What day it is there.
 * @throws ReeveError INVALID_JOB: no such time zone
 */
export const dayIn = (now: EpochMs, timeZone: string): Day => {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`;
};

const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  try {
    // An offset would be taken by some engines and not by others, and has no summer.
    if (!/^[-+\d]/.test(timeZone))
      return new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  } catch {
    // Told below, with what would be right.
  }
  throw refusal('timeZone', `is ${JSON.stringify(String(timeZone).slice(0, 40))}; give a name of IANA's, such as UTC or Europe/Berlin`);
};

/** So many days later. By the calendar alone: a day of 23 hours is one too. */
export const plusDays = (day: Day, days: number): Day => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);

/** 0 is Monday. */
export const weekdayOf = (day: Day): number => (new Date(day).getUTCDay() + 6) % 7;

/** Such a day exists: no 30th of February, no time of day, no zone. */
export const isDay = (text: unknown): text is Day =>
  typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && plusDays(text, 0) === text;
