import {
  type Burial,
  type BuryOutcome,
  boundText,
  type CancelOutcome,
  MOST_ERRORS,
  ReeveError,
  type Replacement,
  type ReplaceOutcome,
  type TaskKey,
} from '@reeve/core';
import { eachInTurn } from '../client/in-turn.ts';
import type { Row } from '../client/requests.ts';
import { digitsOf, ENDS_FROM } from '../codec/greenfield.ts';
import { OURS } from '../rows/attributes.ts';
import { errorItem, numbered } from '../rows/errors.ts';
import { isItemTooLarge } from '../tables/dynamodb-fault.ts';
import { SHORT } from '../verbs/decide-all.ts';
import { endQueued } from '../verbs/ending.ts';
import { checkSize, payloadTooLarge } from '../verbs/enqueue.ts';
import type { Parts } from '../verbs/parts.ts';
import { type Standing, whereIs } from './where-is.ts';

export { eachInTurn };

/** How often a task is looked at anew that another changed since it was read. */
const TRIES = 8;

/**
 * Reads where the task stands and acts on it, by a write that holds only if it still stands so. A claim, a verdict or another operator may
 * come in between; then the write is lost, and the task is looked at again.
 * @param act answers `undefined` if it came too late
 * @throws ReeveError STORE_BUSY
 */
export const decideOn = async <T>(parts: Parts, key: TaskKey, act: (standing: Standing) => Promise<T | undefined>): Promise<T> => {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const outcome = await act(await whereIs(parts, key));
    if (outcome !== undefined) return outcome;
  }
  const message = `task ${JSON.stringify(key.id)} of ${JSON.stringify(key.labourer)} was changed by others ${TRIES} times while it was looked at; ask again`;
  throw new ReeveError({ kind: 'unavailable', code: 'STORE_BUSY', message });
};

export const cancel = (parts: Parts, keys: readonly TaskKey[]): Promise<readonly CancelOutcome[]> =>
  eachInTurn(keys, (key) => {
    const call = parts.call();
    return decideOn<CancelOutcome>(parts, key, async (standing) => {
      if (standing.kind === 'queued') return (await endQueued(parts, standing.row, 'cancelled', call)) ? 'cancelled' : undefined;
      if (standing.kind === 'running') return (await ask(parts, key, standing.row)) ? 'cancelling' : undefined;
      if (isOwn(standing, call)) return 'cancelled';
      return standing.kind === 'unknown' ? 'unknown' : 'ended';
    });
  });

/** Lost to ourselves: the first answer did not arrive, and the client asked again. */
const isOwn = (standing: Standing, call: string): boolean => standing.kind === 'over' && standing.row[OURS.call]?.S === call;

/** Leaves word in a row that runs, for the next renewal and for the verdict, whose condition sees it. */
const ask = async ({ requests, layout }: Parts, key: TaskKey, seen: Row): Promise<boolean> => {
  const { fields, tables } = layout;
  if (seen[OURS.cancel] !== undefined) return true;
  const set = { [OURS.cancel]: { BOOL: true } };
  // By the token: renewed it may be, but not settled and claimed again. What a sosw has invoked has its own greenfield instead.
  const { [OURS.token]: token, [OURS.until]: until, [fields.greenfield]: place } = seen;
  const { kind } = await requests.update(tables.tasks, layout.taskKey(key.id), { set }, (e) =>
    [
      `attribute_not_exists(${e.name(fields.completed_at)})`,
      ...(until && token
        ? [`${e.name(OURS.token)} = ${e.value(token)}`, `attribute_exists(${e.name(OURS.until)})`]
        : [`${e.name(fields.greenfield)} = ${e.value(place ?? { N: '0' })}`, `attribute_not_exists(${e.name(OURS.until)})`]),
    ].join(' AND '),
  );
  return kind === 'done';
};

export const bury = (parts: Parts, burials: readonly Burial[]): Promise<readonly BuryOutcome[]> =>
  eachInTurn(burials, ({ error, ...key }) => {
    const call = parts.call();
    return decideOn<BuryOutcome>(parts, key, async (standing) => {
      if (standing.kind === 'queued') return (await buryOne(parts, standing.row, error, call)) ? 'buried' : undefined;
      if (standing.kind === 'running') return 'running';
      if (isOwn(standing, call)) return 'buried';
      return standing.kind === 'unknown' ? 'unknown' : 'ended';
    });
  });

const buryOne = async (parts: Parts, row: Row, error: string, call: string): Promise<boolean> => {
  const attempts = Number(row[parts.layout.fields.attempts]?.N ?? 0);
  const now = parts.clock.now();
  const before = numbered(row, attempts)?.L ?? [];
  try {
    return await endQueued(parts, row, 'dead', call, { L: [...before, errorItem(error, now, attempts)].slice(-MOST_ERRORS) });
  } catch (fault) {
    if (!isItemTooLarge(fault)) throw fault;
    return endQueued(parts, row, 'dead', call, { L: [errorItem(boundText(error, SHORT), now, attempts)] });
  }
};

/** One conditional write each. @throws ReeveError PAYLOAD_TOO_LARGE, before anything is written */
export const replace = async (parts: Parts, replacements: readonly Replacement[]): Promise<readonly ReplaceOutcome[]> => {
  for (const { id, payload } of replacements) checkSize(id, payload);
  return eachInTurn(replacements, (each) => replaceOne(parts, each));
};

/**
 * A claim takes the payload from the row that its own write answers. So one that comes after this runs with the new payload, and after one
 * that came before it the condition fails.
 */
const replaceOne = async (parts: Parts, { payload, ...key }: Replacement): Promise<ReplaceOutcome> => {
  const { fields, tables } = parts.layout;
  const call = parts.call();
  return decideOn<ReplaceOutcome>(parts, key, async (standing) => {
    if (standing.kind === 'unknown') return 'unknown';
    if (standing.kind !== 'queued' || Number(standing.row[fields.attempts]?.N ?? 0) > 0) return 'started';
    const { [OURS.claims]: claims } = standing.row;
    const write = parts.requests.update(
      tables.tasks,
      parts.layout.taskKey(key.id),
      { set: { [fields.payload]: { S: payload }, [OURS.call]: { S: call } } },
      (e) =>
        [
          `${e.name(fields.greenfield)} < ${e.value({ N: digitsOf(ENDS_FROM) })}`,
          claims ? `${e.name(OURS.claims)} = ${e.value(claims)}` : `attribute_not_exists(${e.name(OURS.claims)})`,
          `(attribute_not_exists(${e.name(fields.attempts)}) OR ${e.name(fields.attempts)} = ${e.value({ N: '0' })})`,
          `attribute_not_exists(${e.name(OURS.until)})`,
          `attribute_not_exists(${e.name(fields.completed_at)})`,
        ].join(' AND '),
    );
    const { kind, row } = await write.catch((error: unknown) => {
      throw isItemTooLarge(error) ? payloadTooLarge(key.id, error) : error;
    });
    // Lost to ourselves: the first answer did not arrive, and a claim was quicker than the client's second try.
    return kind === 'done' || row?.[OURS.call]?.S === call ? 'replaced' : undefined;
  });
};
