import { ReeveError, type TaskKey } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import type { EndKind } from '../codec/ending.ts';
import type { Home } from '../codec/home-key.ts';
import { endOf, HOME, isQueued, stateOf } from '../codec/home-row.ts';
import { homeKey } from '../keys.ts';
import type { NativeParts } from '../parts.ts';

/** How often a task is looked at anew that another changed since it was read. */
const TRIES = 8;

/** Where a task stands, as a strongly consistent read has it. */
export interface Standing {
  readonly state: 'queued' | 'running' | 'aside' | EndKind;
  readonly home: Home;
  readonly row: Row;
}

/**
 * Reads where the task stands and acts on it, by a write that holds only if it still stands so. A claim, a verdict or another operator may
 * come in between; then the write is lost, and the task is looked at again.
 * @param act answers `undefined` if it came too late
 * @throws ReeveError STORE_BUSY
 */
export const decideOn = async <T>(
  parts: NativeParts,
  key: TaskKey,
  unknown: T,
  act: (standing: Standing) => Promise<T | undefined>,
): Promise<T> => {
  if (key.id === '' || key.labourer === '') return unknown; // no key of DynamoDB's
  const { requests, shelf, addresses } = parts;
  for (let tries = 0; tries < TRIES; tries += 1) {
    // Not acted upon on the way: the first home that is visited may not be that of the task any more.
    const standing = await addresses.visit(key, async (home) => {
      const row = await requests.get(shelf.table, homeKey(home));
      return { row, value: row && standingOf(home, row, key) };
    });
    if (!standing) return unknown;
    const outcome = await act(standing);
    if (outcome !== undefined) return outcome;
  }
  throw busy(key, `was changed by others ${TRIES} times while it was looked at; ask again`);
};

const standingOf = (home: Home, row: Row, key: TaskKey): Standing | undefined => {
  const state = stateOf(row);
  if (state === 'moving') throw busy(key, 'is on its way to another layout; ask again when it is there');
  if (isQueued(row)) return { state: 'queued', home, row };
  if (state === 'running' || state === 'aside') return { state, home, row };
  const end = endOf(row);
  return end && { state: end, home, row };
};

const busy = ({ labourer, id }: TaskKey, what: string): ReeveError =>
  new ReeveError({ kind: 'unavailable', code: 'STORE_BUSY', message: `task ${JSON.stringify(id)} of ${JSON.stringify(labourer)} ${what}` });

/** The attempt that was seen to run, whether its lease was renewed since or not. */
export const tokenOf = (row: Row): string => row[HOME.token]?.S ?? '';
