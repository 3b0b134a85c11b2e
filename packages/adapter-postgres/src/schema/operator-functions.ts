import { laneOf } from './lanes.ts';
import type { SchemaName } from './names.ts';
import { STEADY_PLANS } from './planner.ts';

/**
 * What an operator does to tasks, each on its own. A letter for each, in the order of the arguments; `?`: it has moved between our looking
 * and our taking hold of it, and is to be asked for again.
 *
 * Where a task stands is read in one statement, which sees it in one place. Then its row there is locked, or found gone: who moves it deletes
 * or changes that row. Rows are taken in the order of ids, and places after all others, in their order, as those who settle take them; so nobody
 * waits for one who waits for him.
 */
export const operatorFunctions = (schema: SchemaName): string =>
  [whereabouts, endQueued, cancel, bury, redrive, replace].map((part) => part(schema)).join('');

/** What is looked at in what order does not matter; the places come last because all of a labourer's are gone through. */
const whereabouts = ({ quoted: s, dollar }: SchemaName): string => `
CREATE OR REPLACE FUNCTION ${s}.whereabouts(p_labourer text, p_id text, OUT place text, OUT no integer, OUT seq bigint, OUT due bigint)
LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
#variable_conflict use_column
BEGIN
  PERFORM ${s}.check_isolation();
  SELECT x.place, x.no, k.seq, k.due INTO place, no, seq, due
  FROM ${s}.task k, LATERAL (
    SELECT 'ready' AS place, NULL::integer AS no FROM ${s}.ready r WHERE r.labourer = k.labourer AND r.due = k.due AND r.seq = k.seq
    UNION ALL SELECT 'again', NULL FROM ${s}.again a WHERE a.id = k.id
    UNION ALL SELECT h.state, NULL FROM ${s}.history h WHERE h.seq = k.seq
    UNION ALL SELECT 'lapsed', NULL FROM ${s}.lapsed l WHERE l.id = k.id
    UNION ALL SELECT 'slot', s.no FROM ${s}.slot s WHERE s.labourer = k.labourer AND s.id = k.id AND s.token IS NOT NULL
    LIMIT 1) x
  WHERE k.id = p_id AND k.labourer = p_labourer;
  place := coalesce(place, 'unknown');
END ${dollar};
`;

/** From the queue to the end. @returns false if it is not there any more */
const endQueued = ({ quoted: s, dollar }: SchemaName): string => `
CREATE OR REPLACE FUNCTION ${s}.end_queued(p_place text, p_labourer text, p_id text, p_seq bigint, p_due bigint, p_state text, p_error text)
RETURNS boolean LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
BEGIN
  IF p_place = 'ready' THEN
    WITH gone AS (
      DELETE FROM ${s}.ready r WHERE r.labourer = p_labourer AND r.due = p_due AND r.seq = p_seq RETURNING ${s}.now_ms() AS at
    ), failed AS (
      INSERT INTO ${s}.failure (id, attempt, at, error) SELECT p_id, 0, at, p_error FROM gone WHERE p_error IS NOT NULL
    )
    INSERT INTO ${s}.history (seq, id, labourer, state, attempts, ended_at, error)
    SELECT p_seq, p_id, p_labourer, p_state, 0, at, p_error FROM gone;
  ELSE
    WITH gone AS (
      DELETE FROM ${s}.again a WHERE a.id = p_id AND a.labourer = p_labourer RETURNING a.*, greatest(${s}.now_ms(), a.ended_before + 1) AS at
    ), failed AS (
      INSERT INTO ${s}.failure (id, attempt, at, error) SELECT p_id, attempts, at, p_error FROM gone WHERE p_error IS NOT NULL
    ), following AS (
      INSERT INTO ${s}.outbox (id, labourer, ended_at, seq) SELECT id, labourer, at, seq FROM gone WHERE follows
    )
    INSERT INTO ${s}.history (seq, id, labourer, state, attempts, ended_at, error)
    SELECT seq, id, labourer, p_state, attempts, at, coalesce(p_error, error) FROM gone;
  END IF;
  RETURN FOUND;
END ${dollar};
`;

