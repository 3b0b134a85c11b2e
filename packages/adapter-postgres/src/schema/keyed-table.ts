import type { SchemaName } from './names.ts';

/**
 * What came with rates per key: a table for tasks that are plain but for their key. What a row of `ready` costs, and one index more.
 *
 * It is a child of `ready`, so whoever reads that (a list, a count, an operator, a process of the version before) sees these tasks as well. Who takes rows
 * by their \`ctid\` says ONLY: rows of the two may have the same.
 */
export const keyedTable = ({ quoted: s, dollar }: SchemaName): string => `
-- Queued and not tried yet, with a key. Those that wait in \`again\` from before stay there until they are claimed.
CREATE TABLE ${s}.keyed (
  key text COLLATE "C" NOT NULL,
  PRIMARY KEY (labourer, due, seq)
) INHERITS (${s}.ready) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX keyed_early ON ${s}.keyed (labourer) WHERE early;
CREATE INDEX keyed_key ON ${s}.keyed (labourer, key, due, seq);

-- Whoever may work with \`ready\` may work with it.
DO ${dollar}
DECLARE
  v_one record;
BEGIN
  FOR v_one IN
    SELECT x.privilege_type AS privilege, CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END AS grantee
    FROM pg_class c, aclexplode(c.relacl) x
    WHERE c.oid = '${s.replaceAll("'", "''")}.ready'::regclass AND x.grantee <> c.relowner
  LOOP
    EXECUTE format('GRANT %s ON TABLE ${s.replaceAll("'", "''").replaceAll('%', '%%')}.keyed TO %s', v_one.privilege, v_one.grantee);
  END LOOP;
END ${dollar};
`;
