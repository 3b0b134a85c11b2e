import type { EpochMs, NewTask } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { digits, type Home, instantIn, ownId } from '../codec/home-key.ts';
import { claimsOf, dueOf, HOME, type HomeState, stateOf } from '../codec/home-row.ts';
import type { Pointer } from '../codec/pointer.ts';
import { homeKey, pointerKey } from '../keys.ts';
import type { NativeParts } from '../parts.ts';

/** A task on its way in. */
export interface Incoming {
  readonly task: NewTask;
  readonly home: Home;
  readonly due: EpochMs;
  readonly createdAt: EpochMs;
  /** Names this enqueueing. */
  readonly call: string;
  /** What it has behind it, if it comes from another layout. */
  readonly past?: Row;
}

/** The pointer to a task that waits: to a fresh one, or to one that is queued again. */
export const pointerOf = (row: Row, home: Home, claims: number = claimsOf(row)): Pointer => ({
  kind: row[HOME.verdict] ? 'a' : 'f',
  home,
  due: dueOf(row),
  claims,
});

export const point = async ({ requests, shelf }: NativeParts, pointer: Pointer): Promise<void> => {
  await requests.put(shelf.table, pointerKey(pointer));
};

/**
 * Puts a task into a home, unless something is there. Where its place in the lane is not that of its due time, or the readers of
 * the lane have gone by, it gets a pointer: after the home, so that no pointer leads nowhere. What a crash leaves in between, the
 * house-keeping finds, and whoever enqueues it once more.
 * @returns what is there: our own task or another's
 */
export const putHome = async (parts: NativeParts, incoming: Incoming, home: Home): Promise<Row> => {
  const { requests, shelf } = parts;
  const isInOrder = home.place.startsWith(digits(incoming.due)) && !incoming.past;
  const row = rowOf(incoming, home, isInOrder ? 'queued' : 'waiting');
  const { row: found = row } = await requests.put(shelf.table, row, (e) => `attribute_not_exists(${e.name('pk')})`);
  await tend(parts, found, home);
  return found;
};

/** Sees to it that what has just been put, or was found in its place, will be found by whoever claims. */
export const tend = async (parts: NativeParts, found: Row, home: Home): Promise<void> => {
  const { clock, window } = parts;
  if (stateOf(found) === 'waiting' && claimsOf(found) === 0) await point(parts, pointerOf(found, home));
  else if (stateOf(found) === 'queued' && clock.now() - instantIn(home.place) > window / 2) await makeWait(parts, found, home);
};

/**
 * The readers of the lane may have gone by: it waits with a pointer from now on. The pointer first: a task that waits without one, at a
 * stretch of the lane that the house-keeping has seen, would be found by nobody. Until it waits it can be had in both ways, as one.
 */
export const makeWait = async (parts: NativeParts, row: Row, home: Home): Promise<void> => {
  const { requests, shelf } = parts;
  await point(parts, pointerOf(row, home));
  const { kind, row: now } = await requests.update(
    shelf.table,
    homeKey(home),
    { set: { [HOME.state]: { S: 'waiting' } } },
    (e) => `${e.name(HOME.state)} = ${e.value({ S: 'queued' })} AND ${e.name(HOME.claims)} = ${e.value({ N: String(claimsOf(row)) })}`,
  );
  // Its number went up: a claim that never came was outdated.
  if (kind === 'lost' && now && stateOf(now) === 'queued') await makeWait(parts, now, home);
};

const rowOf = ({ task, due, createdAt, call, past }: Incoming, home: Home, state: HomeState): Row => ({
  ...homeKey(home),
  [HOME.state]: { S: state },
  ...(ownId(home) !== task.id && { [HOME.id]: { S: task.id } }),
  [HOME.payload]: { S: task.payload },
  [HOME.due]: { N: String(due) },
  [HOME.created]: { N: String(createdAt) },
  [HOME.claims]: { N: '0' },
  [HOME.attempts]: { N: '0' },
  [HOME.call]: { S: call },
  ...past,
});
