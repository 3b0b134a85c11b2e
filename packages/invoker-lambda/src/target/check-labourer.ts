import type { Labourer, Problem } from '@reeve/core';
import { parseTarget } from './parse-target.ts';
import { wayOf } from './ways.ts';

/** Options that are read here. */
const OWN: ReadonlySet<string> = new Set(['message', 'invocation']);

/** Options that one might expect here, and where the matter is settled instead. */
const MISPLACED: ReadonlyMap<string, string> = new Map([
  ['qualifier', 'add the version or alias to the target: thumbnails:PROD'],
  ['alias', 'add it to the target: thumbnails:PROD'],
  ['version', 'add it to the target: thumbnails:7'],
  ['arn', 'set it as target'],
  ['functionname', 'set it as target'],
  ['function', 'set it as target'],
  ['invocationtype', "call it invocation, and give 'async' for Event or 'sync' for RequestResponse"],
  ['invoke', 'call it invocation'],
  ['sync', "set invocation to 'sync'"],
  ['async', "leave invocation out, or set it to 'async'"],
  ['region', 'give it to lambdaInvoker({ region })'],
  ['endpoint', 'give it to lambdaInvoker({ endpoint })'],
  ['timeout', 'set the lease duration of the labourer, and the timeout of the function itself'],
  ['nonretryable', "give the labourer's retry a rule: on: [{ match: 'ValidationError', policy: 'dead' }]"],
  ['messages', 'call it message'],
  ['messageform', 'call it message'],
  ['messageformat', 'call it message'],
  ['form', 'call it message'],
  ['format', 'call it message'],
]);

/**
 * What is wrong with a labourer's target and options. Options that are neither ours nor look as if they were meant for us may belong
 * to an ecology, and pass.
 * @param region the region that the client asks, where known
 */
export const checkLabourer = (labourer: Labourer, region?: string): readonly Problem[] => {
  const { id, target, options } = labourer;
  const problems: Problem[] = [];
  const found = parseTarget(target);
  if (typeof found === 'string') problems.push({ path: `labourers.${id}.target`, problem: found });
  else if (region !== undefined && found.region !== undefined && found.region !== region) {
    const problem = `is in ${found.region}, and the client asks ${region}, which cannot reach it; give lambdaInvoker the region of the functions`;
    problems.push({ path: `labourers.${id}.target`, problem });
  }
  const way = wayOf(labourer);
  if ('problems' in way) problems.push(...way.problems);
  for (const key of Object.keys(options)) {
    const remedy = OWN.has(key) ? undefined : (MISPLACED.get(plain(key)) ?? (OWN.has(plain(key)) ? `call it ${plain(key)}` : undefined));
    if (remedy !== undefined)
      problems.push({ path: `labourers.${id}.options.${key}`, problem: `is not an option of the Lambda invoker; ${remedy}` });
  }
  return problems;
};

const plain = (key: string): string => key.toLowerCase().replaceAll(/[-_]/g, '');
