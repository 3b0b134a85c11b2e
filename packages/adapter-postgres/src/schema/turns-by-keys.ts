import { lockHeadOf, OF_AGAIN, OF_KEYED, OF_READY } from './fresh-head.ts';
import { againExtras, DROPPED_MOST, dropLate, factAggregates, factVariables } from './lane-head.ts';
import { KEYED, LAST_KEYED, LAST_LANE } from './lanes.ts';
import { leftOf, NO_LIMIT, runsOf } from './turn-counts.ts';
import { MOST_BEHIND } from './turns-by-head.ts';

const READY = {
  ...{ rows: 'v_ready_rows', seqs: 'v_ready_seqs', ids: 'v_ready_ids', dues: 'v_ready_dues', taskRows: 'v_ready_task_rows' },
  ...{ keys: '', found: 'v_found' },
};

/** What is declared for it. */
export const keysVariables = `
  v_lanes smallint[]; v_last_again boolean; v_any_keyed boolean; v_open integer; v_depth integer; v_deep integer; v_seen integer; v_named integer;
  v_turn_rows tid[]; v_turn_keys text[]; v_turn_lanes smallint[]; v_turn_dues bigint[]; v_turn_seqs bigint[];
  v_ready_rows tid[]; v_ready_seqs bigint[]; v_ready_ids text[]; v_ready_dues bigint[]; v_ready_task_rows tid[];
  v_chosen_sources integer[]; v_chosen_nths bigint[]; v_spent boolean := false; v_is_deep boolean;`;

/** Of all that is queued, by the first tasks of all keys that have a say: as deep and as far as it takes. See \`chooseTurns\`. */
export const chooseByKeys = (s: string): string => `
  v_lanes := ARRAY(
    WITH RECURSIVE lanes AS (
      SELECT (SELECT a.lane FROM ${s}.again a WHERE a.labourer = p_labourer ORDER BY a.lane LIMIT 1) AS lane
      UNION ALL
      SELECT (SELECT a.lane FROM ${s}.again a WHERE a.labourer = p_labourer AND a.lane > l.lane ORDER BY a.lane LIMIT 1) FROM lanes l WHERE l.lane IS NOT NULL)
    SELECT l.lane FROM lanes l WHERE l.lane IS NOT NULL);
  v_last_again := ${LAST_KEYED} = ANY (v_lanes);
  v_any_keyed := EXISTS (SELECT FROM ONLY ${s}.keyed r WHERE r.labourer = p_labourer AND r.due <= v_now);
  IF NOT v_last_again AND v_any_keyed THEN
    v_lanes := v_lanes || ${LAST_KEYED}::smallint;
  END IF;
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
    SELECT count(*), count(*) FILTER (WHERE NOT v_shut_keys ? n.key) INTO v_named, v_open
    FROM (SELECT DISTINCT k.key COLLATE "C" AS key, k.lane FROM unnest(v_turn_keys, v_turn_lanes) AS k (key, lane)) n;
    v_depth := coalesce(v_deep, CASE WHEN v_open >= v_room THEN 1 ELSE least(v_room, 1 + 2 * v_room / (v_open + 1)) END);
    v_found := 0;
${lockHeadOf(s, 'ready', 'v_depth', READY)}
    IF v_any_keyed THEN${chooseAmong(s, true)}
    ELSE${chooseAmong(s, false)}
    END IF;
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
  IF v_seen > v_named OR v_lag > ${MOST_BEHIND} OR v_seen > 2 * v_chosen + v_keys_running + v_shut + 40 THEN
    PERFORM ${s}.tidy_turns(p_labourer, v_turn_rows);
  END IF;
${beginOfFresh(s)}

  IF v_any_keyed OR v_found > 0 THEN
    SELECT ${factAggregates()}, array_agg(f.task_row), count(*) INTO ${factVariables}, v_task_rows, v_room
    FROM (
    SELECT * FROM (
${lockAgain(s)}) a
    UNION ALL
    SELECT * FROM (
      SELECT p.n, r.* FROM unnest(v_chosen_rows, v_chosen_seqs, v_chosen_sources) WITH ORDINALITY AS p (row, seq, source, n), LATERAL (
        SELECT r.ctid AS row, ${OF_KEYED}::smallint, r.seq, r.id, NULL::integer, r.due, NULL::text, NULL::smallint, NULL::boolean, r.key, NULL::bigint, NULL::boolean,
          NULL::bigint, r.task_row
        FROM ONLY ${s}.keyed r WHERE p.source = ${OF_KEYED} AND r.ctid = p.row AND r.labourer = p_labourer AND r.seq = p.seq FOR UPDATE SKIP LOCKED) r) r
    UNION ALL
    SELECT p.n, v_ready_rows[p.nth], ${OF_READY}::smallint, v_ready_seqs[p.nth], v_ready_ids[p.nth], NULL, v_ready_dues[p.nth], NULL, NULL, NULL, NULL, NULL, NULL,
      NULL, v_ready_task_rows[p.nth]
    FROM unnest(v_chosen_nths) WITH ORDINALITY AS p (nth, n) WHERE p.nth IS NOT NULL
    ORDER BY n) f;
  ELSE
    SELECT ${factAggregates()}, count(*) INTO ${factVariables}, v_room
    FROM (
${lockAgain(s)}
      ORDER BY p.n) f;
  END IF;`;

