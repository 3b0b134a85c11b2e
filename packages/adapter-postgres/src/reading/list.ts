import { checkPageLimit, type ListQuery, type PagePosition, readCursor, type TaskPage, type TaskState, writeCursor } from '@reeve/core';
import type { Session } from '../connection/database.ts';
import { type TaskRow, toRecord } from '../rows.ts';
import type { SchemaName } from '../schema/names.ts';
import { STANDINGS, type Standing, selectStanding } from './standings.ts';

type Listed = Exclude<TaskState, 'aside'>;
type ListedRow = TaskRow & { readonly part: number };

const LATEST = Number.MAX_SAFE_INTEGER;

/** Before every task, and after every task: instant and order of enqueueing. */
const BEGINNING: PagePosition = [-LATEST, 0];
const END: PagePosition = [LATEST, LATEST];

/** One table of a list. Those of one number are sorted together, a higher number comes after. */
interface Part {
  readonly number: number;
  readonly standing: Standing;
  readonly at: string;
  readonly where: string;
}

const PARTS: Readonly<Record<Listed, readonly Part[]>> = {
  queued: [
    { number: 0, standing: STANDINGS.again, at: 'due', where: 'true' },
    { number: 1, standing: STANDINGS.ready, at: 'due', where: 'true' },
  ],
  running: [
    { number: 0, standing: STANDINGS.slot, at: 'deadline', where: 'p.token IS NOT NULL' },
    { number: 0, standing: STANDINGS.lapsed, at: 'deadline', where: 'true' },
  ],
  completed: [{ number: 0, standing: STANDINGS.history, at: 'ended_at', where: `p.state = 'completed'` }],
  dead: [{ number: 0, standing: STANDINGS.history, at: 'ended_at', where: `p.state = 'dead'` }],
};

const isEnded = (state: Listed): boolean => state === 'completed' || state === 'dead';

/**
 * A page begins after a position, not after a number of tasks: those that leave the state between two pages move nobody else up or down.
 * Each part gives at most a page, in the order of its index, from a position of its own.
 */
export const listQuery = (schema: SchemaName, state: Listed): string => {
  const [after, direction] = isEnded(state) ? ['<', 'DESC'] : ['>', 'ASC'];
  const selects = PARTS[state].map(({ number, standing, at, where }) => {
    const position = `($${3 + 2 * number}::bigint, $${4 + 2 * number}::bigint)`;
    const order = `ORDER BY p.${at} ${direction}, p.seq ${direction} LIMIT $2::integer`;
    const rows = `p.labourer = $1::text AND ${where} AND (p.${at}, p.seq) ${after} ${position} ${order}`;
    return `(SELECT ${number} AS part, f.* FROM (${selectStanding(schema, standing, rows)}) f)`;
  });
  return `${selects.join('\n  UNION ALL ')}\n  ORDER BY part, at ${direction}, seq ${direction} LIMIT $2::integer`;
};

/** Where each part goes on: those before the cursor's are through, those after it are not begun. */
const positionsOf = (state: Listed, cursor: string | undefined): PagePosition => {
  const numbers = [...new Set(PARTS[state].map(({ number }) => number))];
  const beginning = isEnded(state) ? END : BEGINNING;
  if (cursor === undefined) return numbers.flatMap(() => beginning);
  const [reached = 0, at = 0, seq = 0] = readCursor(cursor, 3);
  return numbers.flatMap((number) => (number === reached ? [at, seq] : number < reached ? END : beginning));
};

/** @throws ReeveError INVALID_CURSOR, INVALID_LIMIT */
export const list = async (session: Session, schema: SchemaName, { labourer, state, limit, cursor }: ListQuery): Promise<TaskPage> => {
  checkPageLimit(limit);
  if (state === 'aside') return { tasks: [] }; // the schema lets no broken row in
  // One more than asked tells whether this page is the last.
  const rows = await session.query<ListedRow>(listQuery(schema, state), [labourer, limit + 1, ...positionsOf(state, cursor)]);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    tasks: page.map(toRecord),
    ...(last && rows.length > limit && { cursor: writeCursor([last.part, Number(last.at), Number(last.seq)]) }),
  };
};