/** `c` cancelled, `g` it runs and is told, `e` ended before, `u` unknown */
const cancel = ({ quoted: s, dollar }: SchemaName): string => `
CREATE OR REPLACE FUNCTION ${s}.cancel(p_labourers text[], p_ids text[]) RETURNS text LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
DECLARE
  v_letters text[] := array_fill('?'::text, ARRAY[cardinality(p_ids)]);
  v_running boolean[] := array_fill(false, ARRAY[cardinality(p_ids)]);
  v_nos integer[] := array_fill(NULL::integer, ARRAY[cardinality(p_ids)]);
  v_one record;
  v_at record;
BEGIN
  FOR v_one IN SELECT * FROM unnest(p_labourers, p_ids) WITH ORDINALITY AS g (labourer, id, n) ORDER BY g.id, g.n LOOP
    SELECT * INTO v_at FROM ${s}.whereabouts(v_one.labourer, v_one.id);
    IF v_at.place = 'unknown' THEN
      v_letters[v_one.n] := 'u';
    ELSIF v_at.place IN ('ready', 'again') THEN
      IF ${s}.end_queued(v_at.place, v_one.labourer, v_one.id, v_at.seq, v_at.due, 'cancelled', NULL) THEN
        v_letters[v_one.n] := 'c';
      END IF;
    ELSIF v_at.place IN ('slot', 'lapsed') THEN
      v_running[v_one.n] := true;
      v_nos[v_one.n] := v_at.no;
    ELSE
      v_letters[v_one.n] := 'e';
    END IF;
  END LOOP;
  FOR v_one IN
    SELECT * FROM unnest(p_labourers, p_ids, v_running, v_nos) WITH ORDINALITY AS g (labourer, id, running, no, n)
    WHERE g.running ORDER BY g.no IS NULL, g.labourer COLLATE "C", g.no, g.id, g.n
  LOOP
    IF v_one.no IS NULL THEN
      UPDATE ${s}.lapsed l SET cancelling = true WHERE l.id = v_one.id AND l.labourer = v_one.labourer;
    ELSE
      UPDATE ${s}.slot s SET cancelling = true
      WHERE s.labourer = v_one.labourer AND s.no = v_one.no AND s.id = v_one.id AND s.token IS NOT NULL;
    END IF;
    IF FOUND THEN
      v_letters[v_one.n] := 'g';
    END IF;
  END LOOP;
  RETURN array_to_string(v_letters, '');
END ${dollar};
`;

/** `b` buried, `r` it runs, `e` ended before, `u` unknown */
const bury = ({ quoted: s, dollar }: SchemaName): string => `
CREATE OR REPLACE FUNCTION ${s}.bury(p_labourers text[], p_ids text[], p_errors text[]) RETURNS text LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
DECLARE
  v_letters text[] := array_fill('?'::text, ARRAY[cardinality(p_ids)]);
  v_one record;
  v_at record;
BEGIN
  FOR v_one IN SELECT * FROM unnest(p_labourers, p_ids, p_errors) WITH ORDINALITY AS g (labourer, id, error, n) ORDER BY g.id, g.n LOOP
    SELECT * INTO v_at FROM ${s}.whereabouts(v_one.labourer, v_one.id);
    v_letters[v_one.n] := CASE
      WHEN v_at.place = 'unknown' THEN 'u'
      WHEN v_at.place IN ('slot', 'lapsed') THEN 'r'
      WHEN v_at.place NOT IN ('ready', 'again') THEN 'e'
      WHEN ${s}.end_queued(v_at.place, v_one.labourer, v_one.id, v_at.seq, v_at.due, 'dead', v_one.error) THEN 'b'
      ELSE '?' END;
  END LOOP;
  PERFORM ${s}.trim_failures(p_ids);
  RETURN array_to_string(v_letters, '');
END ${dollar};
`;

