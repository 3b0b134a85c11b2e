import type { Burial, BuryOutcome, CancelOutcome, Replacement, ReplaceOutcome, TaskKey } from '@reeve/core';
import { eachInTurn } from '../../operator/operator.ts';
import { isItemTooLarge } from '../../tables/dynamodb-fault.ts';
import { checkSize } from '../../verbs/enqueue.ts';
import { errorsOf, gathered, looseNames } from '../codec/errors.ts';
import { HOME } from '../codec/home-row.ts';
import { homeKey } from '../keys.ts';
import type { NativeParts } from '../parts.ts';
import { endQueued, type QueuedEnd, writeEnds } from '../verbs/end-queued.ts';
import { decideOn, type Standing, tokenOf } from './decide-on.ts';

export const cancel = (parts: NativeParts, keys: readonly TaskKey[]): Promise<readonly CancelOutcome[]> =>
  eachInTurn(keys, (key) =>
    decideOn<CancelOutcome>(parts, key, 'unknown', async (standing) => {
      if (standing.state === 'queued') return (await endOne(parts, 'cancelled', standing)) ? 'cancelled' : undefined;
      if (standing.state === 'running') return (await ask(parts, standing)) ? 'cancelling' : undefined;
      return 'ended';
    }),
  );

/** Leaves word in a home that runs, for the next renewal and for the verdict, whose condition sees it. */
const ask = async ({ requests, shelf }: NativeParts, { home, row }: Standing): Promise<boolean> => {
  if (row[HOME.cancelling]) return true;
  const { kind } = await requests.update(shelf.table, homeKey(home), { set: { [HOME.cancelling]: { BOOL: true } } }, (e) =>
    // Renewed it may be, but not settled and claimed again.
    [`${e.name(HOME.state)} = ${e.value({ S: 'running' })}`, `${e.name(HOME.token)} = ${e.value({ S: tokenOf(row) })}`].join(' AND '),
  );
  return kind === 'done';
};

const endOne = async (parts: NativeParts, kind: 'cancelled' | 'dead', end: QueuedEnd): Promise<boolean> => {
  const at = parts.clock.now();
  await writeEnds(parts, end.home.labourer, kind, [end], at);
  return (await endQueued(parts, kind, end, at)).kind === 'ended';
};

export const bury = (parts: NativeParts, burials: readonly Burial[]): Promise<readonly BuryOutcome[]> =>
  eachInTurn(burials, ({ error, ...key }) =>
    decideOn<BuryOutcome>(parts, key, 'unknown', async (standing) => {
      if (standing.state === 'queued') return (await buryOne(parts, standing, error)) ? 'buried' : undefined;
      return standing.state === 'running' ? 'running' : 'ended';
    }),
  );

const buryOne = async (parts: NativeParts, standing: Standing, error: string): Promise<boolean> => {
  const { row } = standing;
  const last = { attempt: Number(row[HOME.attempts]?.N ?? 0), at: parts.clock.now(), error };
  // While it is queued no attempt fails, so the errors are those that were read.
  const also = (errors = [...errorsOf(row), last]) => ({ set: { [HOME.errors]: gathered(errors) }, remove: looseNames(row) });
  try {
    return await endOne(parts, 'dead', { ...standing, also: also() });
  } catch (fault) {
    if (!isItemTooLarge(fault)) throw fault;
    // Beside such a payload there is room for one error.
    return endOne(parts, 'dead', { ...standing, also: also([last]) });
  }
};

/** One conditional write each. @throws ReeveError PAYLOAD_TOO_LARGE, before anything is written */
export const replace = async (parts: NativeParts, replacements: readonly Replacement[]): Promise<readonly ReplaceOutcome[]> => {
  for (const { id, payload } of replacements) checkSize(id, payload);
  return eachInTurn(replacements, (each) => replaceOne(parts, each));
};

/**
 * A claim takes the payload from the home that its own write answers. So one that comes after this runs with the new payload, and after one
 * that came before it the condition fails.
 */
const replaceOne = async (parts: NativeParts, { payload, ...key }: Replacement): Promise<ReplaceOutcome> => {
  const { requests, shelf } = parts;
  const call = parts.call();
  return decideOn<ReplaceOutcome>(parts, key, 'unknown', async ({ state, home, row: seen }) => {
    if (seen[HOME.word]?.S === call) return 'replaced'; // our own, and the answer was lost: it may run by now
    if (state !== 'queued' || Number(seen[HOME.attempts]?.N ?? 0) > 0) return 'started';
    checkSize(key.id, payload, seen[HOME.follow]?.S);
    const write = (remove: readonly string[] = []) =>
      requests.update(shelf.table, homeKey(home), { set: { [HOME.payload]: { S: payload }, [HOME.word]: { S: call } }, remove }, (e) =>
        [
          `${e.name(HOME.state)} IN (${e.value({ S: 'queued' })}, ${e.value({ S: 'waiting' })})`,
          `${e.name(HOME.attempts)} = ${e.value({ N: '0' })}`,
        ].join(' AND '),
      );
    const { kind } = await write().catch((fault: unknown) => {
      if (!isItemTooLarge(fault)) throw fault;
      return write([...looseNames(seen), HOME.errors]); // those from before a redrive have no room beside it
    });
    return kind === 'done' ? 'replaced' : undefined;
  });
};
