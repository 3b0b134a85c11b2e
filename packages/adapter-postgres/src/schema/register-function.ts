import type { SchemaName } from './names.ts';
import { STEADY_PLANS } from './planner.ts';

/**
 * Changes entries of the register, each name once. In the order of names, so that no two callers wait for each other.
 *
 * An entry is locked before it is compared, and what is said of it is said of what lies there then. Where none lies there is nothing to lock: of
 * two that make it at once one comes first, and the other finds its row and compares with that.
 *
 * @returns a row for each change: whether it was written, and if not, what lies there; `at` is the instant of the latest look
 */
export const registerFunction = ({ quoted: s, dollar }: SchemaName): string => `
CREATE OR REPLACE FUNCTION ${s}.change(
  p_names text[], p_values text[], p_stamps text[], p_keeps bigint[],
  p_compares boolean[],  -- whether it matters what lies there
  p_expected text[]
) RETURNS TABLE (n integer, written boolean, value text, stamp text, at bigint) LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
#variable_conflict use_column
DECLARE
  v_one record;
  v_entry record;
  v_there boolean;
BEGIN
  PERFORM ${s}.check_isolation();
  FOR v_one IN
    SELECT * FROM unnest(p_names, p_values, p_stamps, p_keeps, p_compares, p_expected)
      WITH ORDINALITY AS g (name, value, stamp, keep, compares, expected, n)
    ORDER BY g.name COLLATE "C"
  LOOP
    n := v_one.n;
    LOOP
      SELECT e.value, e.stamp, e.until INTO v_entry FROM ${s}.entry e WHERE e.name = v_one.name FOR UPDATE;
      v_there := FOUND;
      at := ${s}.now_ms();  -- after all waiting
      value := CASE WHEN v_there AND (v_entry.until > at) IS NOT FALSE THEN v_entry.value END;
      stamp := CASE WHEN v_there AND (v_entry.until > at) IS NOT FALSE THEN v_entry.stamp END;
      written := NOT v_one.compares OR v_one.expected IS NOT DISTINCT FROM stamp;
      EXIT WHEN NOT written OR (v_one.value IS NULL AND NOT v_there);
      IF v_one.value IS NULL THEN
        DELETE FROM ${s}.entry e WHERE e.name = v_one.name;
      ELSIF v_there THEN
        UPDATE ${s}.entry e SET value = v_one.value, stamp = v_one.stamp, until = at + v_one.keep WHERE e.name = v_one.name;
      ELSE
        INSERT INTO ${s}.entry (name, value, stamp, until) VALUES (v_one.name, v_one.value, v_one.stamp, at + v_one.keep)
        ON CONFLICT (name) DO NOTHING;
      END IF;
      EXIT WHEN FOUND;
    END LOOP;
    RETURN NEXT;
  END LOOP;
END ${dollar};
`;
