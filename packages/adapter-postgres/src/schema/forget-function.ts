import type { SchemaName } from './names.ts';
import { STEADY_PLANS } from './planner.ts';

/** Deletes a page of ended tasks, the oldest first. Callers at once pass each other's rows by. @returns how many */
export const forgetFunction = ({ quoted: s, dollar }: SchemaName): string => `
CREATE FUNCTION ${s}.forget(p_labourers text[], p_keep bigint, p_most integer)
RETURNS integer LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
DECLARE
  v_ended_by bigint := ${s}.now_ms() - p_keep;
  v_rows tid[];
  v_ids text[];
BEGIN
  SELECT array_agg(o.row), array_agg(o.id) INTO v_rows, v_ids
  FROM (
    SELECT h.row, h.id
    FROM unnest(p_labourers) AS l (labourer), unnest(ARRAY['completed', 'dead']) AS w (state), LATERAL (
      SELECT h.ctid AS row, h.id FROM ${s}.history h
      WHERE h.labourer = l.labourer AND h.state = w.state AND h.ended_at <= v_ended_by
      ORDER BY h.ended_at, h.seq LIMIT p_most FOR UPDATE SKIP LOCKED) h
    LIMIT p_most) o;
  DELETE FROM ${s}.history WHERE ctid = ANY (v_rows);
  DELETE FROM ${s}.task WHERE id = ANY (v_ids);
  RETURN coalesce(cardinality(v_ids), 0);
END ${dollar};
`;