const lockAgain = (
  s: string,
): string => `SELECT p.n, a.* FROM unnest(v_chosen_rows, v_chosen_seqs, v_chosen_sources) WITH ORDINALITY AS p (row, seq, source, n), LATERAL (
        SELECT a.ctid AS row, ${OF_AGAIN}::smallint AS source, a.seq, a.id, a.attempts, a.due, a.error, ${againExtras('a')}, a.key, a.expires_at, a.follows,
          a.ended_before, NULL::tid AS task_row
        FROM ${s}.again a WHERE p.source = ${OF_AGAIN} AND a.ctid = p.row AND a.labourer = p_labourer AND a.seq = p.seq FOR UPDATE SKIP LOCKED) a`;

/** Nothing fresh that is due stands before the first row of \`turn\`, if it has a key, nor before the first that we have locked, if it has none. */
const beginOfFresh = (s: string): string => `
  SELECT f.due, f.seq - 1 INTO v_end_due, v_end_seq
  FROM (
    (SELECT t.due, t.seq FROM ${s}.turn t WHERE t.labourer = p_labourer AND t.lane = ${LAST_KEYED} AND t.due <= v_now ORDER BY t.due, t.seq LIMIT 1)
    UNION ALL
    SELECT v_ready_dues[1], v_ready_seqs[1] WHERE v_found > 0) f
  ORDER BY f.due, f.seq LIMIT 1;
  v_is_first := false;`;

