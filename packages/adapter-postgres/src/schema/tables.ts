import type { SchemaName } from './names.ts';

/**
 * A task is a row of `task` from its enqueueing until it is forgotten, and that row never changes. Where the task stands is a narrow row
 * elsewhere: in `ready`, `again`, `slot`, `lapsed` or `history`, and always in one of them exactly.
 *
 * Instants are milliseconds since 1970, rounded down. Texts are compared byte by byte (COLLATE "C"), so that no locale makes two
 * names one, or changes the order of an index under our feet.
 */
export const tables = ({ quoted: s }: SchemaName): string => `
CREATE SEQUENCE ${s}.task_seq;

CREATE TABLE ${s}.task (
  id          text COLLATE "C" PRIMARY KEY,
  seq         bigint NOT NULL,             -- the order of enqueueing
  labourer    text COLLATE "C" NOT NULL,
  due         bigint NOT NULL,             -- as it was enqueued
  created_at  bigint NOT NULL,
  payload     text NOT NULL                -- not jsonb, which would change it
);

-- Queued and not tried yet.
CREATE TABLE ${s}.ready (
  labourer  text COLLATE "C" NOT NULL,
  due       bigint NOT NULL,
  seq       bigint NOT NULL,
  id        text COLLATE "C" NOT NULL,
  early     boolean NOT NULL,              -- due before it was enqueued: it may go before what was claimed already
  task_row  tid NOT NULL,                  -- where its row of task lay when it was written: looked at first, and checked
  PRIMARY KEY (labourer, due, seq)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX ready_early ON ${s}.ready (labourer) WHERE early;

-- Queued again: retried or released. Goes first once it is due.
CREATE TABLE ${s}.again (
  labourer  text COLLATE "C" NOT NULL,
  due       bigint NOT NULL,
  seq       bigint NOT NULL,
  id        text COLLATE "C" NOT NULL UNIQUE,
  attempts  integer NOT NULL,
  token     text COLLATE "C" NOT NULL,     -- of the attempt that brought it here, so that a repetition is told from a stranger
  verdict   text COLLATE "C" NOT NULL CHECK (verdict IN ('retry', 'released')),
  error     text,                          -- of the latest attempt that failed
  PRIMARY KEY (labourer, due, seq)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

-- The places under the cap, numbered from 1: one row for each, made when it is first needed. It runs one attempt, or none (no token;
-- the other columns are then left from the latest). No index but the key, and much room in each page: updates stay in their page (HOT).
CREATE TABLE ${s}.slot (
  labourer    text COLLATE "C" NOT NULL,
  no          integer NOT NULL CHECK (no > 0),
  token       text COLLATE "C",
  seq         bigint,
  id          text COLLATE "C",
  attempts    integer,
  due         bigint,
  claimed_at  bigint,
  deadline    bigint,
  error       text,
  PRIMARY KEY (labourer, no)
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

-- Attempts past their deadline whose place has passed to another, until somebody decides what becomes of them.
CREATE TABLE ${s}.lapsed (
  id          text COLLATE "C" PRIMARY KEY,
  labourer    text COLLATE "C" NOT NULL,
  token       text COLLATE "C" NOT NULL,
  seq         bigint NOT NULL,
  attempts    integer NOT NULL,
  due         bigint NOT NULL,
  claimed_at  bigint NOT NULL,
  deadline    bigint NOT NULL,
  error       text
);
CREATE INDEX lapsed_deadline ON ${s}.lapsed (labourer, deadline, seq);

-- Ended, kept for a while. Both indexes grow at their right end only.
CREATE TABLE ${s}.history (
  seq         bigint PRIMARY KEY,
  id          text COLLATE "C" NOT NULL,
  labourer    text COLLATE "C" NOT NULL,
  state       text COLLATE "C" NOT NULL CHECK (state IN ('completed', 'dead')),
  token       text COLLATE "C" NOT NULL,
  attempts    integer NOT NULL,
  claimed_at  bigint NOT NULL,
  ended_at    bigint NOT NULL,
  error       text,
  result      text,
  stats       text
);
CREATE INDEX history_ended ON ${s}.history (labourer, state, ended_at, seq);
`;

/** The store's clock, in one place; and what the functions that decide rest on: each of their statements sees what was committed before it. */
export const smallFunctions = ({ quoted: s, dollar }: SchemaName): string => `
CREATE OR REPLACE FUNCTION ${s}.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS ${dollar}
  SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint
${dollar};

CREATE OR REPLACE FUNCTION ${s}.check_isolation() RETURNS void LANGUAGE plpgsql AS ${dollar}
BEGIN
  IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
    RAISE EXCEPTION 'reeve needs the isolation level "read committed", and the default here is "%"', current_setting('transaction_isolation')
      USING ERRCODE = 'invalid_transaction_state', HINT = 'ALTER ROLE ... SET default_transaction_isolation = ''read committed''.';
  END IF;
END ${dollar};
`;
