import type { Day, JobRules } from '../../domain/job.ts';
import { dayIn } from './days.ts';
import { refusal } from './job-fault.ts';
import { daysOf } from './periods.ts';
import { type Dict, isList, isTruthy, stringOf } from './tree.ts';

/**
 * The lists of days of a job: each makes its tasks once over. None if no period is asked for.
 * @throws ReeveError INVALID_JOB
 */
export const dayListsOf = (body: Dict, { now, timeZone = 'UTC', periods = {} }: JobRules): readonly (readonly Day[])[] => {
  const today = dayIn(now, timeZone);
  checkDateList(body, timeZone);
  const period = body.get('period');
  if (!isTruthy(period)) return [];
  const text = stringOf(period);
  if (text === undefined) throw refusal('job.period', 'is no text; give a period such as last_7_days');
  const days = daysOf(text, today, periods);
  return isTruthy(body.get('isolate_days')) ? days.map((day) => [day]) : [days];
};

/** Days that a person wrote go through as they are. An instant with a zone of its own is another day here than there. */
const checkDateList = (body: Dict, timeZone: string): void => {
  const list = body.get('date_list');
  if (!isList(list)) return;
  const at = list.findIndex((day) => /^\d{4}-\d\d-\d\dT.*(?:Z|[-+]\d\d:?\d\d)$/i.test(stringOf(day) ?? ''));
  if (at >= 0)
    throw refusal(`job.date_list[${at}]`, `is an instant with a zone of its own; give the day in ${timeZone}, such as 2026-11-23`);
};
