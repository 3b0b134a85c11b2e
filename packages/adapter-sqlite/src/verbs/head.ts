import { type EpochMs, MOST_URGENT } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';

/** How many lanes there are for tasks without a key, and as many after them for those with one. The lane within its half is what C6 calls first. */
export const HALF: number = 2 * (MOST_URGENT + 1);

/** The first lane of a half. */
export const PLAIN = 0;
export const KEYED: number = PLAIN + HALF;

const EACH = Array.from({ length: HALF }, (_, lane) => lane);

/** All lanes of a half, as a list for SQL: within one, those that are due come first in the index. */
export const PLAIN_LANES: string = EACH.join(', ');
export const KEYED_LANES: string = EACH.map((lane) => KEYED + lane).join(', ');

const OF_LANE = `state = 'queued' AND labourer = ?1 AND lane = ?2 + each.place`;
const WITH_EACH = `WITH each (place) AS (VALUES ${EACH.map((lane) => `(${lane})`).join(', ')})`;

/** The first of the retried and released tasks of a priority, and of its fresh ones; or of the fresh ones alone. */
export interface Head {
  readonly lane: number;
  readonly due: EpochMs;
  /** Of the lane after it, if that has the fresh ones of the same priority. */
  readonly freshDue: EpochMs | null;
}

/** One step into the index to the next lane that has tasks, and one to that beside it: with one priority, all there is to know. */
export const HEAD = `
  SELECT head.lane, head.due, (
    SELECT due FROM tasks
    WHERE state = 'queued' AND labourer = ?1 AND lane = head.lane + 1 AND head.lane % 2 = 0
    ORDER BY due LIMIT 1
  ) AS freshDue
  FROM tasks AS head
  WHERE head.state = 'queued' AND head.labourer = ?1 AND head.lane >= ?2
  ORDER BY head.lane, head.due
  LIMIT 1`;

/** Of the half that ends before the lane `end`. */
export const headFrom = (statements: Statements, labourer: string, lane: number, end: number): Head | undefined => {
  const head = statements.first<Head>(HEAD, labourer, lane);
  return head && head.lane < end ? head : undefined;
};

/** A step into the index for each lane. The tasks of one that come after its first are due no sooner, and are not read. */
export const DUE_LANE: string = `
  ${WITH_EACH}
  SELECT min(place) + ?2 AS lane FROM each
  WHERE ?2 + place >= ?3 AND EXISTS (SELECT 1 FROM tasks WHERE ${OF_LANE} AND due <= ?4)`;

/** The lowest lane of a half, from this one on, that has a task due. */
export const dueLaneFrom = (statements: Statements, labourer: string, half: number, lane: number, now: EpochMs): number | undefined =>
  statements.first<{ readonly lane: number | null }>(DUE_LANE, labourer, half, lane, now)?.lane ?? undefined;

export const NEXT_DUE: string = `
  ${WITH_EACH}
  SELECT min((SELECT due FROM tasks WHERE ${OF_LANE} ORDER BY due LIMIT 1)) AS due FROM each`;

/** When the first of a half falls due, or fell. */
export const nextDue = (statements: Statements, labourer: string, half: number): EpochMs | undefined =>
  statements.first<{ readonly due: EpochMs | null }>(NEXT_DUE, labourer, half)?.due ?? undefined;
