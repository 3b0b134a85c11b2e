import type { SchemaName } from './names.ts';
import { STEADY_PLANS } from './planner.ts';

/** @returns the ids of those that were not known yet */
const enqueueMany = ({ quoted: s, literal, dollar }: SchemaName): string => `
CREATE FUNCTION ${s}.enqueue_many(p_labourers text[], p_ids text[], p_payloads text[], p_dues bigint[])
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

/** For callers without TypeScript. What core checks at its door is checked here. */
const enqueueOne = ({ quoted: s, dollar }: SchemaName): string => `
CREATE FUNCTION ${s}.enqueue(labourer text, payload text, id text DEFAULT NULL, due timestamptz DEFAULT NULL)
RETURNS TABLE (task_id text, created boolean) LANGUAGE plpgsql AS ${dollar}
#variable_conflict use_variable
DECLARE
  v_id text := coalesce(id, gen_random_uuid()::text);
  v_due bigint := ceil(extract(epoch FROM due) * 1000)::bigint;
BEGIN
  IF labourer IS NULL OR labourer !~ '^[A-Za-z0-9_.-]{1,128}$' THEN
    RAISE EXCEPTION 'labourer: % is no name of a labourer', quote_nullable(left(labourer, 128)) USING ERRCODE = 'invalid_parameter_value',
      HINT = 'Give 1 to 128 letters, digits, "_", "-" or ".".';
  END IF;
  IF length(v_id) NOT BETWEEN 1 AND 128 OR v_id ~ '[\\u0001-\\u001f\\u007f-\\u009f]' THEN
    RAISE EXCEPTION 'id: % is no id of a task', quote_literal(left(v_id, 128)) USING ERRCODE = 'invalid_parameter_value',
      HINT = 'Give 1 to 128 characters without control characters, or leave it out.';
  END IF;
  IF payload IS NULL THEN
    RAISE EXCEPTION 'payload: it is missing' USING ERRCODE = 'null_value_not_allowed', HINT = 'Give the text of a JSON value, such as ''{}''.';
  END IF;
  PERFORM payload::json;  -- refuses what is not JSON; what is stored is the text as it came
  task_id := v_id;
  created := EXISTS (SELECT FROM ${s}.enqueue_many(ARRAY[labourer], ARRAY[v_id], ARRAY[payload], ARRAY[v_due]));
  RETURN NEXT;
END ${dollar};
`;

export const enqueueFunctions = (schema: SchemaName): string => enqueueMany(schema) + enqueueOne(schema);
