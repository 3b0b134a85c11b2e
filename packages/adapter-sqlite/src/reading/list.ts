import { checkPageLimit, type ListQuery, type PagePosition, readCursor, type TaskPage, type TaskState, writeCursor } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { TASK_COLUMNS, type TaskRow, toRecord } from '../rows.ts';

interface Listing {
  /** Those at the same place as the position, but enqueued after it. */
  readonly ties: string;
  /** Those at a later place. */
  readonly beyond: string;
  /** Sorts before every task. The last value is `seq`. */
  readonly start: PagePosition;
  readonly positionOf: (row: TaskRow) => PagePosition;
}

/**
 * A page begins after a position, not after a number of tasks: those that leave the state between two pages move nobody
 * else up or down. Two statements, because each is one step into the index then: compared as one row of values, SQLite would
 * walk through all tasks of one due time to find its place among them.
 */
const listing = (
  where: string,
  columns: readonly string[],
  start: PagePosition,
  positionOf: Listing['positionOf'],
  [after, direction]: readonly ['>' | '<', '' | 'DESC'] = ['>', ''],
): Listing => {
  const values = columns.map((_, index) => `?${index + 3}`);
  const order = [...columns, 'seq'].map((column) => `${column} ${direction}`).join(', ');
  const select = (place: string): string =>
    `SELECT ${TASK_COLUMNS} FROM tasks WHERE labourer = ?1 AND ${where} AND ${place} ORDER BY ${order} LIMIT ?2`;
  const same = columns.map((column, index) => `${column} = ${values[index]}`).join(' AND ');
  return {
    start,
    positionOf,
    ties: select(`${same} AND seq ${after} ?${columns.length + 3}`),
    beyond: select(`(${columns.join(', ')}) ${after} (${values.join(', ')})`),
  };
};

const ended = (state: 'completed' | 'dead'): Listing =>
  listing(
    `state = '${state}' AND ended_at IS NOT NULL`,
    ['ended_at'],
    [Number.MAX_SAFE_INTEGER, 0],
    ({ ended_at, seq }) => [ended_at ?? 0, seq],
    ['<', 'DESC'],
  );

export const LISTINGS: Readonly<Record<Exclude<TaskState, 'aside'>, Listing>> = {
  queued: listing(`state = 'queued'`, ['fresh', 'due'], [-1, 0, 0], ({ fresh, due, seq }) => [fresh, due, seq]),
  running: listing(`state = 'running'`, ['deadline'], [Number.MIN_SAFE_INTEGER, 0], ({ deadline, seq }) => [deadline ?? 0, seq]),
  completed: ended('completed'),
  dead: ended('dead'),
};

/** @throws ReeveError INVALID_CURSOR, INVALID_LIMIT */
export const list = (statements: Statements, { labourer, state, limit, cursor }: ListQuery): TaskPage => {
  checkPageLimit(limit);
  if (state === 'aside') return { tasks: [] }; // the schema lets no broken row in
  const { ties, beyond, start, positionOf } = LISTINGS[state];
  const after = cursor === undefined ? start : readCursor(cursor, start.length);
  // One more than asked tells whether this page is the last.
  const rows = statements.all<TaskRow>(ties, labourer, limit + 1, ...after);
  if (rows.length <= limit) rows.push(...statements.all<TaskRow>(beyond, labourer, limit + 1 - rows.length, ...after.slice(0, -1)));
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { tasks: page.map(toRecord), ...(last && rows.length > limit && { cursor: writeCursor(positionOf(last)) }) };
};
