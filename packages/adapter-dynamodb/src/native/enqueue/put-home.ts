import type { EpochMs, NewTask } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { digits, type Home, instantIn, ownId } from '../codec/home-key.ts';
import { claimsOf, dueOf, expiryOf, HOME, type HomeState, priorityOf, stateOf, tagIn } from '../codec/home-row.ts';
import { followMembers } from '../codec/lasting.ts';
import { type Pointer, pointerMembers } from '../codec/pointer.ts';
import { homeKey, pointerKeys } from '../keys.ts';
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
export const pointerOf = (row: Row, home: Home, claims: number = claimsOf(row)): Pointer => {
  const turn = row[HOME.turn]?.S;
  const expiresAt = expiryOf(row);
  const tag = tagIn(row);
  return {
    kind: row[HOME.verdict] ? 'a' : 'f',
    priority: priorityOf(row),
    home,
    due: dueOf(row),
    claims,
    ...(turn !== undefined && { turn }),
    ...(tag !== undefined && { tag }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
};

/** The first group says first that there are tasks of its priority: a claim reads that, and then those. */
export const point = async ({ requests, shelf, priorities }: NativeParts, pointer: Pointer): Promise<void> => {
  if (pointer.priority > 0) await priorities.say(pointer.home.labourer, pointer.priority);
  await Promise.all(pointerKeys(pointer).map((key) => requests.put(shelf.table, { ...key, ...pointerMembers(pointer) })));
};

/** Its wait is over. What a crash leaves of it leads nowhere, and goes when it is met. */
export const unpoint = async ({ requests, shelf }: NativeParts, pointer: Pointer): Promise<void> => {
  await Promise.all(pointerKeys(pointer).map((key) => requests.delete(shelf.table, key)));
};

/**
 * Puts a task into a home, unless something is there. Where its place in the lane is not its turn, because of its due time, its key or its
 * priority, or the readers of the lane have gone by, it gets a pointer: after the home, so that no pointer leads nowhere. What a crash leaves in between, the
 * house-keeping finds, and whoever enqueues it once more.
 * @returns what is there: our own task or another's
 */
export const putHome = async (parts: NativeParts, incoming: Incoming, home: Home): Promise<Row> => {
  const { requests, shelf, marks } = parts;
  // Before the home: who looks for what is to be followed looks for the mark.
  if (incoming.task.follow !== undefined) await marks.make(home.labourer, 'follow');
  if (incoming.task.key !== undefined) await marks.make(home.labourer, 'keyed');
  const isInOrder =
    home.place.startsWith(digits(incoming.due)) && !incoming.past && !incoming.task.priority && incoming.task.key === undefined;
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
  ...(task.priority && { [HOME.priority]: { N: String(task.priority) } }),
  ...(task.expiresAt !== undefined && { [HOME.expiresAt]: { N: String(task.expiresAt) } }),
  ...(task.key !== undefined && { [HOME.key]: { S: task.key } }),
  ...followMembers(task.follow),
  ...past,
});
