import { MOST_ERRORS } from '@reeve/core';
import type { SchemaName } from './names.ts';
import { STEADY_PLANS } from './planner.ts';

/**
 * Deletes a page of ended tasks, the oldest first. Callers at once pass each other's rows by. Ends that are still in
 * the outbox are left (U4). @returns how many
 */
export const forgetFunctions = ({ quoted: s, dollar }: SchemaName): string => `
-- What is to be kept of each labourer and state: what ended less than so long ago, and the newest so many. Both bounds are places in one index.
CREATE OR REPLACE FUNCTION ${s}.forget(
  p_labourers text[], p_states text[], p_keeps bigint[],
  p_counts bigint[],  -- NULL: however many there are
  p_most integer
) RETURNS integer LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
DECLARE
  v_now bigint := ${s}.now_ms();
  v_rows tid[];
  v_ids text[];
  v_failed text[];
BEGIN
  SELECT array_agg(o.row), array_agg(o.id), array_agg(o.id) FILTER (WHERE o.error IS NOT NULL) INTO v_rows, v_ids, v_failed
  FROM (
    SELECT h.row, h.id, h.error
    FROM unnest(p_labourers, p_states, p_keeps, p_counts) AS g (labourer, state, keep, count)
    LEFT JOIN LATERAL (
      SELECT h.ended_at, h.seq FROM ${s}.history h
      WHERE h.labourer = g.labourer AND h.state = g.state AND g.count IS NOT NULL
      ORDER BY h.ended_at DESC, h.seq DESC OFFSET g.count LIMIT 1) n ON true,
    LATERAL (
      SELECT h.ctid AS row, h.id, h.error FROM ${s}.history h
      WHERE h.labourer = g.labourer AND h.state = g.state
        AND (h.ended_at, h.seq) <= (greatest(n.ended_at, v_now - g.keep), CASE WHEN n.ended_at > v_now - g.keep THEN n.seq ELSE 9223372036854775807 END)
        AND NOT EXISTS (SELECT FROM ${s}.outbox o WHERE o.id = h.id)
      ORDER BY h.ended_at, h.seq LIMIT p_most FOR UPDATE SKIP LOCKED) h
    LIMIT p_most) o;
  DELETE FROM ${s}.history WHERE ctid = ANY (v_rows);
  DELETE FROM ${s}.task WHERE id = ANY (v_ids);
  DELETE FROM ${s}.failure WHERE id = ANY (v_failed);
  RETURN coalesce(cardinality(v_ids), 0);
END ${dollar};

-- For processes of version 1, to which all labourers and states are alike.
CREATE OR REPLACE FUNCTION ${s}.forget(p_labourers text[], p_keep bigint, p_most integer) RETURNS integer LANGUAGE sql AS ${dollar}
  SELECT ${s}.forget(array_agg(l.labourer), array_agg(w.state), array_agg(p_keep), NULL::bigint[], p_most)
  FROM unnest(p_labourers) AS l (labourer), unnest(ARRAY['completed', 'dead', 'cancelled', 'dropped']) AS w (state)
${dollar};

-- Of each of these tasks all errors but the last ten.
CREATE OR REPLACE FUNCTION ${s}.trim_failures(p_ids text[]) RETURNS void LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
BEGIN
  DELETE FROM ${s}.failure f USING (SELECT DISTINCT u.id FROM unnest(p_ids) AS u (id)) g
  WHERE f.id = g.id AND f.no <= (SELECT l.no FROM ${s}.failure l WHERE l.id = g.id ORDER BY l.no DESC LIMIT 1 OFFSET ${MOST_ERRORS});
END ${dollar};

-- Entries of the register whose time is over; whoever looks does not see them any more.
CREATE OR REPLACE FUNCTION ${s}.forget_entries(p_most integer) RETURNS integer LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
DECLARE
  v_rows tid[];
BEGIN
  SELECT array_agg(f.ctid) INTO v_rows
  FROM (SELECT e.ctid FROM ${s}.entry e WHERE e.until <= ${s}.now_ms() ORDER BY e.until LIMIT p_most FOR UPDATE SKIP LOCKED) f;
  DELETE FROM ${s}.entry WHERE ctid = ANY (v_rows);
  RETURN coalesce(cardinality(v_rows), 0);
END ${dollar};
`;
