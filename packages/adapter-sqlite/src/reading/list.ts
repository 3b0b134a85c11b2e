import { checkPageLimit, type ListQuery, type PagePosition, readCursor, type TaskPage, type TaskState, writeCursor } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { TASK_COLUMNS, type TaskRow, toRecord } from '../rows.ts';
import { type EndedState, forEachState } from '../verbs/ended-states.ts';
import { HALF, KEYED } from '../verbs/head.ts';

interface Listing {
  /** One for each index that has tasks of the state. */
  readonly walks: readonly Walk[];
  /** Sorts before every task. The last value is `seq`. */
  readonly start: PagePosition;
  readonly positionOf: (row: TaskRow) => PagePosition;
  readonly backwards: boolean;
}

interface Walk {
  /** Those at the same place as the position, but enqueued after it. */
  readonly ties: string;
  /** Those at a later place. */
  readonly beyond: string;
}

/** Of one index, or of one half of it. */
interface Range {
  readonly where: string;
  /** For SQL: the first of the columns as the walk has it, made of that of the position. */
  readonly first?: (value: string) => string;
}

/**
 * A page begins after a position, not after a number of tasks: those that leave the state between two pages move nobody
 * else up or down. Two statements, because each is one step into the index then: compared as one row of values, SQLite would
 * walk through all tasks of one due time to find its place among them.
 */
const listing = (
  ranges: readonly Range[],
  columns: readonly string[],
  start: PagePosition,
  positionOf: Listing['positionOf'],
  [after, direction]: readonly ['>' | '<', '' | 'DESC'] = ['>', ''],
): Listing => {
  const order = [...columns, 'seq'].map((column) => `${column} ${direction}`).join(', ');
  return {
    start,
    positionOf,
    backwards: direction === 'DESC',
    walks: ranges.map(({ where, first = (value) => value }) => {
      const values = columns.map((_, index) => (index === 0 ? first('?3') : `?${index + 3}`));
      const same = columns.map((column, index) => `${column} = ${values[index]}`).join(' AND ');
      const select = (place: string): string =>
        `SELECT ${TASK_COLUMNS} FROM tasks WHERE labourer = ?1 AND ${where} AND ${place} ORDER BY ${order} LIMIT ?2`;
      return {
        ties: select(`${same} AND seq ${after} ?${columns.length + 3}`),
        beyond: select(`(${columns.join(', ')}) ${after} (${values.join(', ')})`),
      };
    }),
  };
};

const ended = (state: EndedState): Listing =>
  listing(
    [{ where: `state = '${state}' AND ended_at IS NOT NULL AND outbox = 0` }, { where: `state = '${state}' AND outbox = 1` }],
    ['ended_at'],
    [Number.MAX_SAFE_INTEGER, 0],
    ({ ended_at, seq }) => [ended_at ?? 0, seq],
    ['<', 'DESC'],
  );

export const LISTINGS: Readonly<Record<Exclude<TaskState, 'aside'>, Listing>> = {
  // A position names a lane without a key; those with one stand beside it.
  queued: listing(
    [
      { where: `state = 'queued' AND lane < ${KEYED}` },
      { where: `state = 'queued' AND lane >= ${KEYED}`, first: (lane) => `${lane} + ${KEYED}` },
    ],
    ['lane', 'due'],
    [-1, 0, 0],
    ({ lane, due, seq }) => [lane % HALF, due, seq],
  ),
  running: listing([{ where: `state = 'running'` }], ['deadline'], [Number.MIN_SAFE_INTEGER, 0], ({ deadline, seq }) => [
    deadline ?? 0,
    seq,
  ]),
  ...forEachState(ended),
};

/** @throws ReeveError INVALID_CURSOR, INVALID_LIMIT */
export const list = (statements: Statements, { labourer, state, limit, cursor }: ListQuery): TaskPage => {
  checkPageLimit(limit);
  if (state === 'aside') return { tasks: [] }; // the schema lets no broken row in
  const { walks, start, positionOf, backwards } = LISTINGS[state];
  const after = cursor === undefined ? start : readCursor(cursor, start.length);
  // One more than asked tells whether this page is the last.
  const rows = walks.flatMap(({ ties, beyond }) => {
    const some = statements.all<TaskRow>(ties, labourer, limit + 1, ...after);
    if (some.length > limit) return some;
    return [...some, ...statements.all<TaskRow>(beyond, labourer, limit + 1 - some.length, ...after.slice(0, -1))];
  });
  // Each walk is in order: the page is the first of what they found.
  if (walks.length > 1) rows.sort((a, b) => (backwards ? -1 : 1) * comparePositions(positionOf(a), positionOf(b)));
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { tasks: page.map(toRecord), ...(last && rows.length > limit && { cursor: writeCursor(positionOf(last)) }) };
};

const comparePositions = (a: PagePosition, b: PagePosition): number => {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
};
