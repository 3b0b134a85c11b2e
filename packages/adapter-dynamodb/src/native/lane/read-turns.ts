import type { EpochMs } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import type { KeyLimits } from '../../ledger/key-limits.ts';
import type { Running } from '../../ledger/keys.ts';
import { TAG_WIDTH } from '../../ledger/place.ts';
import { readTurn } from '../codec/pointer.ts';
import { turnPartition } from '../keys.ts';
import type { NativeParts } from '../parts.ts';
import { keyRange, sortKeyOf } from '../shelf.ts';
import { byPointer, type Candidate, isOutOfTime, MOST_DROPPED } from './candidate.ts';

/** What one claim reads of a labourer's keys, at most. What is beyond has its turn with the next. */
const MOST_ROWS = 1_000;
const MOST_PAGES = 64;
const FIRST_PAGE = 100;
const LEAST_PAGE = 16;
const LARGEST_PAGE = 500;

/** Before every tag, and after. Every text that begins with another is before that with the latter behind it. */
const BEGIN = ' ';
const END = '~';

export interface Keyed {
  readonly labourer: string;
  readonly want: number;
  readonly limits: KeyLimits;
  readonly running: Running;
  readonly now: EpochMs;
  readonly isGone: (candidate: Candidate) => boolean;
  /** Where to begin: a text among the tags. */
  readonly from: string;
}

export interface KeyedPage {
  /** Of each key no more than it may have; those of one key in the order of C6. */
  readonly found: readonly Candidate[];
  readonly outOfTime: readonly Candidate[];
  /** There were more of those than are dropped at once. */
  readonly isCut: boolean;
  /** Something is due that its key holds up. */
  readonly isHeldUp: boolean;
  /** Where to go on. Absent: all keys were looked at. */
  readonly next?: string;
}

/**
 * The first tasks of each key that has room. Of a key that has none, or of which enough were seen, the rest is leapt over, however much it
 * is: so a page or two are read for each key, and not its queue.
 */
export const readTurns = async (parts: NativeParts, keyed: Keyed): Promise<KeyedPage> => {
  const reader = new TurnReader(keyed);
  const legs = keyed.from === '' ? [[BEGIN, END] as const] : [[keyed.from, END] as const, [BEGIN, keyed.from] as const];
  let [rows, pages, size] = [0, 0, FIRST_PAGE];
  for (const [begin, end] of legs) {
    let from = begin;
    for (let isOpen = true; isOpen; ) {
      if (rows >= MOST_ROWS || pages >= MOST_PAGES) return { ...reader.page(), next: beginOfKey(from, keyed.from) };
      const page = await parts.requests.query({ ...keyRange(parts.shelf.table, turnPartition(keyed.labourer), from, end), limit: size });
      const passed = page.rows.filter((row) => !reader.add(row)).length;
      rows += page.rows.length;
      pages += 1;
      const last = page.rows.at(-1);
      isOpen = page.next !== undefined && last !== undefined;
      if (!last) continue;
      from = reader.leapFrom(sortKeyOf(last)) ?? `${sortKeyOf(last)} `;
      // Of long keys small pages, since the rest of one is leapt over; of short ones large pages, however few of them have room.
      size = 2 * passed > page.rows.length ? Math.max(LEAST_PAGE, Math.floor(size / 2)) : Math.min(LARGEST_PAGE, 2 * size);
      if (from >= end) isOpen = false;
    }
  }
  return reader.page();
};

/** The next claim begins with a whole key, as its order is within a key; and with another than this one, whatever stands in the way there. */
const beginOfKey = (at: string, before: string): string => {
  const tag = at.slice(0, TAG_WIDTH);
  const isSame = tag === before.slice(0, TAG_WIDTH);
  return isSame || at === tag + END ? tag + END : tag;
};

/** Goes through pointers in the order of their keys. */
class TurnReader {
  readonly #keyed: Keyed;
  readonly #found: Candidate[] = [];
  readonly #outOfTime: Candidate[] = [];
  #isCut = false;
  #isHeldUp = false;
  /** The key that it is at, and how many of it were found. */
  #tag = '';
  #count = 0;
  /** What begins with this need not be looked at. */
  #over: string | undefined;

  constructor(keyed: Keyed) {
    this.#keyed = keyed;
  }

  page(): KeyedPage {
    return { found: this.#found, outOfTime: this.#outOfTime, isCut: this.#isCut, isHeldUp: this.#isHeldUp };
  }

  /** Where the next is that need be looked at, if it is not the very next. */
  leapFrom(sortKey: string): string | undefined {
    return this.#over !== undefined && sortKey.startsWith(this.#over) ? this.#over + END : undefined;
  }

  /** @returns false if it lies where nothing need be looked at */
  add(row: Row): boolean {
    if (this.leapFrom(sortKeyOf(row)) !== undefined) return false;
    const { labourer, now, want, limits, running, isGone } = this.#keyed;
    const { pointer, tag, stretch } = readTurn(labourer, row);
    if (tag !== this.#tag) [this.#tag, this.#count] = [tag, 0];
    if (pointer.due > now) {
      this.#over = stretch; // the rest of it is due later still
      return true;
    }
    if (this.#count >= Math.min(want, limits.leftOf(tag, running))) {
      this.#isHeldUp = true;
      this.#over = tag;
      return true;
    }
    const candidate = byPointer(pointer);
    if (isGone(candidate)) return true;
    if (!isOutOfTime(candidate, now)) {
      this.#found.push(candidate);
      this.#count += 1;
    } else if (this.#outOfTime.length < MOST_DROPPED) this.#outOfTime.push(candidate);
    else this.#isCut = true;
    return true;
  }
}
