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
];

/** "Reev", in the file's header: this file is ours. */
export const APPLICATION_ID = 0x52656576;

export const SCHEMA_VERSION: number = MIGRATIONS.length;
