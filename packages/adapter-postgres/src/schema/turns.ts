import { againExtras, DROPPED_MOST, dropLate, factAggregates, factVariables } from './lane-head.ts';
import { KEYED, LAST_KEYED, LAST_LANE } from './lanes.ts';
import { lockReadyHead } from './ready-head.ts';

/**
 * How many run of each key, into `v_runs`; those without a key under ''. It may not be mended by the clock alone: a lease past its
 * deadline may be under renewal by one who has read the clock a moment before us. So such a lease counts as running, unless we have its
 * row locked: whoever renews it then waits for us, reads the clock again, and finds it too late.
 */
export const countRuns = (s: string): string => {
  const held = 's.labourer = p_labourer AND s.token IS NOT NULL AND s.no <> ALL (p_kept)';
  const count = (more: string): string => `
  SELECT coalesce(jsonb_object_agg(f.key, f.runs), '{}'), coalesce(bool_or(f.over), false), count(*) INTO v_runs, v_over, v_keys_running
  FROM (
    SELECT coalesce(s.key, '') AS key, count(*) AS runs, bool_or(s.deadline <= v_now) AS over
    FROM ${s}.slot s WHERE ${held}${more} GROUP BY 1) f;`;
  return `${count('')}
  IF v_over THEN
    SELECT coalesce(array_agg(f.no), '{}') INTO v_past
    FROM (SELECT s.no FROM ${s}.slot s WHERE ${held} AND s.deadline <= v_now ORDER BY s.no FOR UPDATE SKIP LOCKED) f;${count(' AND s.no <> ALL (v_past)')}
  END IF;`;
};

const runsOf = (key: string): string => `coalesce((v_runs ->> ${key})::integer, 0)`;

/**
 * Chooses by turns (C12), and locks what it has chosen.
 *
 * To take the next of the key of which the fewest run, again and again, is to sort all tasks by how many of their key would run before
 * them, and then by C6. Keys are found through `turn`, whose rows are no nearer to the end than the first task of their key and lane:
 *
 * Two short ways come first, for tasks of the last lane alone: by the head of the queue, and by the first rows of `turn`. Both take the first tasks
 * of keys of which none runs. Any other key has one that runs, or its first task is behind all that was looked at: so nothing goes before
 * these, if there are enough of them. If not:
 *
 * 1. `v_reach` rows of `turn` from its head name keys; of each that is not full the first `v_depth` tasks are looked up;
 * 2. the choice stands if no key that was not named could have a say in it (all rows were read, or all that is chosen is the first of a
 *    key of which none runs, and stands before the last row), and no key had more to say (its `v_depth` tasks reach past the last chosen);
 * 3. else we look further, or deeper.
 *
 * Two claims cannot both take the last place of a key: the labourer's lock of turns is held alone from before the counting until the leases are
 * there to be counted. Those who claim without turns do not take it, and are promised nothing; what they have taken is counted once it is there.
 */
