import type { SchemaName } from './names.ts';
import { STEADY_PLANS } from './planner.ts';

/**
 * Moves deadlines. `deadline > now`: an expired lease's place may pass to another at any moment, so it is never revived (N2). The clock is
 * read for each row, and read again where the row had to be waited for.
 *
 * `deadline` is NULL where the task is to be cancelled: then it stays where it was (N3). Not told unless `p_tells`.
 */
export const renewFunctions = ({ quoted: s, dollar }: SchemaName): string => `
CREATE OR REPLACE FUNCTION ${s}.renew(p_labourers text[], p_ids text[], p_tokens text[], p_leases bigint[], p_places integer[], p_tells boolean)
RETURNS TABLE (n integer, deadline bigint) LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
#variable_conflict use_column
DECLARE
  v_one record;
BEGIN
  FOR v_one IN
    SELECT g.n, g.lease, x.row, x.cancelling
    FROM unnest(p_labourers, p_ids, p_tokens, p_leases, p_places) WITH ORDINALITY AS g (labourer, id, token, lease, place, n), LATERAL (
      SELECT s.ctid AS row, s.cancelling FROM ${s}.slot s
      WHERE s.labourer = g.labourer AND s.no = g.place AND s.id = g.id AND s.token = g.token AND s.deadline > ${s}.now_ms()
      FOR UPDATE) x
  LOOP
    n := v_one.n;
    IF v_one.cancelling THEN
      deadline := NULL;
      IF p_tells THEN
        RETURN NEXT;
      END IF;
      CONTINUE;
    END IF;
    deadline := ${s}.now_ms() + v_one.lease;
    UPDATE ${s}.slot s SET deadline = renew.deadline WHERE s.ctid = v_one.row;
    RETURN NEXT;
  END LOOP;
END ${dollar};

-- For processes of version 1, which know no cancellation: to them such an attempt is stale, and stops.
CREATE OR REPLACE FUNCTION ${s}.renew(p_labourers text[], p_ids text[], p_tokens text[], p_leases bigint[], p_places integer[])
RETURNS TABLE (n integer, deadline bigint) LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
BEGIN
  RETURN QUERY SELECT * FROM ${s}.renew(p_labourers, p_ids, p_tokens, p_leases, p_places, false);
END ${dollar};
`;
