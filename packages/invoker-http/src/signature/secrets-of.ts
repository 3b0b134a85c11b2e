import { ReeveError } from '@reeve/core';
import { SECRET_REMEDY, secretProblem } from './secret.ts';

/** @throws ReeveError INVALID_SECRET, without a character of them */
export const secretsOf = (secrets: string | readonly string[]): readonly string[] => {
  const all: readonly string[] = typeof secrets === 'string' ? [secrets] : secrets;
  const problem = all.length === 0 ? `is missing; ${SECRET_REMEDY}` : all.map(secretProblem).find((each) => each !== undefined);
  if (problem !== undefined) throw new ReeveError({ kind: 'config', code: 'INVALID_SECRET', message: `the secret ${problem}` });
  return all;
};
