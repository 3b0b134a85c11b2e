import type { Row } from '../../client/requests.ts';
import type { Place } from '../../ledger/place.ts';
import { ownerOf } from '../../ledger/place.ts';
import { type Home, homeOf } from '../codec/home-key.ts';
import { claimsOf, HOME, stateOf } from '../codec/home-row.ts';
import { point, pointerOf } from '../enqueue/put-home.ts';
import { homeKey } from '../keys.ts';
import { announce } from '../outbox/outbox.ts';
import type { NativeParts } from '../parts.ts';
import { runsUnder } from './expired.ts';
import { endingOf } from './settle.ts';

/**
 * - `runs`    a lease, live or expired: not ours to end
 * - `busy`    somebody is at work on it just now: another time
 * - `mended`  what was begun is finished, and the place given back
 */
export type Repaired = 'runs' | 'busy' | 'mended';

/** Looks at the home of a place that is old or ended, and finishes what a crash may have left undone there. */
export const repair = async (parts: NativeParts, labourer: string, place: Place): Promise<Repaired> => {
  const { requests, shelf, history, hints } = parts;
  const { task, claim } = ownerOf(place.name);
  const home = homeOf(labourer, task);
  const row = await requests.get(shelf.table, homeKey(home));
  const state = row && stateOf(row);
  const claims = row ? claimsOf(row) : 0;
  const waits = state === 'queued' || state === 'waiting';
  if (runsUnder(row, place)) return 'runs';
  if (row && claims < claim && !(await outdate(parts, home, row, claim))) return 'busy';
  // It was settled, and the pointer may not have been written. A pointer that is there is the same.
  if (row && state === 'waiting' && claims === claim) await point(parts, pointerOf(row, home));
  if (row && claims === claim) await announce(parts, home, row);
  const ending = row && claims === claim ? endingOf(row, home) : undefined;
  const leave = (also?: Row): Promise<void> => history.leave(labourer, [{ place, ...(ending && { ending }) }], also);
  await (waits ? hints.saying(labourer, leave) : leave());
  return 'mended';
};

/**
 * A claim took the place and never came for the task. Sees to it that it cannot any more, however late it wakes. What waits by a
 * pointer gets the pointer to its new number first: whoever finds the old one outdated may drop it.
 */
const outdate = async (parts: NativeParts, home: Home, row: Row, claim: number): Promise<boolean> => {
  const { requests, shelf } = parts;
  const state = stateOf(row);
  if (state !== 'queued' && state !== 'waiting') return state !== 'running'; // ended: a claim comes too late by itself
  if (state === 'waiting') await point(parts, pointerOf(row, home, claim));
  const { kind } = await requests.update(
    shelf.table,
    homeKey(home),
    { set: { [HOME.claims]: { N: String(claim) } } },
    (e) => `${e.name(HOME.state)} = ${e.value({ S: state })} AND ${e.name(HOME.claims)} = ${e.value({ N: String(claimsOf(row)) })}`,
  );
  return kind === 'done';
};
