import type { Labourer, Problem } from '@reeve/core';
import { MESSAGE_FORMS, messageFormOf } from '../message/message.ts';
import { parseTarget } from './parse-target.ts';

/** Options that one might expect here, and where the matter is settled instead. */
const MISPLACED: ReadonlyMap<string, string> = new Map([
  ['qualifier', 'add the version or alias to the target: thumbnails:PROD'],
  ['alias', 'add it to the target: thumbnails:PROD'],
  ['version', 'add it to the target: thumbnails:7'],
  ['arn', 'set it as target'],
  ['functionname', 'set it as target'],
  ['function', 'set it as target'],
  ['invocationtype', 'leave it out; functions are always invoked with Event, and report when they are done'],
  ['region', 'give it to lambdaInvoker({ region })'],
  ['endpoint', 'give it to lambdaInvoker({ endpoint })'],
  ['timeout', 'set the lease duration of the labourer, and the timeout of the function itself'],
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
  if (!messageFormOf(labourer)) {
    const problem = `${shorten(options['message'])} is no form of message; give ${MESSAGE_FORMS.map((form) => `'${form}'`).join(' or ')}`;
    problems.push({ path: `labourers.${id}.options.message`, problem });
  }
  for (const key of Object.keys(options)) {
    const remedy =
      key === 'message' ? undefined : (MISPLACED.get(plain(key)) ?? (plain(key) === 'message' ? 'call it message' : undefined));
    if (remedy !== undefined)
      problems.push({ path: `labourers.${id}.options.${key}`, problem: `is not an option of the Lambda invoker; ${remedy}` });
  }
  return problems;
};

const plain = (key: string): string => key.toLowerCase().replaceAll(/[-_]/g, '');

const shorten = (value: unknown): string => {
  const text = typeof value === 'string' ? JSON.stringify(value) : `a value of type ${value === null ? 'null' : typeof value}`;
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
};
