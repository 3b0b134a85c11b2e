import type { EpochMs } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { HALF, KEYED, PLAIN } from './head.ts';

/** Where a queued task stands. */
export interface Place {
  readonly key: string | null;
  readonly lane: number;
  readonly due: EpochMs;
  readonly seq: number;
}

/** What is walked through, from lane to lane. ?1: labourer, ?2: key, ?3: lane, ?4: now, ?5: how many, ?6: after how many. */
interface Way {
  readonly half: number;
  readonly lane: string;
  readonly places: string;
}

const way = (half: number, key: string, from: string): Way => ({
  half,
  lane: `SELECT lane FROM ${from} AND labourer = ?1 AND lane >= ?3 ORDER BY lane LIMIT 1`,
  places: `
    SELECT ${key} AS key, lane, due, seq FROM ${from} AND labourer = ?1 AND lane = ?3 AND due <= ?4
    ORDER BY due, seq LIMIT ?5 OFFSET ?6`,
});

/** The first of each key and lane; tasks of one key; tasks without a key. */
export const HEADS: Way = way(KEYED, 'key', 'heads WHERE true');
export const OF_KEY: Way = way(KEYED, 'key', 'keyed WHERE key = ?2');
export const WITHOUT_KEY: Way = way(PLAIN, 'NULL', `tasks WHERE state = 'queued'`);

interface WalkParts {
  readonly statements: Statements;
  readonly labourer: string;
  readonly now: EpochMs;
  readonly key?: string | null;
  /** How many it reads first; then twice as many each time, so that it neither asks often nor reads much in vain. */
  readonly first: number;
  /** It begins behind this one. */
  readonly after?: Place;
}

/**
 * Those that are due, in the order of C6. Nothing of it may change meanwhile: a page begins after so many, which it steps over again. As
 * each page is twice as long as the one before, these steps are no more than what it reads.
 */
export class Walk {
  readonly #way: Way;
  readonly #parts: WalkParts;
  #lane: number | undefined;
  #read: number;
  #size: number;
  #page: Place[] = [];

  constructor(way: Way, parts: WalkParts) {
    this.#way = way;
    this.#parts = parts;
    this.#size = parts.first;
    this.#lane = parts.after?.lane ?? this.#laneFrom(way.half);
    this.#read = parts.after ? 1 : 0;
  }

  next(): Place | undefined {
    const place = this.#page.shift();
    if (place) return place;
    while (this.#lane !== undefined) {
      this.#page = this.#placesOf(this.#lane, this.#size);
      this.#read += this.#page.length;
      this.#size *= 2;
      const first = this.#page.shift();
      if (first) return first;
      this.#lane = this.#laneFrom(this.#lane + 1);
      this.#read = 0;
    }
    return undefined;
  }

  #laneFrom(lane: number): number | undefined {
    const { statements, labourer, key = null } = this.#parts;
    const found = statements.first<{ readonly lane: number }>(this.#way.lane, labourer, key, lane)?.lane;
    return found !== undefined && found < this.#way.half + HALF ? found : undefined;
  }

  #placesOf(lane: number, size: number): Place[] {
    const { statements, labourer, now, key = null } = this.#parts;
    return statements.all<Place>(this.#way.places, labourer, key, lane, now, size, this.#read);
  }
}
