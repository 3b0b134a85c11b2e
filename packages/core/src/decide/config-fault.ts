import { ReeveError } from '../errors.ts';
import type { Problem } from '../ports/invoker.ts';

/** One fault for all that is wrong with a configuration: a headline, then a line for each problem. */
export const configFault = (problems: readonly Problem[], headline: string, code: string = 'INVALID_LABOURERS'): ReeveError =>
  new ReeveError({ kind: 'config', code, message: [headline, ...problems.map(({ path, problem }) => `  ${path}: ${problem}`)].join('\n') });
