/**
 * A pointer says that a task is to be had though it is not at its place in the queue: a retry, a released task, one that fell due
 * before it was enqueued. Its sort key is all there is to it:
 *
 *   `a` again or `f` fresh, due time (9), creation and chance of the home's place (18), its first 9 digits, its lane, number of claims
 *
 * The number of claims is in it, so that a pointer never points to a later wait of the same task.
 */
import type { EpochMs } from '@reeve/core';
import { digits, type Home, instantIn, turnOf } from './home-key.ts';

/** Retries and released tasks that are due go before all others. */
export type PointerKind = 'a' | 'f';

export interface Pointer {
  readonly kind: PointerKind;
  readonly home: Home;
  readonly due: EpochMs;
  readonly claims: number;
}

const DUE_END = 10;
const TURN_END = 28;
const PLACE_END = 37;

export const pointerText = ({ kind, home, due, claims }: Pointer): string =>
  kind + digits(due) + turnOf(home.place) + home.place.slice(0, DUE_END - 1) + home.lane.toString(32) + claims;

export const readPointer = (labourer: string, text: string): Pointer => ({
  kind: text.startsWith('a') ? 'a' : 'f',
  due: instantIn(text.slice(1)),
  home: {
    labourer,
    place: text.slice(TURN_END, PLACE_END) + text.slice(DUE_END, TURN_END),
    lane: Number.parseInt(text.charAt(PLACE_END), 32),
  },
  claims: Number(text.slice(PLACE_END + 1)),
});

/** The part that pointers of one kind are ordered by: comparable with a place. */
export const orderOf = (pointer: Pointer): string => digits(pointer.due) + turnOf(pointer.home.place);
