import { HEADS } from './heads.ts';

/**
 * The schema, one step per version: step n takes a file from version n to n + 1. A published step is never edited.
 *
 * STRICT and the CHECKs make a broken row impossible to write, by whatever program: that is how C9 is kept.
 * The payload comes last, so that what is read to decide never walks through it.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE tasks (
    seq         INTEGER PRIMARY KEY,  -- the order of enqueueing
    id          TEXT NOT NULL UNIQUE,
    labourer    TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'dead')),
    fresh       INTEGER NOT NULL CHECK (fresh IN (0, 1)),  -- 0: retried or released, goes first once it is due
    due         INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    token       TEXT,     -- of the latest claim; kept after its verdict, so that a repetition is told from a stranger
    verdict     TEXT,     -- the latest attempt's; none while it runs
    claimed_at  INTEGER,
    deadline    INTEGER,
    ended_at    INTEGER,
    error       TEXT,
    result      TEXT,
    stats       TEXT,
    payload     TEXT NOT NULL,
    CHECK (state <> 'running' OR (token IS NOT NULL AND claimed_at IS NOT NULL AND deadline IS NOT NULL)),
    CHECK ((state IN ('completed', 'dead')) = (ended_at IS NOT NULL))
  ) STRICT;

  -- Each index holds one state only, so that a task is in one of them, and none grows with what it does not serve.
  -- Every index ends in seq, the row's own key.
  CREATE INDEX tasks_queued  ON tasks (labourer, fresh, due) WHERE state = 'queued';
  CREATE INDEX tasks_running ON tasks (labourer, deadline) WHERE state = 'running';
  CREATE INDEX tasks_ended   ON tasks (labourer, state, ended_at) WHERE ended_at IS NOT NULL;
  `,
  // The table is made anew: a CHECK cannot be changed, and a column that is added would come after the payload.
  `
  CREATE TABLE new_tasks (
    seq         INTEGER PRIMARY KEY,  -- the order of enqueueing, or of the latest redrive
    id          TEXT NOT NULL UNIQUE,
    labourer    TEXT NOT NULL,
    state       TEXT NOT NULL,
    fresh       INTEGER NOT NULL CHECK (fresh IN (0, 1)),  -- 0: retried or released, goes first once it is due
    due         INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    priority    INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 9),
    key         TEXT,     -- whom it is done for
    expires_at  INTEGER,  -- dropped from this instant on, if no attempt was counted
    cancelling  INTEGER NOT NULL DEFAULT 0 CHECK (cancelling IN (0, 1)),  -- 1: to end with the next verdict, whatever it is
    token       TEXT,     -- of the latest claim; kept after its verdict, so that a repetition is told from a stranger
    verdict     TEXT,     -- the latest attempt's; none while it runs
    claimed_at  INTEGER,
    deadline    INTEGER,
    ended_at    INTEGER,
    taken_out   INTEGER,  -- the latest end of which nothing is to follow any more; the next comes after it
    error       TEXT,     -- the latest
    errors      TEXT,     -- the last ones, the latest included: a JSON array of attempt, at and error
    result      TEXT,
    stats       TEXT,
    follow      TEXT,
    payload     TEXT NOT NULL,
    -- Computed, so that no statement can forget them, also none of a process that runs an earlier version.
    -- Of what is due the lowest lane goes first: 0 to 19 without a key, 20 to 39, beside them, with one.
    lane        INTEGER AS ((9 - priority) * 2 + fresh + 20 * (key IS NOT NULL)) VIRTUAL,
    outbox      INTEGER AS (follow IS NOT NULL AND ended_at IS NOT NULL AND ended_at IS NOT taken_out) VIRTUAL,
    CHECK (state <> 'running' OR (token IS NOT NULL AND claimed_at IS NOT NULL AND deadline IS NOT NULL)),
    -- Not with IN: for a list of more than two, SQLite would make a small table at each statement.
    CHECK (CASE WHEN ended_at IS NULL THEN state = 'queued' OR state = 'running'
           ELSE state = 'completed' OR state = 'dead' OR state = 'cancelled' OR state = 'dropped' END)
  ) STRICT;

  INSERT INTO new_tasks (seq, id, labourer, state, fresh, due, attempts, created_at, token, verdict, claimed_at, deadline,
                         ended_at, error, result, stats, payload)
  SELECT seq, id, labourer, state, fresh, due, attempts, created_at, token, verdict, claimed_at, deadline,
         ended_at, error, result, stats, payload
  FROM tasks ORDER BY seq;
  DROP TABLE tasks;
  ALTER TABLE new_tasks RENAME TO tasks;

  CREATE INDEX tasks_queued   ON tasks (labourer, lane, due) WHERE state = 'queued';
  CREATE INDEX tasks_expiring ON tasks (labourer, expires_at) WHERE state = 'queued' AND attempts = 0 AND expires_at IS NOT NULL;
  CREATE INDEX tasks_running  ON tasks (labourer, deadline) WHERE state = 'running';
  -- An end from which something is to follow is not among those that may be forgotten, however many there are.
  CREATE INDEX tasks_ended    ON tasks (labourer, state, ended_at) WHERE ended_at IS NOT NULL AND outbox = 0;
  CREATE INDEX tasks_outbox   ON tasks (labourer, state, ended_at) WHERE outbox = 1;

  ${HEADS}

  CREATE TABLE register (
    name   TEXT PRIMARY KEY,
    value  TEXT NOT NULL,
    stamp  TEXT NOT NULL,
    until  INTEGER  -- forgotten from this instant on
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX register_until ON register (until) WHERE until IS NOT NULL;
  `,
];

/** "Reev", in the file's header: this file is ours. */
export const APPLICATION_ID = 0x52656576;

export const SCHEMA_VERSION: number = MIGRATIONS.length;
