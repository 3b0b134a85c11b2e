/** Of which table a row is that is to be taken. */
export const OF_AGAIN = 0;
export const OF_READY = 1;
export const OF_KEYED = 2;

/** Names of variables. */
interface Found {
  readonly rows: string;
  readonly seqs: string;
  readonly ids: string;
  readonly dues: string;
  readonly taskRows: string;
  readonly keys: string;
  /** How many there were. */
  readonly found: string;
}

export interface FreshHead extends Found {
  /** Of the variable for the tables of the rows; NULL: all are of `ready`. */
  readonly sources: string;
  /** How many rows are wanted, as an expression. */
  readonly wanted: string;
}

const KEYED: Found = {
  rows: 'v_keyed_rows',
  seqs: 'v_keyed_seqs',
  ids: 'v_keyed_ids',
  dues: 'v_keyed_dues',
  taskRows: 'v_keyed_task_rows',
  keys: 'v_keyed_keys',
  found: 'v_keyed_found',
};

/** What is declared for `lockFreshHead`. */
export const freshVariables = `
  v_from_due bigint; v_keyed_rows tid[]; v_keyed_seqs bigint[]; v_keyed_ids text[]; v_keyed_dues bigint[]; v_keyed_task_rows tid[]; v_keyed_keys text[];
  v_keyed_found integer; v_is_early boolean; v_is_keyed boolean;`;

/** When the first of either table is due; an index of each has it. */
export const firstFreshDue = (s: string, labourer: string): string => `least(
        (SELECT r.due FROM ONLY ${s}.ready r WHERE r.labourer = ${labourer} ORDER BY r.due, r.seq LIMIT 1),
        (SELECT r.due FROM ONLY ${s}.keyed r WHERE r.labourer = ${labourer} ORDER BY r.due, r.seq LIMIT 1))`;

/** A task that was due before it was enqueued may stand before where the caller's latest claim ended. This reads both tables. */
const isAnyEarly = (s: string): string => `EXISTS (SELECT FROM ${s}.ready r WHERE r.labourer = p_labourer AND r.early)`;

export const fromHeadIfEarly = (s: string): string => `
IF ${isAnyEarly(s)} THEN
  p_from_due := NULL;
END IF;`;

/** Rows `r` behind a place, or all if there is none. */
export const behind = (due: string, seq: string): string =>
  `(r.due, r.seq) > (coalesce(${due}, -9223372036854775808), coalesce(${seq}, 0))`;

export const isAnyKeyed = (s: string, from: string): string =>
  `EXISTS (SELECT FROM ONLY ${s}.keyed r WHERE r.labourer = p_labourer AND r.due <= v_now AND ${behind(from, 'p_from_seq')})`;

/** From where the caller's latest claim ended (`p_from_due`, `p_from_seq`), and if fewer are there than are wanted, from the head. */
export const lockHeadOf = (s: string, table: 'ready' | 'keyed', wanted: string, into: Found): string => `
v_from_due := p_from_due;
LOOP
  SELECT array_agg(f.ctid), array_agg(f.seq), array_agg(f.id), array_agg(f.due), array_agg(f.task_row),${table === 'keyed' ? ' array_agg(f.key),' : ''} count(*)
  INTO ${into.rows}, ${into.seqs}, ${into.ids}, ${into.dues}, ${into.taskRows},${table === 'keyed' ? ` ${into.keys},` : ''} ${into.found}
  FROM (
    SELECT r.ctid, r.* FROM ONLY ${s}.${table} r
    WHERE r.labourer = p_labourer AND r.due <= v_now AND ${behind('v_from_due', 'p_from_seq')}
    ORDER BY r.due, r.seq LIMIT ${wanted} FOR UPDATE SKIP LOCKED) f;
  EXIT WHEN ${into.found} = ${wanted} OR v_from_due IS NULL;
  v_from_due := NULL;
END LOOP;`;

/**
 * Locks what is to be tried first and is due at `v_now`, with a key or without, in order, past whatever others are just taking. Each table has its
 * head, and if both have something due, the two are sorted into one.
 */
export const lockFreshHead = (s: string, { wanted, sources, ...into }: FreshHead): string => `
SELECT ${isAnyEarly(s)}, ${isAnyKeyed(s, 'p_from_due')} INTO v_is_early, v_is_keyed;
IF v_is_early THEN
  p_from_due := NULL;
END IF;
${lockHeadOf(s, 'ready', wanted, into)}
${sources} := NULL;
IF ${into.found} < ${wanted} AND p_from_due IS NOT NULL AND NOT v_is_keyed THEN
  v_is_keyed := ${isAnyKeyed(s, 'NULL::bigint')};
END IF;
IF v_is_keyed OR v_is_early THEN
${lockHeadOf(s, 'keyed', wanted, KEYED)}
  IF ${into.found} = 0 THEN
    ${into.rows} := ${KEYED.rows}; ${into.seqs} := ${KEYED.seqs}; ${into.ids} := ${KEYED.ids}; ${into.dues} := ${KEYED.dues};
    ${into.taskRows} := ${KEYED.taskRows}; ${into.keys} := ${KEYED.keys}; ${into.found} := ${KEYED.found};
    ${sources} := array_fill(${OF_KEYED}::smallint, ARRAY[${KEYED.found}]);
  ELSE
    SELECT array_agg(f.row), array_agg(f.seq), array_agg(f.id), array_agg(f.due), array_agg(f.task_row), array_agg(f.key), array_agg(f.source), count(*)
    INTO ${into.rows}, ${into.seqs}, ${into.ids}, ${into.dues}, ${into.taskRows}, ${into.keys}, ${sources}, ${into.found}
    FROM (
      SELECT r.*, NULL::text AS key, ${OF_READY}::smallint AS source
      FROM unnest(${into.rows}, ${into.seqs}, ${into.ids}, ${into.dues}, ${into.taskRows}) AS r (row, seq, id, due, task_row)
      UNION ALL
      SELECT k.*, ${OF_KEYED}::smallint
      FROM unnest(${KEYED.rows}, ${KEYED.seqs}, ${KEYED.ids}, ${KEYED.dues}, ${KEYED.taskRows}, ${KEYED.keys}) AS k (row, seq, id, due, task_row, key)
      ORDER BY due, seq LIMIT ${wanted}) f;
  END IF;
END IF;`;

/** Deletes rows that are locked where they are; of variables, the first so many, or all. */
export const deleteTaken = (s: string, rows: string, sources: string, count?: string): string => {
  const first = count === undefined ? '' : `[1:${count}]`;
  const of = (source: number, table: string): string => `
    IF ${source} = ANY (${sources}) THEN
      DELETE FROM ONLY ${s}.${table} WHERE ctid = ANY (ARRAY(
        SELECT u.row FROM unnest(${rows}${first}, ${sources}${first}) AS u (row, source) WHERE u.source = ${source}));
    END IF;`;
  return `
  IF ${sources} IS NULL THEN
    DELETE FROM ONLY ${s}.ready WHERE ctid = ANY (${rows}${first});
  ELSIF ${OF_KEYED} = ALL (${sources}) THEN
    DELETE FROM ONLY ${s}.keyed WHERE ctid = ANY (${rows}${first});
  ELSIF ${OF_AGAIN} = ALL (${sources}) THEN
    DELETE FROM ONLY ${s}.again WHERE ctid = ANY (${rows}${first});
  ELSE${of(OF_AGAIN, 'again')}${of(OF_READY, 'ready')}${of(OF_KEYED, 'keyed')}
  END IF;`;
};
