import { OF_AGAIN, OF_READY } from './fresh-head.ts';
import { KEYED, LAST_LANE, priorityOf } from './lanes.ts';

/** The most that one claim drops, so that none takes longer than it has to. */
const MOST_DROPPED = 1_000;

/** As variables and columns: what is known of each task that is to be taken, in order; and where its row is. */
const FACTS: readonly (readonly [variable: string, column: string])[] = [
  ['v_rows', 'row'],
  ['v_sources', 'source'],
  ['v_seqs', 'seq'],
  ['v_ids', 'id'],
  ['v_attempts', 'attempts'],
  ['v_dues', 'due'],
  ['v_errors', 'error'],
  ['v_priorities', 'priority'],
  ['v_keys', 'key'],
  ['v_expiries', 'expires_at'],
  ['v_follows', 'follows'],
  ['v_befores', 'ended_before'],
];

/** What is declared for them. */
export const factDeclarations = `
  v_rows tid[]; v_sources smallint[]; v_seqs bigint[]; v_ids text[]; v_attempts integer[]; v_dues bigint[]; v_errors text[]; v_priorities smallint[];
  v_keys text[]; v_expiries bigint[]; v_follows boolean[]; v_befores bigint[];`;

export const factVariables: string = FACTS.map(([variable]) => variable).join(', ');
export const factAggregates = (filter: string = ''): string => FACTS.map(([, column]) => `array_agg(f.${column})${filter}`).join(', ');

/** Columns of a row \`a\` of \`again\` besides its own: its priority, and whether it is out of time. */
export const againExtras = (a: string): string =>
  `nullif(${priorityOf(`${a}.lane`)}, 0)::smallint AS priority, coalesce(${a}.attempts = 0 AND ${a}.expires_at <= v_now, false) AS late`;

/** Drops up to a thousand tasks of the labourer that are out of time, and adds their ids to `v_dropped`. */
export const dropLate = (s: string): string => `
    SELECT array_agg(f.row), array_agg(f.id) INTO v_late_rows, v_late_ids
    FROM (
      SELECT a.ctid AS row, a.id FROM ${s}.again a
      WHERE a.labourer = p_labourer AND a.expires_at <= v_now AND a.attempts = 0
      ORDER BY a.expires_at LIMIT ${MOST_DROPPED} - cardinality(v_dropped) FOR UPDATE SKIP LOCKED) f;
    WITH gone AS (
      DELETE FROM ${s}.again WHERE ctid = ANY (v_late_rows) RETURNING *, greatest(v_now, ended_before + 1) AS at
    ), following AS (
      INSERT INTO ${s}.outbox (id, labourer, ended_at, seq) SELECT id, labourer, at, seq FROM gone WHERE follows
    )
    INSERT INTO ${s}.history (seq, id, labourer, state, token, attempts, ended_at, error)
    SELECT seq, id, labourer, 'dropped', token, attempts, at, error FROM gone;
    v_dropped := v_dropped || v_late_ids;`;

export const DROPPED_MOST: string = `cardinality(v_dropped) = ${MOST_DROPPED}`;

/**
 * Locks what is to be tried next of `again` and is due at `v_now`, lane by lane, past whatever others are just taking: a later task of a
 * higher lane stands at another end of the index, and holds up nobody. `v_first` of them go before all of `ready`. Who asks for no turns takes
 * those with keys among the others: then each lane is two, sorted into one.
 *
 * If one of these is out of time, up to a thousand that are so are dropped, and all is looked for again: rows that we have locked are ours
 * to find. Those that are left even then are passed by, `v_late` of them.
 */
export const lockLanes = (s: string): string => `
IF (SELECT a.due FROM ${s}.again a WHERE a.labourer = p_labourer ORDER BY a.due, a.seq LIMIT 1) <= v_now THEN
  LOOP
    IF EXISTS (SELECT FROM ${s}.again a WHERE a.labourer = p_labourer AND a.lane >= ${KEYED}) THEN${lookAtLanes(s, true)}
    ELSE${lookAtLanes(s, false)}
    END IF;
    EXIT WHEN v_late = 0 OR ${DROPPED_MOST};${dropLate(s)}
  END LOOP;
END IF;
`;

const lookAtLanes = (s: string, keyed: boolean): string => {
  const laneFrom = (lane: string): string => `SELECT a.ctid AS row, a.* FROM ${s}.again a
        WHERE a.labourer = p_labourer AND a.lane = ${lane} AND a.due <= v_now
        ORDER BY a.due, a.seq LIMIT v_room FOR UPDATE SKIP LOCKED`;
  const both = `SELECT * FROM (SELECT * FROM (${laneFrom('l.lane')}) a UNION ALL SELECT * FROM (${laneFrom(`l.lane + ${KEYED}`)}) a) a
        ORDER BY a.due, a.seq LIMIT v_room`;
  return `
    SELECT
      ${factAggregates(' FILTER (WHERE NOT f.late)')}, count(*) FILTER (WHERE NOT f.late),
      count(*) FILTER (WHERE NOT f.late AND f.lane % ${KEYED} < ${LAST_LANE}), count(*) FILTER (WHERE f.late)
    INTO ${factVariables}, v_again, v_first, v_late
    FROM (
      SELECT x.*, ${OF_AGAIN}::smallint AS source, ${againExtras('x')}
      FROM generate_series(0, ${LAST_LANE}) AS l (lane), LATERAL (
        ${keyed ? both : laneFrom('l.lane')}) x
      LIMIT v_room) f;`;
};

const FRESH: Readonly<Record<string, string>> = {
  row: 'r.row',
  source: `coalesce(r.source, ${OF_READY})::smallint`,
  seq: 'r.seq',
  id: 'r.id',
  due: 'r.due',
  key: 'r.key',
};

/**
 * Puts the fresh tasks after those that go before them. Where there are some of the last lane among these, they are sorted into one, of which as many
 * are tried as there is room for.
 */
export const mergeFresh: string = `
IF v_again > v_first AND v_found > 0 THEN
  SELECT ${FACTS.map(([variable, column]) => `${variable}[:v_first] || array_agg(f.${column})`).join(', ')}
  INTO ${factVariables}
  FROM (
    SELECT g.* FROM unnest(${FACTS.map(([variable]) => `${variable}[v_first + 1:]`).join(', ')}) AS g (${FACTS.map(([, column]) => column).join(', ')})
    UNION ALL
    SELECT ${FACTS.map(([, column]) => FRESH[column] ?? 'NULL').join(', ')}
    FROM unnest(v_fresh_rows, v_fresh_sources, v_fresh_seqs, v_fresh_ids, v_fresh_dues, v_fresh_keys) AS r (row, source, seq, id, due, key)
    ORDER BY due, seq LIMIT v_room - v_first) f;
ELSE
  IF v_again = 0 THEN
    v_sources := v_fresh_sources;
  ELSE
    v_sources := v_sources || coalesce(v_fresh_sources, array_fill(${OF_READY}::smallint, ARRAY[v_found]));
  END IF;
  v_rows := v_rows || v_fresh_rows; v_seqs := v_seqs || v_fresh_seqs; v_ids := v_ids || v_fresh_ids;
  v_dues := v_dues || v_fresh_dues; v_keys := v_keys || v_fresh_keys;
END IF;
`;
