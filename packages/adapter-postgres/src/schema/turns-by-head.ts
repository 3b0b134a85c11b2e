import { behind, isAnyKeyed, OF_AGAIN, OF_KEYED } from './fresh-head.ts';
import { againExtras, factAggregates, factVariables } from './lane-head.ts';
import { LAST_KEYED } from './lanes.ts';

/** Rows of `turn` that are behind the first task by more than this are put right: those with nothing left behind them go, and the others of a key become one. */
export const MOST_BEHIND = 1_000;
const PAGE = 1_000;
/** The most of them at once. */
const PAGES = 4;

interface Queued {
  /** The rows `r` of the last lane of a labourer. */
  readonly rows: string;
  /** Whether one is out of time. */
  readonly late: string;
  /** Where the search begins, into `v_from_due` and `v_from_seq`. */
  readonly begin: string;
  /** If fewer are found from there than are wanted, the search is made from the head as well. */
  readonly isHint: boolean;
  readonly lock: string;
}

const turnHead = (s: string): string => `FROM ${s}.turn t WHERE t.labourer = p_labourer AND t.lane = ${LAST_KEYED}`;
const PLACE = 't.due, t.seq';

/** By place alone: while our statement is under way, no other row comes to lie where one lay that we have seen. */
const chosenOf = (table: string): string =>
  `FROM ${table} r WHERE r.ctid = ANY (v_chosen_rows) ORDER BY r.due, r.seq FOR UPDATE SKIP LOCKED`;

const keyed = (s: string): Queued => ({
  rows: `FROM ONLY ${s}.keyed r WHERE r.labourer = p_labourer`,
  late: 'false',
  begin: 'v_from_due := p_from_due; v_from_seq := p_from_seq;',
  isHint: true,
  lock: `
      SELECT array_agg(f.row), array_agg(f.seq), array_agg(f.id), array_agg(f.due), array_agg(f.task_row), array_agg(f.key), count(*)
      INTO v_rows, v_seqs, v_ids, v_dues, v_task_rows, v_keys, v_room
      FROM (SELECT r.ctid AS row, r.* ${chosenOf(`ONLY ${s}.keyed`)}) f;
      v_sources := array_fill(${OF_KEYED}::smallint, ARRAY[v_room]);`,
});

/** Tasks with an expiry or a follow, and those from before there was \`keyed\`. */
const again = (s: string): Queued => ({
  rows: `FROM ${s}.again r WHERE r.labourer = p_labourer AND r.lane = ${LAST_KEYED}`,
  late: 'coalesce(r.attempts = 0 AND r.expires_at <= v_now, false)',
  begin: `SELECT t.due, t.seq - 1 INTO v_from_due, v_from_seq ${turnHead(s)} ORDER BY ${PLACE} LIMIT 1;`,
  isHint: false,
  lock: `
      SELECT ${factAggregates()}, count(*) INTO ${factVariables}, v_room
      FROM (SELECT r.ctid AS row, ${OF_AGAIN}::smallint AS source, r.*, ${againExtras('r')} ${chosenOf(`${s}.again`)}) f;`,
});

/**
 * Mostly all that is due is of one kind: plain but for the keys, or with an expiry or a follow beside; and the first tasks are of keys enough of which none
 * runs. Those are the choice then, whatever comes behind them.
 */
export const chooseByHead = (s: string): string => `
  IF ${isAnyKeyed(s, 'p_from_due')}
    AND (SELECT a.due FROM ${s}.again a WHERE a.labourer = p_labourer ORDER BY a.due, a.seq LIMIT 1) <= v_now IS NOT TRUE
    AND NOT EXISTS (SELECT FROM ONLY ${s}.ready r WHERE r.labourer = p_labourer AND r.due <= v_now AND ${behind('p_from_due', 'p_from_seq')})
  THEN${chooseOf(s, keyed(s))}
  ELSIF NOT EXISTS (SELECT FROM ${s}.again a WHERE a.labourer = p_labourer AND a.lane < ${LAST_KEYED})
    AND NOT EXISTS (SELECT FROM ${s}.ready r WHERE r.labourer = p_labourer AND r.due <= v_now)
  THEN${chooseOf(s, again(s))}
  END IF;`;

/**
 * 1. As many tasks as there is room for, from the head, if each is the first of its key.
 * 2. The first of each such key among some more from the head.
 * 3. Others of a few keys stand before them. Then by the first rows of `turn`: of each such key the first task, up to where the keys were looked at.
 *
 * `v_chosen` is NULL if that is not enough.
 */
