import { LAST_KEYED } from './lanes.ts';
import type { SchemaName } from './names.ts';
import { STEADY_PLANS } from './planner.ts';
import { turnsLock } from './turns.ts';

/**
 * Puts one row in the place of all of these rows of `turn` that are of one key and lane: where the first task of them stands now.
 *
 * Only who holds the labourer's lock of turns may take such rows away. Who queues a task meanwhile adds a row of its own with it, looks at no other,
 * and so cannot have relied on one that goes. Tasks that came with a row are seen as soon as the row is, so none of them is behind the new one.
 */
export const tidyFunctions = ({ quoted: s, name, dollar }: SchemaName): string => `
CREATE OR REPLACE FUNCTION ${s}.tidy_turns(p_labourer text, p_rows tid[]) RETURNS integer LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
DECLARE
  v_gone integer;
BEGIN
  WITH grouped AS MATERIALIZED (
    SELECT t.key, t.lane, array_agg(t.row) AS rows, (array_agg(t.due ORDER BY t.due, t.seq))[1] AS due, (array_agg(t.seq ORDER BY t.due, t.seq))[1] AS seq
    FROM (SELECT t.ctid AS row, t.* FROM ${s}.turn t WHERE t.ctid = ANY (p_rows)) t  -- by place alone: else all rows of the labourer are looked at for each
    GROUP BY t.key, t.lane
  ), led AS MATERIALIZED (
    -- Mostly the first task has come with a row of its own: then that one stays, and there is nothing to write.
    SELECT g.key, g.lane, g.rows, f.due, f.seq,
      (SELECT t.ctid FROM ${s}.turn t WHERE t.labourer = p_labourer AND t.lane = g.lane AND t.due = f.due AND t.seq = f.seq LIMIT 1) AS kept
    FROM grouped g LEFT JOIN LATERAL (
      SELECT x.due, x.seq FROM (
        (SELECT a.due, a.seq FROM ${s}.again a
         WHERE a.labourer = p_labourer AND a.key = g.key AND a.lane = g.lane AND (a.due, a.seq) >= (g.due, g.seq)
         ORDER BY a.due, a.seq LIMIT 1)
        UNION ALL
        (SELECT r.due, r.seq FROM ONLY ${s}.keyed r
         WHERE g.lane = ${LAST_KEYED} AND r.labourer = p_labourer AND r.key = g.key AND (r.due, r.seq) >= (g.due, g.seq)
         ORDER BY r.due, r.seq LIMIT 1)) x
      ORDER BY x.due, x.seq LIMIT 1) f ON true
  ), added AS (
    INSERT INTO ${s}.turn (labourer, lane, due, seq, key) SELECT p_labourer, lane, due, seq, key FROM led WHERE seq IS NOT NULL AND kept IS NULL
  )
  DELETE FROM ${s}.turn WHERE ctid = ANY (ARRAY(SELECT r.row FROM led l, unnest(l.rows) AS r (row) WHERE r.row IS DISTINCT FROM l.kept));
  GET DIAGNOSTICS v_gone = ROW_COUNT;
  RETURN v_gone;
END ${dollar};

-- The same for labourers whose claims may all be without turns, and so leave rows behind: a page of each. Who claims by turns does so himself, and goes first.
CREATE OR REPLACE FUNCTION ${s}.tidy_labourers(p_labourers text[], p_most integer) RETURNS integer LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
DECLARE
  p_labourer text;
  v_rows tid[];
  v_gone integer := 0;
BEGIN
  FOREACH p_labourer IN ARRAY p_labourers LOOP
    CONTINUE WHEN NOT EXISTS (SELECT FROM ${s}.turn t WHERE t.labourer = p_labourer);
    CONTINUE WHEN NOT pg_try_advisory_xact_lock(${turnsLock(name)});
    SELECT array_agg(f.ctid) INTO v_rows
    FROM (SELECT t.ctid FROM ${s}.turn t WHERE t.labourer = p_labourer ORDER BY t.lane, t.due, t.seq LIMIT p_most) f;
    v_gone := v_gone + ${s}.tidy_turns(p_labourer, v_rows);
  END LOOP;
  RETURN v_gone;
END ${dollar};
`;
