import type { Labourer, Problem } from '@reeve/core';
import { type Bounds, readTarget } from '../guard/read-target.ts';
import { shown, wholeProblem } from '../options.ts';
import type { Keyring } from '../signature/keyring.ts';

/** Options that one might expect here, and where the matter is settled instead. */
const MISPLACED: ReadonlyMap<string, string> = new Map([
  ['url', 'set it as target'],
  ['endpoint', 'set it as target'],
  ['address', 'set it as target'],
  ['method', 'leave it out; it is always POST'],
  ['secret', 'give it to httpInvoker({ secrets: { byLabourer } }): options are shown to whoever may look at labourers'],
  ['secrets', 'give them to httpInvoker({ secrets: { byLabourer } }): options are shown to whoever may look at labourers'],
  ['headers', 'leave them out; requests are signed, and the target may have a query'],
  ['redirect', 'leave it out; redirections are not followed'],
  ['followredirects', 'leave it out; redirections are not followed'],
  ['connecttimeout', 'give it to httpInvoker({ connectTimeout })'],
  ['reportto', 'give it to httpInvoker({ reportTo })'],
  ['requesttimeout', 'call it timeout'],
  ['maxresponsesize', 'call it maxResponseBytes'],
  ['heartbeat', 'call it renew'],
]);

/**
 * What is wrong with a labourer's target, secrets and options. Options that are neither ours nor look as if they were meant for us
 * may belong to an ecology, and pass.
 */
export const checkLabourer = ({ id, target, lease, options }: Labourer, bounds: Bounds, keys: Keyring): readonly Problem[] => {
  const problems: Problem[] = [];
  const say = (name: string, problem: string | undefined): void => {
    if (problem !== undefined) problems.push({ path: `labourers.${id}.${name}`, problem });
  };
  const url = readTarget(target, bounds);
  if (typeof url === 'string') say('target', url);
  if (keys.of(id).length === 0)
    say('target', `has no secret to sign with; add one to httpInvoker({ secrets: { byLabourer: { ${JSON.stringify(id)}: ... } } })`);
  const { timeout, maxResponseBytes, renew } = options;
  if (timeout !== undefined) say('options.timeout', wholeProblem(timeout) ?? timeoutProblem(timeout as number, lease.duration, renew));
  if (maxResponseBytes !== undefined) say('options.maxResponseBytes', wholeProblem(maxResponseBytes));
  if (renew !== undefined && typeof renew !== 'boolean') say('options.renew', `is ${shown(renew)}; give true or false`);
  if (renew === true && timeout === undefined)
    say('options.renew', 'is true without an end; give timeout as well, the longest that a worker may take');
  for (const key of Object.keys(options)) {
    const remedy = MISPLACED.get(key.toLowerCase().replaceAll(/[-_]/g, ''));
    if (remedy !== undefined) say(`options.${key}`, `is not an option of the HTTP invoker; ${remedy}`);
  }
  return problems;
};

const timeoutProblem = (timeout: number, duration: number, renew: unknown): string | undefined =>
  renew === true || timeout <= duration
    ? undefined
    : `is ${timeout}, longer than the lease of ${duration} ms; make the lease longer, or set renew`;
