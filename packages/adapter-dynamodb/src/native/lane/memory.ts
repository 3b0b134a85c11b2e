/** What a process remembers of a labourer's lanes, so that it need not read again what it has read. */
import type { EpochMs, Millis } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { digits } from '../codec/home-key.ts';
import { type Candidate, inOrder } from './candidate.ts';

/** How far a reading goes back behind the last one: for what was on its way then. */
const OVERLAP: Millis = 200;

interface Lane {
  /** Nothing is queued before it, and nothing will be. */
  cursor: string;
  /** Where reading goes on. */
  next: string;
  /** Up to here the lane is known; what another lane has beyond may have to wait. */
  cover: string;
  /** The first that was queued in the reading from the cursor. */
  first: string | undefined;
}

/** After every place. */
const END = '~';

export const cursorName = (lane: number): string => `c${lane}`;

/** The furthest cursor of a lane that any group knows of: nothing is queued before it. */
export const cursorIn = (groups: readonly Row[], lane: number): string =>
  groups
    .map((row) => row[cursorName(lane)]?.S ?? '')
    .sort()
    .at(-1) ?? '';

export class LaneMemory {
  readonly lanes: readonly Lane[];
  #found: Candidate[] = [];
  #wholeAt: EpochMs = Number.NEGATIVE_INFINITY;

  constructor(lanes: number) {
    this.lanes = Array.from({ length: lanes }, () => ({ cursor: '', next: '', cover: '', first: undefined }));
  }

  /** Whether it is time to read from the cursors again: what came late is there by then. */
  isStale(now: EpochMs, window: Millis): boolean {
    return Math.abs(now - this.#wholeAt) >= window / 2;
  }

  /** Forgets what was found, and begins at the cursors: the furthest that anybody knows of. */
  begin(now: EpochMs, groups: readonly Row[]): void {
    this.#wholeAt = now;
    this.#found = [];
    for (const [number, lane] of this.lanes.entries()) {
      for (const row of groups) {
        const said = row[cursorName(number)]?.S ?? '';
        if (said > lane.cursor) lane.cursor = said;
      }
      Object.assign(lane, { next: lane.cursor, cover: '', first: undefined });
    }
  }

  /** Candidates of the lane, read from `next` on. @param end where the page ended; `undefined`: at `now` */
  add(number: number, found: readonly Candidate[], end: string | undefined, now: EpochMs): void {
    const lane = this.lanes[number];
    if (!lane) return;
    const known = new Set(this.#found.map(({ place }) => place));
    this.#found.push(...found.filter(({ place }) => !known.has(place)));
    this.#found.sort(inOrder);
    lane.first ??= found[0]?.order;
    lane.next = end === undefined ? digits(now + 1) : `${end} `;
    lane.cover = end === undefined ? END : end;
  }

  /** A reading from the cursors is done: they move up to the first that is queued, and never nearer to now than the window. */
  moveCursors(now: EpochMs, window: Millis): void {
    for (const lane of this.lanes) {
      const [to = ''] = [(lane.first ?? lane.next).slice(0, digits(0).length), digits(now - window)].sort();
      if (to > lane.cursor) lane.cursor = to;
    }
  }

  /** Goes back a little, so that the next reading sees what is on its way now. */
  stepBack(now: EpochMs): void {
    for (const lane of this.lanes) {
      const back = digits(now - OVERLAP);
      if (lane.cover === END && back < lane.next) lane.next = back;
    }
  }

  drop(isGone: (candidate: Candidate) => boolean): void {
    this.#found = this.#found.filter((each) => !isGone(each));
  }

  /** Those before which no other can come to light. */
  usable(): readonly Candidate[] {
    const [cover = END] = this.lanes.map((lane) => lane.cover).sort();
    return this.#found.filter(({ order }) => order <= cover);
  }

  /** Whether all that is due was read. */
  get isWhole(): boolean {
    return this.lanes.every(({ cover }) => cover === END);
  }

  open(): readonly number[] {
    return [...this.lanes.keys()].filter((number) => this.lanes[number]?.cover !== END);
  }

  giveBack(candidates: readonly Candidate[]): void {
    const known = new Set(this.#found.map(({ place }) => place));
    this.#found = [...this.#found, ...candidates.filter(({ place }) => !known.has(place))].sort(inOrder);
  }

  /** The cursors that a group does not know of yet: they go with a write that is made anyway. */
  news(row: Row): Row {
    const news = this.lanes.map(({ cursor }, number) => [cursorName(number), cursor] as const);
    return Object.fromEntries(news.filter(([name, cursor]) => cursor > (row[name]?.S ?? '')).map(([name, S]) => [name, { S }]));
  }
}
