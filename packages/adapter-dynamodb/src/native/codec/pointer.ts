/**
 * A pointer says that a task is to be had though it is not at its place in the queue: a retry, a released task, one that fell due
 * before it was enqueued, one with a priority. Its sort key is nearly all there is to it:
 *
 *   `a` again or `f` fresh, due time (9), creation and chance of the home's place (18), its first 9 digits, its lane, number of claims
 *
 * A task that was redriven has another turn than its place says: that is where the 18 digits are, and those of the place follow at
 * the end, after a `~`. The number of claims is in it, so that a pointer never points to a later wait of the same task.
 *
 * One to a task with a key has the tag of that as an attribute, and stands in a second partition as well, key by key.
 *
 * Each priority has a partition of its own, so that those which are due lie together, in their order, whatever waits beside them.
 */
import { type EpochMs, MOST_URGENT } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { TAG_WIDTH } from '../../ledger/place.ts';
import { digits, type Home, instantIn, turnOf } from './home-key.ts';
import { HOME } from './home-row.ts';

/** Retries and released tasks that are due go before all others. */
export type PointerKind = 'a' | 'f';

export interface Pointer {
  readonly kind: PointerKind;
  readonly priority: number;
  readonly home: Home;
  readonly due: EpochMs;
  readonly claims: number;
  /** Its turn among those that are due at one instant, if it is not that of its place. */
  readonly turn?: string;
  /** Of its key, if it has one. */
  readonly tag?: string;
  /** When its time runs out, if it has not been started. */
  readonly expiresAt?: EpochMs;
}

const DUE_END = 10;
const TURN_END = 28;
const PLACE_END = 37;

export const pointerText = ({ kind, home, due, claims, turn }: Pointer): string => {
  const own = turnOf(home.place);
  const text = kind + digits(due) + (turn ?? own) + home.place.slice(0, DUE_END - 1) + home.lane.toString(32) + claims;
  return turn === undefined ? text : `${text}~${own}`;
};

/** What an item has beside its key. */
export const pointerMembers = ({ expiresAt, tag }: Pointer): Row => ({
  ...(expiresAt !== undefined && { [HOME.expiresAt]: { N: String(expiresAt) } }),
  ...(tag !== undefined && { [HOME.key]: { S: tag } }),
});

export const readPointer = (labourer: string, priority: number, row: Row): Pointer => {
  return pointerIn(row['sk']?.S ?? '', { labourer, priority, row });
};

const pointerIn = (
  text: string,
  { labourer, priority, row }: { readonly labourer: string; readonly priority: number; readonly row: Row },
): Pointer => {
  const [claims = '', own] = text.slice(PLACE_END + 1).split('~');
  const turn = text.slice(DUE_END, TURN_END);
  const expiresAt = row[HOME.expiresAt]?.N;
  const tag = row[HOME.key]?.S;
  return {
    kind: text.startsWith('a') ? 'a' : 'f',
    priority,
    due: instantIn(text.slice(1)),
    home: { labourer, place: text.slice(TURN_END, PLACE_END) + (own ?? turn), lane: Number.parseInt(text.charAt(PLACE_END), 32) },
    claims: Number(claims),
    ...(own !== undefined && { turn }),
    ...(tag !== undefined && { tag }),
    ...(expiresAt !== undefined && { expiresAt: Number(expiresAt) }),
  };
};

/** Among those of its key, in the order of C6: what is more urgent, then what comes again, then the order of the queue. */
export const turnText = (pointer: Pointer, tag: string): string => tag + (MOST_URGENT - pointer.priority) + pointerText(pointer);

/** A pointer, the tag of its key, and the stretch that it lies in: one priority and one kind of a key, by due time. */
export interface TurnPointer {
  readonly pointer: Pointer;
  readonly tag: string;
  readonly stretch: string;
}

export const readTurn = (labourer: string, row: Row): TurnPointer => {
  const text = row['sk']?.S ?? '';
  const priority = MOST_URGENT - Number(text.charAt(TAG_WIDTH));
  return {
    tag: text.slice(0, TAG_WIDTH),
    stretch: text.slice(0, TAG_WIDTH + 2),
    pointer: pointerIn(text.slice(TAG_WIDTH + 1), { labourer, priority, row }),
  };
};

/** The part that pointers of one kind are ordered by: comparable with a place. */
export const orderOf = ({ due, turn, home }: Pointer): string => digits(due) + (turn ?? turnOf(home.place));
