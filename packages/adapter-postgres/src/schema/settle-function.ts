import { firstFreshDue } from './fresh-head.ts';
import { laneOf } from './lanes.ts';
import type { SchemaName } from './names.ts';
import { STEADY_PLANS } from './planner.ts';

/**
 * Decides what became of attempts; no attempt twice in one call.
 *
 * `p_places` says where the caller believes each of them to be. Who claimed an attempt knows its place; for others, and for those that
 * have lapsed since, we look. A place that is wrong does no harm: id and token have to fit.
 *
 * Each statement of the function sees what was committed before it began. An attempt moves once, from its place to `lapsed`; so one that
 * was not in its place when we looked is in `lapsed` when we look there after, or somebody has decided it.
 *
 * Whatever is said of an attempt whose task is to be cancelled, it ends as that (V9).
 *
 * `outcomes` has a letter for each: `a` applied, `c` cancelled, `r` repeated, `s` stale
 */
export const settleFunction = ({ quoted: s, literal, dollar }: SchemaName): string => {
  const given = `unnest(p_labourers, p_ids, p_tokens, p_kinds, p_afters, p_errors, p_results, p_stats, p_places)
      WITH ORDINALITY AS g (labourer, id, token, kind, after, error, result, stats, place, n)`;
  const columns = (from: string): string =>
    [
      'labourer',
      'id',
      'seq',
      'attempts',
      'due',
      'claimed_at',
      'error',
      'priority',
      'key',
      'expires_at',
      'follows',
      'ended_before',
      'cancelling',
    ]
      .map((column) => `${from}.${column}`)
      .join(', ');
  const unlessCancelled = (column: string): string => `CASE WHEN x.cancelling THEN NULL ELSE g.${column} END AS ${column}`;
  const facts = `x.row, x.no, x.labourer, x.id, x.seq, x.attempts, x.due, x.claimed_at, x.error AS former_error, x.priority, x.key, x.expires_at, x.follows, x.ended_before,
        greatest(v_now, x.ended_before + 1) AS ended_at,
        CASE WHEN x.cancelling THEN 'cancelled' ELSE g.kind END AS kind, g.token, g.after,
        ${['error', 'result', 'stats'].map(unlessCancelled).join(', ')}, g.n`;
  return `
CREATE OR REPLACE FUNCTION ${s}.settle(
  p_expired boolean,  -- only attempts whose deadline has passed
  p_ring boolean,     -- tell others of places that are free now
  p_keep text,        -- of this labourer the places are not freed but kept for the claim that follows, and named: see \`claim\`
  p_labourers text[], p_ids text[], p_tokens text[], p_kinds text[], p_afters bigint[], p_errors text[], p_results text[], p_stats text[],
  p_places integer[],
  OUT outcomes text, OUT kept integer[]
) LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
#variable_conflict use_column
DECLARE
  v_count integer := cardinality(p_ids);
  v_applied bigint[] := '{}';
  v_rows tid[];
  v_decided bigint[];
  v_stopped bigint[];
  v_cancelled bigint[] := '{}';
  v_kept integer[];
  v_now bigint;
BEGIN
  kept := '{}';
  PERFORM ${s}.check_isolation();
  FOR v_pass IN 1..3 LOOP  -- 1: where the caller says; 2: in any place of the labourer; 3: among the lapsed
    IF v_pass = 2 THEN
      -- Once through the places of each labourer, whatever the number of attempts.
      WITH held AS MATERIALIZED (
        SELECT s.* FROM (SELECT DISTINCT u.labourer FROM unnest(p_labourers) AS u (labourer)) l, LATERAL (
          SELECT s.labourer, s.no, s.token, s.id FROM ${s}.slot s
          WHERE s.labourer = l.labourer AND s.token = ANY (ARRAY(SELECT DISTINCT u.token FROM unnest(p_tokens) AS u (token)))
          OFFSET 0) s
      )
      SELECT array_agg((
        SELECT h.no FROM held h WHERE h.labourer = g.labourer AND h.token = g.token AND h.id = g.id AND g.n <> ALL (v_applied)) ORDER BY g.n)
      INTO p_places FROM ${given};
      CONTINUE WHEN array_remove(p_places, NULL) = '{}';
    END IF;
    v_now := ${s}.now_ms();
    -- Each row is locked as it is found, in the order of the arguments.
    WITH placed AS MATERIALIZED (
      SELECT ${facts}
      FROM ${given}, LATERAL (
        SELECT s.ctid AS row, s.no, ${columns('s')} FROM ${s}.slot s
        WHERE s.labourer = g.labourer AND s.no = g.place AND s.token = g.token AND s.id = g.id AND (NOT p_expired OR s.deadline <= v_now)
        FOR UPDATE) x
      WHERE v_pass < 3
    ), late AS MATERIALIZED (
      SELECT ${facts}
      FROM ${given}, LATERAL (
        SELECT l.ctid AS row, NULL::integer AS no, ${columns('l')} FROM ${s}.lapsed l
        WHERE l.id = g.id AND l.labourer = g.labourer AND l.token = g.token
        FOR UPDATE) x
      WHERE v_pass = 3 AND g.n <> ALL (v_applied)
    ), decided AS (
      SELECT * FROM placed UNION ALL SELECT * FROM late
    ), ended AS (
      INSERT INTO ${s}.history (seq, id, labourer, state, token, attempts, claimed_at, ended_at, error, result, stats)
      SELECT seq, id, labourer, kind, token, attempts, claimed_at, ended_at, coalesce(error, former_error), result, stats
      FROM decided WHERE kind IN ('completed', 'dead', 'cancelled')
    ), following AS (
      INSERT INTO ${s}.outbox (id, labourer, ended_at, seq)
      SELECT id, labourer, ended_at, seq FROM decided WHERE follows AND kind IN ('completed', 'dead', 'cancelled')
    ), failed AS (
      INSERT INTO ${s}.failure (id, attempt, at, error)
      SELECT id, attempts, v_now, coalesce(error, '') FROM decided WHERE kind IN ('retry', 'dead')
    ), queued AS (
      INSERT INTO ${s}.again (labourer, due, seq, id, attempts, token, verdict, error, lane, key, expires_at, follows, ended_before)
      SELECT labourer, coalesce(v_now + after, due), seq, id, attempts - CASE kind WHEN 'released' THEN 1 ELSE 0 END, token, kind,
        coalesce(error, former_error), ${laneOf('coalesce(priority, 0)', 'key', false)}, key, expires_at, follows, ended_before
      FROM decided WHERE kind IN ('retry', 'released')
      RETURNING labourer, lane, due, seq, key
    ), turns AS (
      INSERT INTO ${s}.turn (labourer, lane, due, seq, key) SELECT labourer, lane, due, seq, key FROM queued WHERE key IS NOT NULL
    )
    SELECT array_agg(row) FILTER (WHERE no IS NULL OR labourer IS DISTINCT FROM p_keep), array_agg(no) FILTER (WHERE no IS NOT NULL AND labourer = p_keep),
      array_agg(n), array_agg(n) FILTER (WHERE kind = 'cancelled')
    INTO v_rows, v_kept, v_decided, v_stopped FROM decided;
    kept := kept || v_kept;
    IF v_rows IS NULL THEN
      NULL;
    ELSIF v_pass < 3 THEN
      UPDATE ${s}.slot SET token = NULL WHERE ctid = ANY (v_rows);
    ELSE
      DELETE FROM ${s}.lapsed WHERE ctid = ANY (v_rows);
    END IF;
    v_applied := v_applied || v_decided;
    v_cancelled := v_cancelled || v_stopped;
    EXIT WHEN cardinality(v_applied) = v_count;
  END LOOP;

  IF p_errors IS NOT NULL THEN
    PERFORM ${s}.trim_failures(p_ids);
  END IF;
  IF p_ring AND v_applied <> '{}' THEN
    PERFORM pg_notify(${literal}, d.labourer)
    FROM (SELECT DISTINCT g.labourer FROM unnest(p_labourers) WITH ORDINALITY AS g (labourer, n) WHERE g.n = ANY (v_applied)) d
    WHERE ${firstFreshDue(s, 'd.labourer')} <= v_now
       OR (SELECT a.due FROM ${s}.again a WHERE a.labourer = d.labourer ORDER BY a.due, a.seq LIMIT 1) <= v_now;
  END IF;
  IF cardinality(v_applied) = v_count AND v_cancelled = '{}' THEN
    outcomes := repeat('a', v_count);
    RETURN;
  END IF;

  SELECT string_agg(CASE
    WHEN g.n = ANY (v_cancelled) THEN 'c'
    WHEN g.n = ANY (v_applied) THEN 'a'
    WHEN coalesce((
      -- Only a released task can have been dropped and have been tried.
      SELECT CASE h.state WHEN 'dropped' THEN 'released' ELSE h.state END = g.kind FROM ${s}.history h
      WHERE h.seq = (SELECT t.seq FROM ${s}.task t WHERE t.id = g.id) AND h.labourer = g.labourer AND h.token = g.token
    ), (
      SELECT a.verdict = g.kind FROM ${s}.again a WHERE a.id = g.id AND a.labourer = g.labourer AND a.token = g.token
    )) THEN 'r'
    ELSE 's' END, '' ORDER BY g.n)
  INTO outcomes FROM ${given};
END ${dollar};
`;
};
