import type { EpochMs } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { placeName } from '../../ledger/place.ts';
import { type Home, homeText } from '../codec/home-key.ts';
import { orderOf, type Pointer } from '../codec/pointer.ts';

/** What could be claimed. It only suggests: whether the task is had is decided by a write to its home. */
export interface Candidate {
  readonly home: Home;
  /** How often it was claimed before. */
  readonly claims: number;
  /** The name of the place under the cap that its claim takes. */
  readonly place: string;
  /** Of its key, if it has one. */
  readonly tag?: string;
  /** Candidates of one kind come in this order. */
  readonly order: string;
  /** How it was found, if not at its place in the lane. */
  readonly pointer?: Pointer;
  /** It is dropped then, and not claimed. */
  readonly expiresAt?: EpochMs;
}

/** A task that stands in its lane and cannot be run. */
export interface Broken {
  readonly home: Home;
  readonly row: Row;
  readonly problem: string;
}

export const placeOfClaim = (home: Home, claim: number): string => placeName(homeText(home), claim);

export const inLane = (home: Home, claims: number, expiresAt?: EpochMs): Candidate => ({
  home,
  claims,
  place: placeOfClaim(home, claims + 1),
  order: home.place,
  ...(expiresAt !== undefined && { expiresAt }),
});

export const byPointer = (pointer: Pointer): Candidate => ({
  ...inLane(pointer.home, pointer.claims, pointer.expiresAt),
  order: orderOf(pointer),
  pointer,
  ...(pointer.tag !== undefined && { tag: pointer.tag }),
});

/** The most that are dropped at once. */
export const MOST_DROPPED = 250;

export const isOutOfTime = ({ expiresAt }: Candidate, now: EpochMs): boolean => expiresAt !== undefined && expiresAt <= now;

export const inOrder = (a: { readonly order: string }, b: { readonly order: string }): number =>
  a.order < b.order ? -1 : a.order > b.order ? 1 : 0;

/**
 * Somebody is claiming it, or it runs and the pointer is of a wait that is over. Either way the place is there first and gone
 * last, so nothing is passed over that could be had.
 */
export const isTaken = ({ home, claims, place }: Candidate, busy: ReadonlySet<string>): boolean =>
  busy.has(place) || busy.has(placeOfClaim(home, claims));
