import { LAST_KEYED, laneOf } from './lanes.ts';
import type { SchemaName } from './names.ts';
import { STEADY_PLANS } from './planner.ts';

/** @returns the ids of those that were not known yet */
const enqueueMany = ({ quoted: s, literal, dollar }: SchemaName): string => `
CREATE OR REPLACE FUNCTION ${s}.enqueue_many(p_labourers text[], p_ids text[], p_payloads text[], p_dues bigint[])
RETURNS SETOF text LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
#variable_conflict use_column
DECLARE
  v_now bigint := ${s}.now_ms();
BEGIN
  RETURN QUERY
  WITH given AS MATERIALIZED (
    SELECT g.labourer, g.id, g.payload, coalesce(g.due, v_now) AS due, nextval('${s.replaceAll("'", "''")}.task_seq') AS seq
    FROM (SELECT * FROM unnest(p_labourers, p_ids, p_payloads, p_dues) WITH ORDINALITY AS u (labourer, id, payload, due, n) ORDER BY n) g
  ), stored AS (
    INSERT INTO ${s}.task (id, seq, labourer, due, created_at, payload)
    SELECT id, seq, labourer, due, v_now, payload FROM given
    ORDER BY id, seq  -- the same order for all who insert, so that two of them never wait for each other
    ON CONFLICT (id) DO NOTHING
    RETURNING id, seq, labourer, due, ctid AS task_row
  ), queued AS (
    INSERT INTO ${s}.ready (labourer, due, seq, id, early, task_row)
    SELECT labourer, due, seq, id, due < v_now, task_row FROM stored ORDER BY seq
  )
  SELECT id FROM stored;

  PERFORM pg_notify(${literal}, d.labourer)
  FROM (SELECT DISTINCT u.labourer FROM unnest(p_labourers, p_dues) AS u (labourer, due) WHERE u.due IS NULL OR u.due <= v_now) d;
END ${dollar};
`;

/** For tasks that are plain but for the keys that some of them have. */
const enqueueKeyed = ({ quoted: s, literal, dollar }: SchemaName): string => `
CREATE OR REPLACE FUNCTION ${s}.enqueue_many(p_labourers text[], p_ids text[], p_payloads text[], p_dues bigint[], p_keys text[])
RETURNS SETOF text LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
#variable_conflict use_column
DECLARE
  v_now bigint := ${s}.now_ms();
BEGIN
  RETURN QUERY
  WITH given AS MATERIALIZED (
    SELECT g.labourer, g.id, g.payload, g.key, coalesce(g.due, v_now) AS due, nextval('${s.replaceAll("'", "''")}.task_seq') AS seq
    FROM (SELECT * FROM unnest(p_labourers, p_ids, p_payloads, p_dues, p_keys) WITH ORDINALITY AS u (labourer, id, payload, due, key, n) ORDER BY n) g
  ), stored AS (
    INSERT INTO ${s}.task (id, seq, labourer, due, created_at, payload, key)
    SELECT id, seq, labourer, due, v_now, payload, key FROM given
    ORDER BY id, seq  -- the same order for all who insert, so that two of them never wait for each other
    ON CONFLICT (id) DO NOTHING
    RETURNING id, seq, labourer, due, key, ctid AS task_row
  ), ready AS (
    INSERT INTO ${s}.ready (labourer, due, seq, id, early, task_row)
    SELECT labourer, due, seq, id, due < v_now, task_row FROM stored WHERE key IS NULL ORDER BY seq
  ), keyed AS (
    INSERT INTO ${s}.keyed (labourer, due, seq, id, early, task_row, key)
    SELECT labourer, due, seq, id, due < v_now, task_row, key FROM stored WHERE key IS NOT NULL ORDER BY seq
  ), turns AS (
    -- The first of each key speaks for the others of this call.
    INSERT INTO ${s}.turn (labourer, lane, due, seq, key)
    SELECT DISTINCT ON (labourer, key) labourer, ${LAST_KEYED}, due, seq, key FROM stored WHERE key IS NOT NULL ORDER BY labourer, key, due, seq
  )
  SELECT id FROM stored;

  PERFORM pg_notify(${literal}, d.labourer)
  FROM (SELECT DISTINCT u.labourer FROM unnest(p_labourers, p_dues) AS u (labourer, due) WHERE u.due IS NULL OR u.due <= v_now) d;
END ${dollar};
`;

