import { labourersLock } from './claim-function.ts';
import type { SchemaName } from './names.ts';
import { STEADY_PLANS } from './planner.ts';
import { lockReadyHead } from './ready-head.ts';

/**
 * Settles, then claims. The letters of the outcomes are in the row without an id.
 *
 * Nearly always all is well: attempts of this labourer have completed, and are where the caller believes. Then one update of each place
 * takes it from the ended attempt to the next, and `history` gets what was read from the place before. Whatever else there is, a
 * verdict of another kind, one that is stale, a task that is tried again, goes the long way: `settle`, then `claim`.
 *
 * The places are looked up without a lock, and checked as they are written: token and id have to be the same still, and while they are, so is
 * the rest of what goes into `history`. If one does not fit, all is taken back to where it began, and goes the long way as well.
 *
 * Arrays are read by their subscripts, which is as quick as can be here: `unnest` of ten arrays builds ten tables of one column first.
 */
export const exchangeFunction = ({ quoted: s, name, dollar }: SchemaName): string => `
CREATE FUNCTION ${s}.exchange(
  p_labourer text, p_token text, p_cap integer, p_limit integer, p_lease bigint, p_from_due bigint, p_from_seq bigint,
  p_labourers text[], p_ids text[], p_tokens text[], p_kinds text[], p_afters bigint[], p_errors text[], p_results text[], p_stats text[],
  p_places integer[]
) RETURNS TABLE (
  outcomes text, now_ms bigint, next_due bigint,
  id text, payload text, attempt integer, created_at bigint, due bigint, place integer, seq bigint
) LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
#variable_conflict use_column
DECLARE
  v_count integer := cardinality(p_ids);
  v_now bigint := ${s}.now_ms();
  v_passed boolean := false;
  v_done integer;
  v_outcomes text;
  v_kept integer[];
  v_ready_rows tid[]; v_seqs bigint[]; v_ids text[]; v_dues bigint[];
  v_taken integer;
  v_next bigint;
BEGIN
  PERFORM ${s}.check_isolation();
  IF v_count BETWEEN 1 AND p_limit AND 'completed' = ALL (p_kinds) AND p_labourer = ALL (p_labourers) AND p_cap >= ALL (p_places)
    AND (SELECT a.due FROM ${s}.again a WHERE a.labourer = p_labourer ORDER BY a.due, a.seq LIMIT 1) <= v_now IS NOT TRUE
  THEN
    PERFORM pg_advisory_xact_lock_shared(${labourersLock(name)});
    v_now := ${s}.now_ms();
    v_passed := NOT EXISTS (
      SELECT FROM ${s}.slot s WHERE s.labourer = p_labourer AND s.no > p_cap AND s.token IS NOT NULL AND s.deadline > v_now);
  END IF;

  IF v_passed THEN
    BEGIN
${lockReadyHead(s, { rows: 'v_ready_rows', seqs: 'v_seqs', ids: 'v_ids', dues: 'v_dues', found: 'v_taken', wanted: 'v_count' })}
      DELETE FROM ${s}.ready WHERE ctid = ANY (v_ready_rows);
      v_now := ${s}.now_ms();
      WITH passed AS (
        UPDATE ${s}.slot p
        SET token = CASE WHEN v.n <= v_taken THEN p_token END, seq = v_seqs[v.n], id = v_ids[v.n], attempts = 1, due = v_dues[v.n],
            claimed_at = v_now, deadline = v_now + p_lease, error = NULL
        FROM (
          SELECT g.n, x.* FROM unnest(p_places) WITH ORDINALITY AS g (no, n), LATERAL (
            SELECT s.ctid AS row, s.seq, s.attempts, s.claimed_at, s.error FROM ${s}.slot s
            WHERE s.labourer = p_labourer AND s.no = g.no AND s.token = p_tokens[g.n] AND s.id = p_ids[g.n]
            OFFSET 0) x
        ) v
        WHERE p.ctid = v.row AND p.token = p_tokens[v.n] AND p.id = p_ids[v.n]
        RETURNING v.n, v.seq, v.attempts, v.claimed_at, v.error
      )
      INSERT INTO ${s}.history (seq, id, labourer, state, token, attempts, claimed_at, ended_at, error, result, stats)
      SELECT e.seq, p_ids[e.n], p_labourer, 'completed', p_tokens[e.n], e.attempts, e.claimed_at, v_now, e.error, p_results[e.n], p_stats[e.n]
      FROM passed e;
      GET DIAGNOSTICS v_done = ROW_COUNT;
      IF v_done <> v_count THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found';
      END IF;
    EXCEPTION WHEN no_data_found THEN
      v_passed := false;
    END;
  END IF;

  IF NOT v_passed THEN
    SELECT * INTO v_outcomes, v_kept
    FROM ${s}.settle(false, false, p_labourer, p_labourers, p_ids, p_tokens, p_kinds, p_afters, p_errors, p_results, p_stats, p_places);
    RETURN QUERY
    SELECT CASE WHEN c.id IS NULL THEN v_outcomes END, c.*
    FROM ${s}.claim(p_labourer, p_token, p_cap, p_limit, p_lease, p_from_due, p_from_seq, v_kept) c;
    RETURN;
  END IF;

  RETURN QUERY
  SELECT NULL::text, NULL::bigint, NULL::bigint, g.id, t.payload, 1, t.created_at, v_dues[g.n], p_places[g.n], NULL::bigint
  FROM unnest(v_ids) WITH ORDINALITY AS g (id, n), LATERAL (SELECT t.payload, t.created_at FROM ${s}.task t WHERE t.id = g.id LIMIT 1) t;

  IF v_taken = v_count AND p_limit > v_count THEN
    RETURN QUERY
    SELECT CASE WHEN c.id IS NULL THEN repeat('a', v_count) END, CASE WHEN c.id IS NULL THEN v_now END, c.next_due, c.id, c.payload, c.attempt, c.created_at,
      CASE WHEN c.id IS NULL AND c.seq IS NULL THEN v_dues[v_taken] ELSE c.due END, c.place,
      CASE WHEN c.id IS NULL THEN coalesce(c.seq, v_seqs[v_taken]) END
    FROM ${s}.claim(p_labourer, p_token, p_cap, p_limit - v_count, p_lease, v_dues[v_taken], v_seqs[v_taken], NULL) c;
    RETURN;
  END IF;
  IF v_taken < p_limit THEN
    v_next := least(
      (SELECT a.due FROM ${s}.again a WHERE a.labourer = p_labourer ORDER BY a.due, a.seq LIMIT 1),
      (SELECT r.due FROM ${s}.ready r WHERE r.labourer = p_labourer ORDER BY r.due, r.seq LIMIT 1));
  END IF;
  RETURN QUERY SELECT repeat('a', v_count), v_now, v_next, NULL::text, NULL::text, NULL::integer, NULL::bigint,
    v_dues[v_taken], NULL::integer, v_seqs[v_taken];
END ${dollar};
`;
