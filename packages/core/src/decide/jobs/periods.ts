import type { Day, JobPeriods } from '../../domain/job.ts';
import { isDay, plusDays, weekdayOf } from './days.ts';
import { refusal } from './job-fault.ts';

const from = (first: Day, count: number): readonly Day[] => Array.from({ length: count }, (_, n) => plusDays(first, n));

/** A hundred years of days: more is a slip of the finger. */
const MOST_DAYS = 36_600;

type Counted = (today: Day, count: number) => readonly Day[];

const PERIODS: readonly (readonly [pattern: RegExp, days: Counted])[] = [
  [/^last_(\d+)_days$/, (today, n) => from(plusDays(today, -n), n)],
  [/^(\d+)_days_back$/, (today, n) => [plusDays(today, -n)]],
  [/^yesterday$/, (today) => [plusDays(today, -1)]],
  [/^today$/, (today) => [today]],
  // The days before `last_N_days`.
  [/^previous_(\d+)_days$/, (today, n) => from(plusDays(today, -2 * n), n)],
  // From Sunday to Saturday, counted from this week's Monday: on a Sunday it is not the week that ended yesterday.
  [/^last_week$/, (today) => from(plusDays(today, -weekdayOf(today) - 8), 7)],
];

const KNOWN = 'today, yesterday, last_N_days, previous_N_days, N_days_back, last_week';

/**
 * The days of a period, the oldest first. A period must match as a whole: sosw looks at its beginning alone, and so takes `last_weekend`
 * for `last_week`.
 * @throws ReeveError INVALID_JOB
 */
export const daysOf = (period: string, today: Day, own: JobPeriods): readonly Day[] => {
  const days = knownDays(period, today) ?? ownDays(period, today, own);
  if (!days) {
    const names = Object.keys(own).map((name) => `, ${name}`);
    throw refusal('job.period', `is ${show(period)}, which is no period; known are ${KNOWN}${names.join('')}`);
  }
  if (days.length === 0) throw refusal('job.period', `is ${show(period)}, which has no day; give a period of one day or more`);
  return days;
};

const knownDays = (period: string, today: Day): readonly Day[] | undefined => {
  for (const [pattern, days] of PERIODS) {
    const match = pattern.exec(period);
    if (!match) continue;
    const count = Number(match[1] ?? 0);
    if (count > MOST_DAYS) throw refusal('job.period', `is ${show(period)}; give at most ${MOST_DAYS} days`);
    return days(today, count);
  }
  return undefined;
};

const ownDays = (period: string, today: Day, own: JobPeriods): readonly Day[] | undefined => {
  for (const [pattern, days] of Object.entries(own)) {
    if (!wholeOf(pattern).test(period)) continue;
    const answer: unknown = days(period, today);
    const list: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
    const wrong = list.find((day) => !isDay(day));
    if (wrong !== undefined || !Array.isArray(answer)) {
      const found = Array.isArray(answer) ? show(String(wrong)) : typeof answer;
      throw refusal(
        `periods[${show(pattern)}]`,
        `answers ${found}; let it answer a list of days, such as ["2026-11-23"], without time or zone`,
      );
    }
    return list.filter(isDay);
  }
  return undefined;
};

const wholeOf = (pattern: string): RegExp => {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    throw refusal(`periods[${show(pattern)}]`, 'is no regular expression; name the period by one, such as last_[0-9]+_hours');
  }
};

const show = (text: string): string => JSON.stringify(text.slice(0, 40));
