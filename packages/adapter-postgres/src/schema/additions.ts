import type { SchemaName } from './names.ts';

/**
 * What came with priorities, expiry, errors of attempts, cancellation, the register and the outbox. Only columns that may be absent and
 * tables beside the others, so that what was written before is served as it stands, and `ready` and the exchange do not know of any of it: a
 * task with something particular is queued in `again`, where an exchange looks first anyway.
 */
export const additions = ({ quoted: s, dollar }: SchemaName): string => `
ALTER TABLE ${s}.task
  ADD COLUMN priority smallint,            -- NULL: 0
  ADD COLUMN follow text,
  ADD COLUMN key text COLLATE "C";         -- NULL: none

-- Now also queued and not tried yet, with a priority, an expiry, a key or a follow, or redriven. Such rows have no token and no verdict.
ALTER TABLE ${s}.again
  ADD COLUMN lane smallint NOT NULL DEFAULT 18 CHECK (lane BETWEEN 0 AND 39),
  ADD COLUMN expires_at bigint,
  ADD COLUMN key text COLLATE "C",        -- its lane is then one from 20 on
  ADD COLUMN follows boolean,              -- its row of task has a follow
  ADD COLUMN ended_before bigint,          -- when it had ended, before a redrive: its next end is later, whatever the clock says
  ALTER COLUMN token DROP NOT NULL,
  ALTER COLUMN verdict DROP NOT NULL;
CREATE INDEX again_lane ON ${s}.again (labourer, lane, due, seq);
CREATE INDEX again_key ON ${s}.again (labourer, key, lane, due, seq) WHERE key IS NOT NULL;
CREATE INDEX again_expires ON ${s}.again (labourer, expires_at) WHERE expires_at IS NOT NULL AND attempts = 0;

ALTER TABLE ${s}.slot
  ADD COLUMN priority smallint,            -- NULL: 0
  ADD COLUMN key text COLLATE "C",
  ADD COLUMN expires_at bigint,
  ADD COLUMN follows boolean,
  ADD COLUMN ended_before bigint,
  ADD COLUMN cancelling boolean;           -- to end as cancelled, whatever its verdict
ALTER TABLE ${s}.lapsed
  ADD COLUMN priority smallint,
  ADD COLUMN key text COLLATE "C",
  ADD COLUMN expires_at bigint,
  ADD COLUMN follows boolean,
  ADD COLUMN ended_before bigint,
  ADD COLUMN cancelling boolean;

-- Who was never tried has neither. NOT VALID: the rows that are there fit, and need not be read to see it.
ALTER TABLE ${s}.history
  ALTER COLUMN token DROP NOT NULL,
  ALTER COLUMN claimed_at DROP NOT NULL,
  DROP CONSTRAINT history_state_check,
  ADD CONSTRAINT history_state_check CHECK (state IN ('completed', 'dead', 'cancelled', 'dropped')) NOT VALID;

-- How attempts failed: the last ten of a task. While it has any, \`error\` of the row where it stands is the latest.
CREATE TABLE ${s}.failure (
  id       text COLLATE "C" NOT NULL,
  no       bigint GENERATED ALWAYS AS IDENTITY,
  attempt  integer NOT NULL,
  at       bigint NOT NULL,
  error    text NOT NULL,
  PRIMARY KEY (id, no)
);

-- Ends that something follows from. Their rows of history and task are kept for as long as they are here.
CREATE TABLE ${s}.outbox (
  id        text COLLATE "C" PRIMARY KEY,
  labourer  text COLLATE "C" NOT NULL,
  ended_at  bigint NOT NULL,
  seq       bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX outbox_ended ON ${s}.outbox (labourer, ended_at, seq);

-- Where to look for tasks of a key: for each of \`again\` in a lane there is at least one row here of its key and lane that is not behind it.
-- There may be rows with nothing behind them, and more than are needed. Who queues a task adds one, and only claims with turns take any away.
CREATE TABLE ${s}.turn (
  labourer  text COLLATE "C" NOT NULL,
  lane      smallint NOT NULL,
  due       bigint NOT NULL,
  seq       bigint NOT NULL,
  key       text COLLATE "C" NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX turn_place ON ${s}.turn (labourer, lane, due, seq);

-- The register. From \`until\` on an entry is forgotten, whether or not its row is still there.
CREATE TABLE ${s}.entry (
  name   text COLLATE "C" PRIMARY KEY,
  value  text NOT NULL,
  stamp  text COLLATE "C" NOT NULL,
  until  bigint
);
CREATE INDEX entry_until ON ${s}.entry (until) WHERE until IS NOT NULL;

-- Whoever may work with the tables that were there may work with these.
DO ${dollar}
DECLARE
  v_one record;
BEGIN
  FOR v_one IN
    SELECT x.privilege_type AS privilege, CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END AS grantee
    FROM pg_class c, aclexplode(c.relacl) x
    WHERE c.oid = '${s.replaceAll("'", "''")}.task'::regclass AND x.grantee <> c.relowner
  LOOP
    EXECUTE format('GRANT %s ON TABLE ${s.replaceAll("'", "''").replaceAll('%', '%%')}.failure, ${s.replaceAll("'", "''").replaceAll('%', '%%')}.outbox, ${s.replaceAll("'", "''").replaceAll('%', '%%')}.turn, ${s.replaceAll("'", "''").replaceAll('%', '%%')}.entry TO %s', v_one.privilege, v_one.grantee);
  END LOOP;
END ${dollar};
`;
