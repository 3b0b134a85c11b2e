/**
 * Where a task lives, for life: in a lane of its labourer, at its place. A place is a text of 27 digits of base 32, so that the order
 * of the texts is the order of the queue:
 *
 *   due time (9)  time of creation (9)  order within the process (4)  chance (5)
 *
 * Ids that the store makes say all of it: `thumbnails~0` and the place. The home of such a task is known by its id alone.
 */
import type { EpochMs } from '@reeve/core';

const DIGITS = 9;
const LATEST: EpochMs = 32 ** DIGITS - 1;
const ORDER = 4;
const LUCK = 5;
/** The whole of a place. */
const PLACE: number = 2 * DIGITS + ORDER + LUCK;
/** Longest id that core lets through. */
const LONGEST_ID = 128;

const OWN_ID = /^(.+)~([0-9a-v])([0-9a-v]{27})$/su;

export interface Home {
  readonly labourer: string;
  readonly lane: number;
  readonly place: string;
}

/** An instant as a text that sorts as instants do. After the year 3084 all are one. */
export const digits = (at: EpochMs): string =>
  Math.min(LATEST, Math.max(0, Math.ceil(at)))
    .toString(32)
    .padStart(DIGITS, '0');

/** The instant that a text begins with. */
export const instantIn = (text: string): EpochMs => Number.parseInt(text.slice(0, DIGITS), 32);

export const placeText = (due: EpochMs, createdAt: EpochMs, order: number, luck: number): string =>
  digits(due) +
  digits(createdAt) +
  order.toString(32).padStart(ORDER, '0') +
  Math.floor(luck * 32 ** LUCK)
    .toString(32)
    .padStart(LUCK, '0');

/** The same place with another due time before it: how what is found by a pointer is told apart and ordered. */
export const turnOf = (place: string): string => place.slice(DIGITS);

/** @returns undefined if the labourer's name leaves no room for it */
export const ownId = ({ labourer, lane, place }: Home): string | undefined => {
  const id = `${labourer}~${lane.toString(32)}${place}`;
  return id.length <= LONGEST_ID ? id : undefined;
};

/** @returns undefined of an id that says nothing about where its task lives */
export const homeInId = (id: string): Home | undefined => {
  const [, labourer, lane, place] = OWN_ID.exec(id) ?? [];
  return labourer === undefined || lane === undefined || place === undefined
    ? undefined
    : { labourer, lane: Number.parseInt(lane, 32), place };
};

/** Whether the id says that the home is here: then it has no guard. */
export const isHomeInId = (id: string, { labourer, lane, place }: Home): boolean => {
  const own = homeInId(id);
  return own?.labourer === labourer && own.lane === lane && own.place === place;
};

/** A home within its labourer, as one text: what places under the cap and pointers carry. */
export const homeText = ({ lane, place }: Omit<Home, 'labourer'>): string => place + lane.toString(32);

export const homeOf = (labourer: string, text: string): Home => ({
  labourer,
  place: text.slice(0, PLACE),
  lane: Number.parseInt(text.slice(PLACE), 32),
});

/** How long a text of `homeText` is. */
export const HOME_TEXT: number = PLACE + 1;
