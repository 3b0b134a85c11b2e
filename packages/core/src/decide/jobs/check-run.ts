import type { EpochMs } from '../../domain/time.ts';
import { textProblem } from '../text-problem.ts';
import { refusal } from './job-fault.ts';

const LONGEST_RUN = 128;
const LAST_INSTANT: EpochMs = 253_402_300_799_999;

/** @throws ReeveError INVALID_JOB */
export const checkRun = (run: unknown): string => {
  const problem = textProblem(run, LONGEST_RUN);
  if (problem === undefined) return run as string;
  throw refusal('run', `${problem}; say which run of the job it is, such as its day, in 1 to ${LONGEST_RUN} characters`);
};

/** @throws ReeveError INVALID_JOB */
export const checkUntil = (until: unknown, field: string = 'until'): EpochMs | undefined => {
  if (until === undefined) return undefined;
  const instant: unknown = until instanceof Date ? until.getTime() : until;
  if (typeof instant === 'number' && instant >= 0 && instant <= LAST_INSTANT) return instant;
  throw refusal(field, 'is no instant; give a Date or milliseconds since 1970, or leave it out');
};
