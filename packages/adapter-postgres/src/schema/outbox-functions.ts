import type { SchemaName } from './names.ts';
import { STEADY_PLANS } from './planner.ts';

/** The outbox is mostly empty, and now and then it is not: what is looked at may not hang on when its statistics were gathered. */
export const outboxFunctions = ({ quoted: s, dollar }: SchemaName): string => `
-- The oldest are chosen first, so that results are read of the chosen only.
CREATE OR REPLACE FUNCTION ${s}.outbox(p_labourers text[], p_limit bigint)
RETURNS TABLE (id text, labourer text, ended_at bigint, state text, result text, follow text) LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT e.id, e.labourer, e.ended_at, h.state, h.result, t.follow
  FROM (
    SELECT o.* FROM (SELECT DISTINCT u.labourer FROM unnest(p_labourers) AS u (labourer)) l, LATERAL (
      SELECT o.id, o.labourer, o.ended_at, o.seq FROM ${s}.outbox o
      WHERE o.labourer = l.labourer
      ORDER BY o.ended_at, o.seq LIMIT p_limit) o
    ORDER BY o.ended_at, o.seq LIMIT p_limit
  ) e,
  LATERAL (SELECT h.state, h.result FROM ${s}.history h WHERE h.seq = e.seq LIMIT 1) h,
  LATERAL (SELECT t.follow FROM ${s}.task t WHERE t.id = e.id LIMIT 1) t
  ORDER BY e.ended_at, e.seq;
END ${dollar};

-- In the order of ids, so that no two callers wait for each other.
CREATE OR REPLACE FUNCTION ${s}.take_out(p_labourers text[], p_ids text[], p_ended bigint[]) RETURNS void LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
DECLARE
  v_rows tid[];
BEGIN
  SELECT array_agg(x.row) INTO v_rows
  FROM (SELECT * FROM unnest(p_labourers, p_ids, p_ended) AS u (labourer, id, ended_at) ORDER BY u.id) g, LATERAL (
    SELECT o.ctid AS row, o.labourer, o.ended_at FROM ${s}.outbox o WHERE o.id = g.id FOR UPDATE) x
  WHERE x.labourer = g.labourer AND x.ended_at = g.ended_at;
  DELETE FROM ${s}.outbox WHERE ctid = ANY (v_rows);
END ${dollar};
`;
