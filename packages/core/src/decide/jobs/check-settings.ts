import type { JobSettings } from '../../domain/job.ts';
import { ReeveError } from '../../errors.ts';
import type { Problem } from '../../ports/invoker.ts';
import { isPlainObject } from '../frozen-copy.ts';
import { dayIn } from './days.ts';
import { readLimits } from './limits.ts';
import { attributesOf } from './read-schema.ts';

const NO_RULES = { labourers: [], now: 0 };

/** What is wrong with the rules of a composition, before the first job has to say so. */
export const jobSettingProblems = (settings: JobSettings): readonly Problem[] => {
  if (!isPlainObject(settings)) return [{ path: 'jobs', problem: 'is no object; give { job_schema, timeZone, limits }, or leave it out' }];
  const problems: Problem[] = [];
  const rules = { ...settings, ...NO_RULES };
  readLimits(rules, problems);
  const { job_schema, job_schema_variants: variants } = settings;
  if (job_schema !== undefined) attributesOf({ ...NO_RULES, job_schema }, undefined, problems);
  if (isPlainObject(variants)) for (const name of Object.keys(variants)) attributesOf(rules, JSON.stringify(name), problems);
  else if (variants !== undefined) problems.push({ path: 'job_schema_variants', problem: 'is no object; give schemas by name' });
  problems.push(...zoneProblems(settings));
  return problems.map(({ path, problem }) => ({ path: `jobs.${path}`, problem }));
};

const zoneProblems = ({ timeZone }: JobSettings): readonly Problem[] => {
  if (timeZone === undefined) return [];
  try {
    dayIn(0, timeZone);
    return [];
  } catch (error) {
    if (!ReeveError.is(error)) throw error;
    const shown = JSON.stringify(String(timeZone).slice(0, 40));
    return [{ path: 'timeZone', problem: `is ${shown}, which is no zone; give a name of IANA's, such as UTC or Europe/Berlin` }];
  }
};