export const chooseTurns = (s: string): string => `
${countRuns(s)}
  v_reach := v_room + v_keys_running + 20;
  v_chosen := NULL;
  -- Mostly there are only plain tasks with keys, and the first of them are of keys enough of which none runs. Those are the choice then, whatever
  -- comes behind them. Rows of turn that lag far behind are put right here as well: the search begins at the first.
  IF NOT EXISTS (SELECT FROM ${s}.again a WHERE a.labourer = p_labourer AND a.lane < ${LAST_KEYED})
    AND NOT EXISTS (SELECT FROM ${s}.ready r WHERE r.labourer = p_labourer AND r.due <= v_now)
  THEN
    SELECT t.due, t.seq INTO v_due, v_seq FROM ${s}.turn t WHERE t.labourer = p_labourer AND t.lane = ${LAST_KEYED} ORDER BY t.due, t.seq LIMIT 1;
    SELECT array_agg(f.row), array_agg(f.seq), count(*), bool_or(f.late), max(f.first_seq) INTO v_chosen_rows, v_chosen_seqs, v_chosen, v_is_late, v_first_seq
    FROM (
      SELECT d.* FROM (
        SELECT DISTINCT ON (w.key) w.* FROM (
          SELECT a.ctid AS row, a.key, a.due, a.seq, a.attempts = 0 AND a.expires_at <= v_now AS late, first_value(a.seq) OVER () AS first_seq
          FROM (
            SELECT a.ctid, a.* FROM ${s}.again a
            WHERE a.labourer = p_labourer AND a.lane = ${LAST_KEYED} AND a.due <= v_now AND (a.due, a.seq) >= (v_due, v_seq)
            ORDER BY a.due, a.seq LIMIT v_reach) a) w
        WHERE NOT v_runs ? w.key
        ORDER BY w.key, w.due, w.seq) d
      ORDER BY d.due, d.seq LIMIT v_room) f;
    IF v_chosen = 0 AND NOT EXISTS (
      SELECT FROM ${s}.again a WHERE a.labourer = p_labourer AND a.lane = ${LAST_KEYED} AND a.due <= v_now AND (a.due, a.seq) >= (v_due, v_seq))
    THEN
      v_room := 0;  -- nothing is due
    ELSIF v_chosen < v_room AND NOT coalesce(v_is_late, false) THEN
      -- Others of a few keys stand before them. Then by the keys: of each of which none runs the first task, up to where the keys were looked at.
      SELECT array_agg(f.row), array_agg(f.seq), count(*), bool_or(f.late),
        count(*) = v_room AND (max(f.seen) < v_reach OR (max(f.last_due), max(f.last_seq)) >= (max(f.due), max(f.seq) FILTER (WHERE f.n = v_room))), max(f.seq - f.named_seq)
      INTO v_chosen_rows, v_chosen_seqs, v_chosen, v_is_late, v_is_far, v_lag
      FROM (
        SELECT d.*, x.*, row_number() OVER (ORDER BY x.due, x.seq) AS n
        FROM (
          SELECT DISTINCT ON (w.key) w.* FROM (
            SELECT t.key, t.due AS named_due, t.seq AS named_seq, count(*) OVER () AS seen, last_value(t.due) OVER () AS last_due, last_value(t.seq) OVER () AS last_seq
            FROM (
              SELECT t.* FROM ${s}.turn t WHERE t.labourer = p_labourer AND t.lane = ${LAST_KEYED} AND t.due <= v_now
              ORDER BY t.due, t.seq LIMIT v_reach) t) w
          WHERE NOT v_runs ? w.key
          ORDER BY w.key, w.named_due, w.named_seq) d, LATERAL (
          SELECT a.ctid AS row, a.due, a.seq, a.attempts = 0 AND a.expires_at <= v_now AS late FROM ${s}.again a
          WHERE a.labourer = p_labourer AND a.key = d.key AND a.lane = ${LAST_KEYED} AND a.due <= v_now AND (a.due, a.seq) >= (d.named_due, d.named_seq)
          ORDER BY a.due, a.seq LIMIT 1) x
        ORDER BY x.due, x.seq LIMIT v_room) f;
      v_first_seq := v_seq + coalesce(v_lag, 0);
      v_is_late := v_is_late OR NOT v_is_far;
    END IF;
    IF v_chosen < v_room OR v_is_late THEN
      v_chosen := NULL;
    ELSIF v_first_seq - v_seq > 1000 THEN
      PERFORM ${s}.tidy_turns(p_labourer, ARRAY(
        SELECT t.ctid FROM ${s}.turn t WHERE t.labourer = p_labourer AND t.lane = ${LAST_KEYED} ORDER BY t.due, t.seq LIMIT 2 * v_reach));
    END IF;
  END IF;

  IF v_chosen IS NULL THEN
  v_lanes := ARRAY(
    WITH RECURSIVE lanes AS (
      SELECT (SELECT a.lane FROM ${s}.again a WHERE a.labourer = p_labourer ORDER BY a.lane LIMIT 1) AS lane
      UNION ALL
      SELECT (SELECT a.lane FROM ${s}.again a WHERE a.labourer = p_labourer AND a.lane > l.lane ORDER BY a.lane LIMIT 1) FROM lanes l WHERE l.lane IS NOT NULL)
    SELECT l.lane FROM lanes l WHERE l.lane IS NOT NULL);
  v_deep := NULL;
  LOOP
    SELECT array_agg(f.row), array_agg(f.key), array_agg(f.lane), array_agg(f.due), array_agg(f.seq), count(*)
    INTO v_turn_rows, v_turn_keys, v_turn_lanes, v_turn_dues, v_turn_seqs, v_seen
    FROM (
      SELECT x.* FROM unnest(v_lanes) AS l (lane), LATERAL (
        SELECT t.ctid AS row, t.key, t.lane, t.due, t.seq FROM ${s}.turn t
        WHERE t.labourer = p_labourer AND t.lane = l.lane AND t.lane >= ${KEYED} AND t.due <= v_now
        ORDER BY t.due, t.seq LIMIT v_reach) x
      LIMIT v_reach) f;
    SELECT count(*) INTO v_named FROM (SELECT DISTINCT k.key COLLATE "C", k.lane FROM unnest(v_turn_keys, v_turn_lanes) AS k (key, lane)) n;
    v_depth := coalesce(v_deep, CASE WHEN v_named >= v_room THEN 1 ELSE least(v_room, 1 + 2 * v_room / (v_named + 1)) END);
    v_found := 0;
${lockReadyHead(s, { rows: 'v_ready_rows', seqs: 'v_ready_seqs', ids: 'v_ready_ids', dues: 'v_ready_dues', found: 'v_found', wanted: 'v_depth' })}
    WITH named AS MATERIALIZED (
      SELECT DISTINCT ON (u.key COLLATE "C", u.lane) u.key COLLATE "C" AS key, u.lane, u.due, u.seq, ${runsOf('u.key')} AS runs
      FROM unnest(v_turn_keys, v_turn_lanes, v_turn_dues, v_turn_seqs) AS u (key, lane, due, seq)
      ORDER BY u.key COLLATE "C", u.lane, u.due, u.seq
    ), listed AS MATERIALIZED (
      SELECT x.*, n.runs, n.seq AS named_seq
      FROM named n, LATERAL (
        SELECT a.ctid AS row, a.key, a.lane - ${KEYED} AS lane, a.due, a.seq, NULL::bigint AS nth, ${againExtras('a')} FROM ${s}.again a
        WHERE a.labourer = p_labourer AND a.key = n.key AND a.lane = n.lane AND a.due <= v_now AND (a.due, a.seq) >= (n.due, n.seq)
          AND (NOT v_spent OR (a.attempts = 0 AND a.expires_at <= v_now) IS NOT TRUE)
        ORDER BY a.due, a.seq LIMIT least(v_depth, p_per_key - n.runs)) x
      WHERE n.runs < p_per_key
      UNION ALL
      SELECT * FROM (
        SELECT x.*, ${runsOf(`''`)}, NULL::bigint
        FROM unnest(v_lanes) AS l (lane), LATERAL (
          SELECT a.ctid AS row, NULL::text COLLATE "C", a.lane, a.due, a.seq, NULL::bigint, ${againExtras('a')} FROM ${s}.again a
          WHERE a.labourer = p_labourer AND a.lane = l.lane AND a.lane < ${KEYED} AND a.due <= v_now
            AND (NOT v_spent OR (a.attempts = 0 AND a.expires_at <= v_now) IS NOT TRUE)
          ORDER BY a.due, a.seq LIMIT v_depth) x
        LIMIT v_depth) x
      UNION ALL
      SELECT NULL::tid, NULL::text COLLATE "C", ${LAST_LANE}, r.due, r.seq, r.nth, NULL::smallint, false, ${runsOf(`''`)}, NULL::bigint
      FROM unnest(v_ready_dues, v_ready_seqs) WITH ORDINALITY AS r (due, seq, nth)
    ), ranked AS MATERIALIZED (
      SELECT l.*, l.runs + row_number() OVER (PARTITION BY l.key ORDER BY l.lane, l.due, l.seq) - 1 AS level FROM listed l
    ), chosen AS MATERIALIZED (
      SELECT * FROM ranked r WHERE r.key IS NULL OR r.level < p_per_key ORDER BY r.level, r.lane, r.due, r.seq LIMIT v_room
    ), bound AS (
      -- Of each key that may have more than were looked up: up to which level all of it is known.
      SELECT min(b.runs + v_depth - 1) AS level
      FROM (SELECT r.key, r.runs, count(*) AS found FROM ranked r GROUP BY r.key, r.runs) b
      WHERE b.found >= v_depth AND (b.key IS NULL OR b.runs + v_depth < p_per_key)
    ), latest AS (
      SELECT c.level, c.lane, c.due, c.seq FROM chosen c ORDER BY c.level DESC, c.lane DESC, c.due DESC, c.seq DESC LIMIT 1
    )
    SELECT count(*), array_agg(c.row ORDER BY c.level, c.lane, c.due, c.seq), array_agg(c.seq ORDER BY c.level, c.lane, c.due, c.seq),
      array_agg(c.nth ORDER BY c.level, c.lane, c.due, c.seq), (SELECT coalesce(bool_or(r.late), false) FROM ranked r),
      (SELECT max(r.seq - r.named_seq) FROM chosen r WHERE r.level = r.runs),
      (SELECT b.level FROM bound b) IS NULL OR (count(*) = v_room AND max(c.level) <= (SELECT b.level FROM bound b)),
      v_seen < v_reach OR (count(*) = v_room AND (
        SELECT (l.level, l.lane, l.due, l.seq) <= (0, v_turn_lanes[v_seen] - ${KEYED}, v_turn_dues[v_seen], v_turn_seqs[v_seen]) FROM latest l))
    INTO v_chosen, v_chosen_rows, v_chosen_seqs, v_chosen_nths, v_is_late, v_lag, v_is_deep, v_is_far
    FROM chosen c;
    IF v_is_late AND NOT v_spent THEN
      v_spent := ${DROPPED_MOST};
      IF v_spent THEN
        v_late := 1;
      ELSE${dropLate(s)}
        v_spent := v_late_ids IS NULL;
      END IF;
      CONTINUE;
    END IF;
    EXIT WHEN v_is_deep AND v_is_far;
    IF v_is_deep THEN
      v_reach := 2 * v_reach;
      v_deep := NULL;
    ELSE
      v_deep := least(2 * v_depth, v_room);
    END IF;
  END LOOP;
  IF v_seen > v_named OR v_lag > 1000 OR v_seen > 2 * v_chosen + v_keys_running + 40 THEN
    PERFORM ${s}.tidy_turns(p_labourer, v_turn_rows);
  END IF;
  END IF;

  SELECT array_agg(f.row) FILTER (WHERE f.again), array_agg(f.again), ${factAggregates()}, count(*)
  INTO v_again_rows, v_again_marks, ${factVariables}, v_room
  FROM (
    SELECT * FROM (
      SELECT p.n, true AS again, a.* FROM unnest(v_chosen_rows, v_chosen_seqs) WITH ORDINALITY AS p (row, seq, n), LATERAL (
        SELECT a.ctid AS row, a.seq, a.id, a.attempts, a.due, a.error, ${againExtras('a')}, a.key, a.expires_at, a.follows, a.ended_before
        FROM ${s}.again a WHERE a.ctid = p.row AND a.labourer = p_labourer AND a.seq = p.seq FOR UPDATE SKIP LOCKED) a) a
    UNION ALL
    SELECT p.n, false, NULL, v_ready_seqs[p.nth], v_ready_ids[p.nth], NULL, v_ready_dues[p.nth], NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM unnest(v_chosen_nths) WITH ORDINALITY AS p (nth, n) WHERE p.nth IS NOT NULL
    ORDER BY n) f;
  v_seqs := coalesce(v_seqs, '{}'); v_ids := coalesce(v_ids, '{}'); v_dues := coalesce(v_dues, '{}');`;

/** What is declared for `chooseTurns`. */
export const turnVariables = `
  v_lanes smallint[]; v_runs jsonb; v_over boolean; v_past integer[]; v_keys_running integer;
  v_reach integer; v_depth integer; v_deep integer; v_seen integer; v_named integer;
  v_turn_rows tid[]; v_turn_keys text[]; v_turn_lanes smallint[]; v_turn_dues bigint[]; v_turn_seqs bigint[];
  v_chosen integer; v_due bigint; v_seq bigint; v_first_seq bigint; v_chosen_rows tid[]; v_chosen_seqs bigint[]; v_chosen_nths bigint[];
  v_is_late boolean; v_spent boolean := false; v_lag bigint; v_is_deep boolean; v_is_far boolean;`;

/** The lock that claims with turns of a labourer take alone, as an expression. */
export const turnsLock = (name: string): string =>
  `hashtextextended(p_labourer, hashtext('${`reeve.turns ${name}`.replaceAll("'", "''")}'))`;
