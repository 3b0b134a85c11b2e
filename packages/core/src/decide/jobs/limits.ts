import type { JobLimits, JobRules } from '../../domain/job.ts';
import type { Problem } from '../../ports/invoker.ts';
import { Field, FieldReader } from '../field-reader.ts';
import { jobFault, refusal } from './job-fault.ts';

/** The end of the year 9999: a day has a year of four digits. */
const LAST_INSTANT = Date.UTC(9_999, 11, 30);

/** @throws ReeveError INVALID_JOB: these, or a rule that has but a few values, are given wrongly */
export const limitsOf = (rules: JobRules): Required<JobLimits> => {
  const problems: Problem[] = [];
  const limits = readLimits(rules, problems);
  if (problems.length > 0) throw jobFault(problems);
  return limits;
};

export const readLimits = ({ limits, now, sosw, lonePeriod, empty }: JobRules, problems: Problem[]): Required<JobLimits> => {
  new Field('now', now, problems).whole(0, LAST_INSTANT);
  new Field('sosw', sosw, problems).oneOf(['0.7.31', '0.7.47'], '0.7.47');
  new Field('empty', empty, problems).oneOf(['refuse', 'skip'], 'refuse');
  new Field('lonePeriod', lonePeriod, problems).oneOf(['chunk', 'keep'], 'chunk');
  const given = new FieldReader('limits', limits ?? {}, problems);
  return {
    maxTasks: given.field('maxTasks').whole(1, 1_000_000_000, 1_000_000),
    maxDepth: given.field('maxDepth').whole(1, 512, 64),
    maxPayloadBytes: given.field('maxPayloadBytes').whole(2, 512 * 1024 * 1024, 1024 * 1024),
  };
};

export const checkSize = (total: number, largest: number, { maxTasks, maxPayloadBytes }: Required<JobLimits>): void => {
  if (total > maxTasks)
    throw refusal(
      'job',
      `would make ${total} tasks, more than the ${maxTasks} allowed; chunk it in larger batches, or raise limits.maxTasks`,
    );
  if (largest > maxPayloadBytes)
    throw refusal('job', `would make a payload of ${largest} bytes, more than the ${maxPayloadBytes} allowed; chunk it in smaller batches`);
};