/** @param keyed whether there are such as stand in \`keyed\`: where there are none, the statement is shorter, and quicker to begin */
const chooseAmong = (s: string, keyed: boolean): string => `
    WITH named AS MATERIALIZED (
      SELECT DISTINCT ON (u.key COLLATE "C", u.lane) u.key COLLATE "C" AS key, u.lane, u.due, u.seq, ${runsOf('u.key')} AS runs, ${leftOf('u.key')} AS most
      FROM unnest(v_turn_keys, v_turn_lanes, v_turn_dues, v_turn_seqs) AS u (key, lane, due, seq)
      ORDER BY u.key COLLATE "C", u.lane, u.due, u.seq
    ), listed AS MATERIALIZED (
      SELECT x.*, n.runs, n.most, n.seq AS named_seq
      FROM named n, LATERAL (
        SELECT a.ctid AS row, ${OF_AGAIN} AS source, a.key, a.lane - ${KEYED} AS lane, a.due, a.seq, NULL::bigint AS nth, ${againExtras('a')} FROM ${s}.again a
        WHERE a.labourer = p_labourer AND a.key = n.key AND a.lane = n.lane AND (n.lane < ${LAST_KEYED} OR v_last_again) AND a.due <= v_now AND (a.due, a.seq) >= (n.due, n.seq)
          AND (NOT v_spent OR (a.attempts = 0 AND a.expires_at <= v_now) IS NOT TRUE)
        ORDER BY a.due, a.seq LIMIT least(v_depth, n.most)) x
      WHERE n.most > 0${keyed ? ofKeyed(s) : ''}
      UNION ALL
      SELECT * FROM (
        SELECT x.*, ${runsOf(`''`)}, ${NO_LIMIT}, NULL::bigint
        FROM unnest(v_lanes) AS l (lane), LATERAL (
          SELECT a.ctid AS row, ${OF_AGAIN}, NULL::text COLLATE "C", a.lane, a.due, a.seq, NULL::bigint, ${againExtras('a')} FROM ${s}.again a
          WHERE a.labourer = p_labourer AND a.lane = l.lane AND a.lane < ${KEYED} AND a.due <= v_now
            AND (NOT v_spent OR (a.attempts = 0 AND a.expires_at <= v_now) IS NOT TRUE)
          ORDER BY a.due, a.seq LIMIT v_depth) x
        LIMIT v_depth) x
      UNION ALL
      SELECT NULL::tid, ${OF_READY}, NULL::text COLLATE "C", ${LAST_LANE}, r.due, r.seq, r.nth, NULL::smallint, false, ${runsOf(`''`)}, ${NO_LIMIT}, NULL::bigint
      FROM unnest(v_ready_dues, v_ready_seqs) WITH ORDINALITY AS r (due, seq, nth)
    ), ranked AS MATERIALIZED (
      SELECT l.*, l.runs + l.place AS level
      FROM (SELECT l.*, row_number() OVER (PARTITION BY l.key ORDER BY l.lane, l.due, l.seq) - 1 AS place FROM listed l) l
    ), chosen AS MATERIALIZED (
      SELECT * FROM ranked r WHERE r.place < r.most ORDER BY r.level, r.lane, r.due, r.seq LIMIT v_room
    ), bound AS (
      -- Of each key that may have more than were looked up: up to which level all of it is known.
      SELECT min(b.runs + v_depth - 1) AS level
      FROM (SELECT r.key, r.runs, r.most, count(*) AS found FROM ranked r GROUP BY r.key, r.runs, r.most) b
      WHERE b.found >= v_depth AND v_depth < b.most
    ), latest AS (
      SELECT c.level, c.lane, c.due, c.seq FROM chosen c ORDER BY c.level DESC, c.lane DESC, c.due DESC, c.seq DESC LIMIT 1
    )
    SELECT count(*), array_agg(c.row), array_agg(c.source), array_agg(c.seq),
      array_agg(c.nth), (SELECT coalesce(bool_or(r.late), false) FROM ranked r),
      (SELECT max(r.seq - r.named_seq) FROM chosen r WHERE r.level = r.runs),
      (SELECT b.level FROM bound b) IS NULL OR (count(*) = v_room AND max(c.level) <= (SELECT b.level FROM bound b)),
      v_seen < v_reach OR (count(*) = v_room AND (
        SELECT (l.level, l.lane, l.due, l.seq) <= (0, v_turn_lanes[v_seen] - ${KEYED}, v_turn_dues[v_seen], v_turn_seqs[v_seen]) FROM latest l))
    INTO v_chosen, v_chosen_rows, v_chosen_sources, v_chosen_seqs, v_chosen_nths, v_is_late, v_lag, v_is_deep, v_is_far
    FROM chosen c;`;

const ofKeyed = (s: string): string => `
      UNION ALL
      SELECT x.*, n.runs, n.most, n.seq AS named_seq
      FROM named n, LATERAL (
        SELECT r.ctid AS row, ${OF_KEYED} AS source, r.key, ${LAST_LANE}, r.due, r.seq, NULL::bigint AS nth, NULL::smallint AS priority, false FROM ONLY ${s}.keyed r
        WHERE r.labourer = p_labourer AND r.key = n.key AND r.due <= v_now AND (r.due, r.seq) >= (n.due, n.seq)
        ORDER BY r.due, r.seq LIMIT least(v_depth, n.most)) x
      WHERE n.most > 0 AND n.lane = ${LAST_KEYED}`;
