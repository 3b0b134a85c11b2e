import { ReeveError } from '../../errors.ts';
import type { Problem } from '../../ports/invoker.ts';
import { pathSegment } from '../json-flaw.ts';

export type Path = readonly (string | number)[];

/** `job.sections["a b"].stores[3]` */
export const placeOf = (path: Path): string => `job${path.map(pathSegment).join('')}`;

/** The most problems that are told: a job of a million values may have one in each. */
const MOST_TOLD = 20;

export const jobFault = (problems: readonly Problem[]): ReeveError => {
  const more = problems.length - MOST_TOLD;
  const lines = problems.slice(0, MOST_TOLD).map(({ path, problem }) => `  ${path}: ${problem}`);
  const message = ['The job cannot be turned into tasks:', ...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
  return new ReeveError({ kind: 'input', code: 'INVALID_JOB', message });
};

export const refusal = (path: string, problem: string): ReeveError => jobFault([{ path, problem }]);