/** `q` queued, `o` queued or running already, `k` completed, `u` unknown. Whoever deletes the row of `history` has queued it: one. */
const redrive = ({ quoted: s, literal, dollar }: SchemaName): string => `
CREATE OR REPLACE FUNCTION ${s}.redrive(p_labourers text[], p_ids text[], p_afters bigint[]) RETURNS text LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
DECLARE
  v_letters text[] := array_fill('?'::text, ARRAY[cardinality(p_ids)]);
  v_ring text[] := '{}';
  -- In the order of the arguments, although rows are taken in another one.
  v_now bigint := ${s}.now_ms();
  v_seqs bigint[] := ARRAY(SELECT nextval('${s.replaceAll("'", "''")}.task_seq') FROM generate_series(1, cardinality(p_ids)));
  v_one record;
  v_at record;
  v_error text;
  v_ended_at bigint;
BEGIN
  FOR v_one IN SELECT * FROM unnest(p_labourers, p_ids, p_afters) WITH ORDINALITY AS g (labourer, id, after, n) ORDER BY g.id, g.n LOOP
    SELECT * INTO v_at FROM ${s}.whereabouts(v_one.labourer, v_one.id);
    IF v_at.place NOT IN ('dead', 'cancelled', 'dropped') THEN
      v_letters[v_one.n] := CASE v_at.place WHEN 'unknown' THEN 'u' WHEN 'completed' THEN 'k' ELSE 'o' END;
      CONTINUE;
    END IF;
    DELETE FROM ${s}.history h WHERE h.seq = v_at.seq RETURNING h.error, h.ended_at INTO v_error, v_ended_at;
    CONTINUE WHEN NOT FOUND;
    DELETE FROM ${s}.outbox o WHERE o.id = v_one.id;  -- an end that is none any more
    WITH fresh AS (
      UPDATE ${s}.task t SET seq = v_seqs[v_one.n], due = v_now + coalesce(v_one.after, 0)
      WHERE t.id = v_one.id
      RETURNING t.*
    ), queued AS (
      INSERT INTO ${s}.again (labourer, due, seq, id, attempts, error, ended_before, lane, follows, key)
      SELECT labourer, due, seq, id, 0, v_error, v_ended_at, ${laneOf('coalesce(priority, 0)', 'key', true)}, nullif(follow IS NOT NULL, false), key
      FROM fresh
      RETURNING labourer, lane, due, seq, key
    )
    INSERT INTO ${s}.turn (labourer, lane, due, seq, key) SELECT labourer, lane, due, seq, key FROM queued WHERE key IS NOT NULL;
    v_letters[v_one.n] := 'q';
    IF coalesce(v_one.after, 0) = 0 THEN
      v_ring := v_ring || v_one.labourer;
    END IF;
  END LOOP;
  PERFORM pg_notify(${literal}, d.labourer) FROM (SELECT DISTINCT u.labourer FROM unnest(v_ring) AS u (labourer)) d;
  RETURN array_to_string(v_letters, '');
END ${dollar};
`;

/**
 * `p` replaced, `s` started or ended, `u` unknown. A claim that takes the task has locked its row in the queue before it reads the payload, and
 * we lock that row before we change it.
 */
const replace = ({ quoted: s, dollar }: SchemaName): string => `
CREATE OR REPLACE FUNCTION ${s}.replace(p_labourers text[], p_ids text[], p_payloads text[]) RETURNS text LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
DECLARE
  v_letters text[] := array_fill('?'::text, ARRAY[cardinality(p_ids)]);
  v_one record;
  v_at record;
  v_attempts integer;
BEGIN
  FOR v_one IN SELECT * FROM unnest(p_labourers, p_ids, p_payloads) WITH ORDINALITY AS g (labourer, id, payload, n) ORDER BY g.id, g.n LOOP
    SELECT * INTO v_at FROM ${s}.whereabouts(v_one.labourer, v_one.id);
    IF v_at.place = 'ready' THEN
      SELECT 0 INTO v_attempts FROM ${s}.ready r WHERE r.labourer = v_one.labourer AND r.due = v_at.due AND r.seq = v_at.seq FOR UPDATE;
    ELSIF v_at.place = 'again' THEN
      SELECT a.attempts INTO v_attempts FROM ${s}.again a WHERE a.id = v_one.id AND a.labourer = v_one.labourer FOR UPDATE;
    ELSE
      v_letters[v_one.n] := CASE v_at.place WHEN 'unknown' THEN 'u' ELSE 's' END;
      CONTINUE;
    END IF;
    CONTINUE WHEN NOT FOUND;
    IF v_attempts = 0 THEN
      UPDATE ${s}.task t SET payload = v_one.payload WHERE t.id = v_one.id;
    END IF;
    v_letters[v_one.n] := CASE v_attempts WHEN 0 THEN 'p' ELSE 's' END;
  END LOOP;
  RETURN array_to_string(v_letters, '');
END ${dollar};
`;
