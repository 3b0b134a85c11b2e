/**
 * The guard of an id that does not say where its task lives: an item that says it, and by being there keeps the id unique. An id of
 * the store's own needs none, unless it is enqueued long after it was made: then the guard stands where the home would have been.
 */
import type { EpochMs, Millis } from '@reeve/core';
import { DAY } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { type Home, isHomeInId } from '../codec/home-key.ts';
import { HOME } from '../codec/home-row.ts';
import { addressKey } from '../keys.ts';
import type { NativeParts } from '../parts.ts';

const GUARD = { labourer: 'lab', lane: 'lane', place: 'pl' } as const;

/**
 * How long a guard outlives what is to be expected of its task, beside the time for which ended ids are known. A guard says until
 * when it stands as it is made: to write it again at the end of each task would cost a write unit.
 */
const SPARE: Millis = 90 * DAY;

export const seconds = (at: EpochMs): string => String(Math.ceil(at / 1_000));

/** Until when the guard of a task stands that is due then. One that something follows from has a guard that stands until that is done. */
export const guardedUntil = (due: EpochMs, keepEnded: Millis): EpochMs => due + keepEnded + SPARE;

/** What a guard says of the home. */
export const homeInGuard = (row: Row): Home => ({
  labourer: row[GUARD.labourer]?.S ?? '',
  lane: Number(row[GUARD.lane]?.N ?? 0),
  place: row[GUARD.place]?.S ?? '',
});

export const guardMembers = ({ labourer, lane, place }: Home, call: string): Row => ({
  [HOME.state]: { S: 'moved' },
  [GUARD.labourer]: { S: labourer },
  [GUARD.lane]: { N: String(lane) },
  [GUARD.place]: { S: place },
  [HOME.call]: { S: call },
});

export const guardRow = (id: string, home: Home, call: string, until: EpochMs | undefined): Row => ({
  ...addressKey(id),
  ...guardMembers(home, call),
  ...(until !== undefined && { [HOME.ttl]: { N: seconds(until) } }),
});

/** Lets the guard of an id, if it has one and that is of this home, stand until then; `undefined`: for good. */
export const keepGuard = async ({ requests, shelf }: NativeParts, id: string, home: Home, until: EpochMs | undefined): Promise<void> => {
  if (isHomeInId(id, home)) return;
  const change = until === undefined ? { remove: [HOME.ttl] } : { set: { [HOME.ttl]: { N: seconds(until) } } };
  await requests.update(shelf.table, addressKey(id), change, (e) => `${e.name(GUARD.place)} = ${e.value({ S: home.place })}`);
};
