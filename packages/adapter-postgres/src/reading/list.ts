import { checkPageLimit, type ListQuery, type PagePosition, readCursor, type TaskPage, type TaskState, writeCursor } from '@reeve/core';
import type { Session } from '../connection/database.ts';
import { type TaskRow, toRecord } from '../rows.ts';
import { KEYED, LAST_LANE } from '../schema/lanes.ts';
import type { SchemaName } from '../schema/names.ts';
import { STANDINGS, type Standing, selectStanding } from './standings.ts';

type Listed = Exclude<TaskState, 'aside'>;
type ListedRow = TaskRow & { readonly part: number };

const LATEST = Number.MAX_SAFE_INTEGER;

/** Before every task, and after every task: instant and order of enqueueing. */
const BEGINNING: PagePosition = [-LATEST, 0];
const END: PagePosition = [LATEST, LATEST];

/** One table of a list. Rows of one number are sorted together, those of a higher number come after. */
interface Part {
  /** A column, where a table has rows of several; else that of all its rows. */
  readonly number: 'p.lane' | 'p.lane - 20' | number;
  readonly standing: Standing;
  readonly at: string;
  readonly where: string;
}

const ended = (state: Listed): readonly Part[] => [
  { number: 0, standing: STANDINGS.history, at: 'ended_at', where: `p.state = '${state}'` },
];

const PARTS: Readonly<Record<Listed, readonly Part[]>> = {
  queued: [
    { number: 'p.lane', standing: STANDINGS.again, at: 'due', where: `p.lane < ${KEYED}` },
    { number: `p.lane - ${KEYED}`, standing: STANDINGS.again, at: 'due', where: `p.lane >= ${KEYED}` },
    { number: LAST_LANE, standing: STANDINGS.ready, at: 'due', where: 'true' },
  ],
  running: [
    { number: 0, standing: STANDINGS.slot, at: 'deadline', where: 'p.token IS NOT NULL' },
    { number: 0, standing: STANDINGS.lapsed, at: 'deadline', where: 'true' },
  ],
  completed: ended('completed'),
  dead: ended('dead'),
  cancelled: ended('cancelled'),
  dropped: ended('dropped'),
};

const isEnded = (state: Listed): boolean => state !== 'queued' && state !== 'running';

/**
 * A page begins after a position, not after a number of tasks: those that leave the state between two pages move nobody else up or down.
 * Each part gives at most a page, in the order of its index.
 */
export const listQuery = (schema: SchemaName, state: Listed): string => {
  const [after, direction] = isEnded(state) ? ['<', 'DESC'] : ['>', 'ASC'];
  const selects = PARTS[state].map(({ number, standing, at, where }) => {
    const place = [`p.${at}`, 'p.seq'];
    const lane = number === 'p.lane' ? '$5::integer' : `$5::integer + ${KEYED}`;
    const [columns, position] =
      typeof number === 'string' ? [['p.lane', ...place], `${lane}, $3::bigint, $4::bigint`] : [place, '$3::bigint, $4::bigint'];
    const from = number === LAST_LANE ? '$6::bigint, $7::bigint' : position;
    const order = `ORDER BY ${columns.map((each) => `${each} ${direction}`).join(', ')} LIMIT $2::integer`;
    const rows = `p.labourer = $1::text AND ${where} AND (${columns.join(', ')}) ${after} (${from}) ${order}`;
    return `(${selectStanding(schema, standing, rows, String(number))})`;
  });
  return `${selects.join('\n  UNION ALL ')}\n  ORDER BY part, at ${direction}, seq ${direction} LIMIT $2::integer`;
};

/** Where the lists go on. For queued tasks: of `again` after a place in a lane, of `ready`, the last lane, after a place of its own. */
const positionsOf = (state: Listed, cursor: string | undefined): PagePosition => {
  const [lane = 0, at = 0, seq = 0] = cursor === undefined ? [0, ...(isEnded(state) ? END : BEGINNING)] : readCursor(cursor, 3);
  if (state !== 'queued') return [at, seq];
  return [at, seq, lane, ...(lane === LAST_LANE ? [at, seq] : BEGINNING)];
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