/** For tasks some of which have something particular. Those that have not are queued in `ready`, as if it were the function above; those that have a key alone, in `keyed`. */
const enqueueParticular = ({ quoted: s, literal, dollar }: SchemaName): string => `
CREATE OR REPLACE FUNCTION ${s}.enqueue_many(
  p_labourers text[], p_ids text[], p_payloads text[], p_dues bigint[], p_priorities smallint[], p_expiries bigint[], p_follows text[], p_keys text[]
) RETURNS SETOF text LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
#variable_conflict use_column
DECLARE
  v_now bigint := ${s}.now_ms();
BEGIN
  RETURN QUERY
  WITH given AS MATERIALIZED (
    SELECT g.labourer, g.id, g.payload, coalesce(g.due, v_now) AS due, nextval('${s.replaceAll("'", "''")}.task_seq') AS seq,
      nullif(g.priority, 0) AS priority, g.follow, g.key
    FROM (
      SELECT * FROM unnest(p_labourers, p_ids, p_payloads, p_dues, p_priorities, p_follows, p_keys)
        WITH ORDINALITY AS u (labourer, id, payload, due, priority, follow, key, n)
      ORDER BY n) g
  ), stored AS (
    INSERT INTO ${s}.task (id, seq, labourer, due, created_at, payload, priority, follow, key)
    SELECT id, seq, labourer, due, v_now, payload, priority, follow, key FROM given
    ORDER BY id, seq  -- the same order for all who insert, so that two of them never wait for each other
    ON CONFLICT (id) DO NOTHING
    RETURNING id, seq, labourer, due, priority, key, follow IS NOT NULL AS follows, ctid AS task_row
  ), queued AS MATERIALIZED (
    SELECT t.*, priority IS NULL AND expires_at IS NULL AND NOT follows AS plain, ${laneOf('coalesce(priority, 0)', 'key', true)} AS lane
    -- Of two with one id the first is stored.
    FROM (SELECT t.*, CASE WHEN p_expiries <> '{}' THEN p_expiries[array_position(p_ids, t.id)] END AS expires_at FROM stored t) t
  ), ready AS (
    INSERT INTO ${s}.ready (labourer, due, seq, id, early, task_row)
    SELECT labourer, due, seq, id, due < v_now, task_row FROM queued WHERE plain AND key IS NULL ORDER BY seq
  ), keyed AS (
    INSERT INTO ${s}.keyed (labourer, due, seq, id, early, task_row, key)
    SELECT labourer, due, seq, id, due < v_now, task_row, key FROM queued WHERE plain AND key IS NOT NULL ORDER BY seq
  ), again AS (
    INSERT INTO ${s}.again (labourer, due, seq, id, attempts, lane, expires_at, follows, key)
    SELECT labourer, due, seq, id, 0, lane, expires_at, nullif(follows, false), key
    FROM queued WHERE NOT plain ORDER BY seq
  ), turns AS (
    -- The first of each key and lane speaks for the others of this call.
    INSERT INTO ${s}.turn (labourer, lane, due, seq, key)
    SELECT DISTINCT ON (labourer, lane, key) labourer, lane, due, seq, key FROM queued WHERE key IS NOT NULL ORDER BY labourer, lane, key, due, seq
  )
  SELECT id FROM stored;

  PERFORM pg_notify(${literal}, d.labourer)
  FROM (SELECT DISTINCT u.labourer FROM unnest(p_labourers, p_dues) AS u (labourer, due) WHERE u.due IS NULL OR u.due <= v_now) d;
END ${dollar};
`;

/** For callers without TypeScript. What core checks at its door is checked here. */
const enqueueOne = ({ quoted: s, dollar }: SchemaName): string => `
DROP FUNCTION IF EXISTS ${s}.enqueue(text, text, text, timestamptz);  -- the one of version 1: who calls it is served by this one
CREATE OR REPLACE FUNCTION ${s}.enqueue(
  labourer text, payload text, id text DEFAULT NULL, due timestamptz DEFAULT NULL,
  priority integer DEFAULT 0, expires_at timestamptz DEFAULT NULL, follow text DEFAULT NULL, key text DEFAULT NULL
) RETURNS TABLE (task_id text, created boolean) LANGUAGE plpgsql AS ${dollar}
#variable_conflict use_variable
DECLARE
  v_id text := coalesce(id, gen_random_uuid()::text);
  v_due bigint := ceil(extract(epoch FROM due) * 1000)::bigint;
  v_expires_at bigint := ceil(extract(epoch FROM expires_at) * 1000)::bigint;
BEGIN
  IF labourer IS NULL OR labourer !~ '^[A-Za-z0-9_.-]{1,128}$' THEN
    RAISE EXCEPTION 'labourer: % is no name of a labourer', quote_nullable(left(labourer, 128)) USING ERRCODE = 'invalid_parameter_value',
      HINT = 'Give 1 to 128 letters, digits, "_", "-" or ".".';
  END IF;
  IF length(v_id) NOT BETWEEN 1 AND 128 OR v_id ~ '[\\u0001-\\u001f\\u007f-\\u009f]' THEN
    RAISE EXCEPTION 'id: % is no id of a task', quote_literal(left(v_id, 128)) USING ERRCODE = 'invalid_parameter_value',
      HINT = 'Give 1 to 128 characters without control characters, or leave it out.';
  END IF;
  IF length(key) NOT BETWEEN 1 AND 128 OR key ~ '[\\u0001-\\u001f\\u007f-\\u009f]' THEN
    RAISE EXCEPTION 'key: % is none', quote_literal(left(key, 128)) USING ERRCODE = 'invalid_parameter_value',
      HINT = 'Give 1 to 128 characters without control characters, or leave it out.';
  END IF;
  IF payload IS NULL THEN
    RAISE EXCEPTION 'payload: it is missing' USING ERRCODE = 'null_value_not_allowed', HINT = 'Give the text of a JSON value, such as ''{}''.';
  END IF;
  IF coalesce(priority, -1) NOT BETWEEN 0 AND 9 THEN
    RAISE EXCEPTION 'priority: % is none', coalesce(priority::text, 'NULL') USING ERRCODE = 'invalid_parameter_value',
      HINT = 'Give a whole number from 0 to 9, or leave it out.';
  END IF;
  PERFORM payload::json, follow::json;  -- refuses what is not JSON; what is stored is the text as it came
  task_id := v_id;
  created := EXISTS (SELECT FROM ${s}.enqueue_many(ARRAY[labourer], ARRAY[v_id], ARRAY[payload], ARRAY[v_due],
    ARRAY[priority]::smallint[], ARRAY[v_expires_at], ARRAY[follow], ARRAY[key]));
  RETURN NEXT;
END ${dollar};
`;

export const enqueueFunctions = (schema: SchemaName): string =>
  enqueueMany(schema) + enqueueKeyed(schema) + enqueueParticular(schema) + enqueueOne(schema);