const chooseOf = (s: string, { rows, late, begin, isHint, lock }: Queued): string => {
  const due = `${rows} AND r.due <= v_now AND ${behind('v_from_due', 'v_from_seq')} ORDER BY r.due, r.seq`;
  return `
    ${begin}
    LOOP
      SELECT array_agg(f.row), array_agg(f.seq), min(f.due), count(*), count(DISTINCT f.key) FILTER (WHERE NOT v_skipped ? f.key) = count(*), bool_or(f.late)
      INTO v_chosen_rows, v_chosen_seqs, v_end_due, v_chosen, v_is_first, v_is_late
      FROM (SELECT r.ctid AS row, r.key, r.due, r.seq, ${late} AS late ${due} LIMIT v_room) f;
      EXIT WHEN v_chosen = v_room OR v_from_due IS NULL;
      v_from_due := NULL;
    END LOOP;
    v_end_seq := v_chosen_seqs[1] - 1;
    IF v_chosen = 0 THEN
      v_room := 0;
    ELSIF v_is_first THEN
      NULL;
    ELSIF v_chosen < v_room THEN
      v_chosen := NULL;
    ELSE
      SELECT array_agg(f.row), count(*), bool_or(f.late) INTO v_chosen_rows, v_chosen, v_is_late
      FROM (
        SELECT d.* FROM (
          SELECT DISTINCT ON (w.key) w.* FROM (SELECT r.ctid AS row, r.key, r.due, r.seq, ${late} AS late ${due} LIMIT v_reach - v_shut) w
          WHERE NOT v_skipped ? w.key
          ORDER BY w.key, w.due, w.seq) d
        ORDER BY d.due, d.seq LIMIT v_room) f;
      IF v_chosen < v_room THEN${chooseByTurnRows(s, rows, late)}
      END IF;
    END IF;
    IF v_from_due IS NULL${isHint ? '' : ' OR v_end_seq - v_from_seq > 1000'} THEN
      -- A search from the head is made some times a second: often enough to see whether turn lags.
      FOR v_page IN 1..${PAGES} LOOP
        EXIT WHEN v_room = 0 OR (v_end_seq - (SELECT t.seq ${turnHead(s)} ORDER BY ${PLACE} LIMIT 1) <= ${MOST_BEHIND}) IS NOT FALSE;
        PERFORM ${s}.tidy_turns(p_labourer, ARRAY(SELECT t.ctid ${turnHead(s)} ORDER BY ${PLACE} LIMIT ${PAGE}));
      END LOOP;
    END IF;
    IF v_is_late THEN
      v_chosen := NULL;
    END IF;
    IF v_chosen > 0 THEN${lock}
    END IF;${
      isHint
        ? ''
        : `
    v_is_first := false;
    v_end_due := NULL;`
    }`;
};

const chooseByTurnRows = (s: string, rows: string, late: string): string => `
        SELECT array_agg(f.row), count(*), bool_or(f.late),
          count(*) = v_room AND (max(f.seen) < v_reach OR (max(f.last_due), max(f.last_seq)) >= (max(f.due), max(f.seq) FILTER (WHERE f.n = v_room))), max(f.seq - f.named_seq)
        INTO v_chosen_rows, v_chosen, v_is_late, v_is_far, v_lag
        FROM (
          SELECT d.*, x.*, row_number() OVER (ORDER BY x.due, x.seq) AS n
          FROM (
            SELECT DISTINCT ON (w.key) w.* FROM (
              SELECT t.key, t.due AS named_due, t.seq AS named_seq, count(*) OVER () AS seen, last_value(t.due) OVER () AS last_due, last_value(t.seq) OVER () AS last_seq
              FROM (SELECT t.* ${turnHead(s)} AND t.due <= v_now ORDER BY ${PLACE} LIMIT v_reach) t) w
            WHERE NOT v_skipped ? w.key
            ORDER BY w.key, w.named_due, w.named_seq) d, LATERAL (
            SELECT r.ctid AS row, r.due, r.seq, ${late} AS late ${rows} AND r.key = d.key AND r.due <= v_now AND (r.due, r.seq) >= (d.named_due, d.named_seq)
            ORDER BY r.due, r.seq LIMIT 1) x
          ORDER BY x.due, x.seq LIMIT v_room) f;
        IF NOT v_is_far THEN
          v_chosen := NULL;
        ELSIF v_lag > ${MOST_BEHIND} THEN
          v_from_due := NULL;  -- the rows of turn are to be put right
        END IF;`;
