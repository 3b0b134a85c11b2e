import { labourersLock } from './claim-function.ts';
import { deleteTaken, firstFreshDue, freshVariables, lockFreshHead } from './fresh-head.ts';
import { factDeclarations } from './lane-head.ts';
import type { SchemaName } from './names.ts';
import { STEADY_PLANS } from './planner.ts';
import { NO_LIMIT, turnArguments } from './turn-counts.ts';
import { chooseTurns, turnsEnd, turnsLock, turnVariables } from './turns.ts';

/**
 * Settles, then claims. The letters of the outcomes are in the row without an id.
 *
 * Nearly always all is well: attempts of this labourer have completed, and are where the caller believes. Then one update of each place
 * takes it from the ended attempt to the next, and `history` gets what was read from the place before. Whatever else there is, a
 * verdict of another kind, one that is stale, a task that is tried again or has something particular, such as a priority, goes the long way:
 * `settle`, then `claim`. So does the end of a task that is to be cancelled, that something follows from, that had ended before, or whose errors
 * are to be forgotten with it.
 *
 * The places are looked up without a lock, and checked as they are written: token and id have to be the same still, and while they are, so is
 * the rest of what goes into `history`. A cancellation alone may be asked for in between, so that it is not is checked again as well. If one does not fit, all is taken back to where it began, and goes the long way as well.
 *
 * Arrays are read by their subscripts, which is as quick as can be here: `unnest` of ten arrays builds ten tables of one column first. What is
 * alike for all verdicts is sent once, and what the next leases have for their work comes back as one row: `passed_` and so on.
 */
/** Before all places: nobody who holds one waits for it. */
const alone = (lock: string): string => `
  PERFORM pg_advisory_xact_lock(${lock});`;

const takeInOrder = (s: string): string => `
${lockFreshHead(s, { rows: 'v_rows', sources: 'v_sources', seqs: 'v_seqs', ids: 'v_ids', dues: 'v_dues', taskRows: 'v_task_rows', keys: 'v_keys', found: 'v_taken', wanted: 'v_count' })}`;

/** What is claimed by turns may have something particular, but was never tried: the answer has no room to say more. */
const takeByTurns = (s: string): string => `
      v_room := v_count;
      p_kept := p_places;
${chooseTurns(s)}
      v_taken := v_room;
      IF 0 < ANY (v_attempts) THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found';
      END IF;
`;

const PARTICULARS = `error = v_errors[v.n], priority = v_priorities[v.n], key = v_keys[v.n], expires_at = v_expiries[v.n],
              follows = v_follows[v.n], ended_before = v_befores[v.n]`;

const MORE_VARIABLES = `
  p_kept integer[]; v_room integer; v_found integer; v_late integer := 0; v_late_rows tid[]; v_late_ids text[]; v_dropped text[] := '{}';${turnVariables}`;

/** What is left of the rooms of keys for the claim of the rest, once \`v_keys\` have been taken. */
const lowerRooms = `
    IF p_room_others < ${NO_LIMIT} THEN
      SELECT array_agg(f.key), array_agg(f.most) INTO p_room_keys, p_room_lefts
      FROM (
        SELECT g.key, (coalesce(max(g.most), p_room_others) - count(*) FILTER (WHERE g.most IS NULL))::integer AS most
        FROM (SELECT * FROM unnest(p_room_keys, p_room_lefts) UNION ALL SELECT k.key, NULL FROM unnest(v_keys) AS k (key) WHERE k.key IS NOT NULL) AS g (key, most)
        GROUP BY g.key) f;
    END IF;`;

/** For processes of versions 1 and 2, to which leases say no keys, and which know no rooms of keys. */
const exchangesBefore = ({ quoted: s, dollar }: SchemaName): string => `
CREATE OR REPLACE FUNCTION ${s}.exchange(${given}) RETURNS TABLE (${answeredBefore}) LANGUAGE sql AS ${dollar}
  SELECT ${BEFORE} FROM ${s}.exchange_in_order(${ARGUMENTS}) e
${dollar};

CREATE OR REPLACE FUNCTION ${s}.exchange_turns(${given}, p_per_key integer) RETURNS TABLE (${answeredBefore}) LANGUAGE sql AS ${dollar}
  SELECT ${BEFORE} FROM ${s}.exchange_turns(${ARGUMENTS}, p_per_key, NULL, NULL, NULL) e
${dollar};
`;

const ARGUMENTS = `p_labourer, p_token, p_cap, p_limit, p_lease, p_from_due, p_from_seq, p_keeps, p_labourers, p_ids, p_tokens, p_kinds,
    p_afters, p_errors, p_results, p_stats, p_places`;
const BEFORE = `e.outcomes, e.now_ms, e.next_due, e.id, e.payload, e.attempt, e.created_at, e.due, e.place, e.seq,
    e.passed_ids, e.passed_dues, e.passed_created, e.passed_payloads`;

const given = `
  p_labourer text, p_token text, p_cap integer, p_limit integer, p_lease bigint, p_from_due bigint, p_from_seq bigint,
  p_keeps boolean,        -- keep what has completed in history
  p_labourers text[],     -- NULL: all are of p_labourer
  p_ids text[],
  p_tokens text[],        -- one: that of all
  p_kinds text[],         -- NULL: all have completed
  p_afters bigint[], p_errors text[], p_results text[], p_stats text[], p_places integer[]`;

const row = `
  outcomes text, now_ms bigint, next_due bigint,
  id text, payload text, attempt integer, created_at bigint, due bigint, place integer, seq bigint`;
const passedLists = `
  -- The leases in the places of the verdicts, as lists; they come before those of other rows.
  passed_ids text, passed_dues text, passed_created text, passed_payloads text`;
const answeredBefore = `${row},${passedLists}`;
const answered = `${row}, key text,${passedLists}, passed_keys text`;

export const exchangeFunctions = (schema: SchemaName): string =>
  exchangeFunction(schema, false) + exchangeFunction(schema, true) + exchangesBefore(schema);

const exchangeFunction = ({ quoted: s, name, dollar }: SchemaName, turns: boolean): string => {
  const passed = (more: string): string => `passed AS (
          UPDATE ${s}.slot p
          SET token = CASE WHEN v.n <= v_taken THEN p_token END, seq = v_seqs[v.n], id = v_ids[v.n], attempts = 1, due = v_dues[v.n],
              claimed_at = v_now, deadline = v_now + p_lease, ${turns ? PARTICULARS : 'error = NULL, priority = NULL, key = v_keys[v.n], expires_at = NULL'}
          FROM (
            SELECT g.n, x.* FROM unnest(p_places) WITH ORDINALITY AS g (no, n), LATERAL (
              SELECT s.ctid AS row, s.seq, s.attempts, s.claimed_at, s.error FROM ${s}.slot s
              WHERE s.labourer = p_labourer AND s.no = g.no AND s.token = p_tokens[g.n] AND s.id = p_ids[g.n]
                AND s.follows IS NULL AND s.ended_before IS NULL AND s.cancelling IS NULL${more}
              OFFSET 0) x
          ) v
          WHERE p.ctid = v.row AND p.token = p_tokens[v.n] AND p.id = p_ids[v.n] AND p.cancelling IS NULL
          RETURNING v.n, v.seq, v.attempts, v.claimed_at, v.error
        )`;
  const [claim, more] = turns ? ['claim_turns', ', p_per_key, p_room_keys, p_room_lefts, p_room_others'] : ['claim_in_order', ''];
  const [lastDue, lastSeq] = turns ? [turnsEnd.due, turnsEnd.seq] : ['v_dues[v_taken]', 'v_seqs[v_taken]'];
  const dropped = turns ? `nullif(array_to_string(v_dropped, E'\\x01'), '')` : 'NULL::text';
  return `
CREATE OR REPLACE FUNCTION ${s}.${turns ? 'exchange_turns' : 'exchange_in_order'}(${given}${turns ? `, ${turnArguments}` : ''}) RETURNS TABLE (${answered}) LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
#variable_conflict use_column
DECLARE
  v_count integer := cardinality(p_ids);
  v_now bigint := ${s}.now_ms();
  v_passed boolean := false;
  v_done integer;
  v_outcomes text;
  v_kept integer[];
  v_task_rows tid[];${factDeclarations}${turns ? MORE_VARIABLES : freshVariables}
  v_created text; v_payloads text;
  v_taken integer;
  v_next bigint;
BEGIN
  PERFORM ${s}.check_isolation();${turns ? alone(turnsLock(name)) : ''}
  IF v_count > cardinality(p_tokens) THEN
    p_tokens := array_fill(p_tokens[1], ARRAY[v_count]);
  END IF;
  IF v_count BETWEEN 1 AND p_limit AND p_kinds IS NULL AND p_labourers IS NULL AND p_cap >= ALL (p_places)${
    turns
      ? ''
      : `
    AND (SELECT a.due FROM ${s}.again a WHERE a.labourer = p_labourer ORDER BY a.due, a.seq LIMIT 1) <= v_now IS NOT TRUE`
  }
  THEN
    PERFORM pg_advisory_xact_lock_shared(${labourersLock(name)});
    v_now := ${s}.now_ms();
    v_passed := NOT EXISTS (
      SELECT FROM ${s}.slot s WHERE s.labourer = p_labourer AND s.no > p_cap AND s.token IS NOT NULL AND s.deadline > v_now);
  END IF;

  IF v_passed THEN
    BEGIN
${turns ? takeByTurns(s) : takeInOrder(s)}${deleteTaken(s, 'v_rows', 'v_sources')}
      v_now := ${s}.now_ms();
      IF p_keeps THEN
        WITH ${passed('')}
        INSERT INTO ${s}.history (seq, id, labourer, state, token, attempts, claimed_at, ended_at, error, result, stats)
        SELECT e.seq, p_ids[e.n], p_labourer, 'completed', p_tokens[e.n], e.attempts, e.claimed_at, v_now, e.error, p_results[e.n], p_stats[e.n]
        FROM passed e;
      ELSE
        WITH ${passed(' AND s.error IS NULL')}
        DELETE FROM ${s}.task t USING passed e WHERE t.id = p_ids[e.n];
      END IF;
      GET DIAGNOSTICS v_done = ROW_COUNT;
      IF v_done <> v_count THEN
        RAISE EXCEPTION USING ERRCODE = 'no_data_found';
      END IF;
    EXCEPTION WHEN no_data_found THEN
      v_passed := false;${
        turns
          ? `
      v_dropped := '{}';`
          : ''
      }
    END;
  END IF;

  IF NOT v_passed THEN
    p_labourers := coalesce(p_labourers, array_fill(p_labourer, ARRAY[v_count]));
    p_kinds := coalesce(p_kinds, array_fill('completed'::text, ARRAY[v_count]));
    SELECT * INTO v_outcomes, v_kept
    FROM ${s}.settle(false, false, p_labourer, p_labourers, p_ids, p_tokens, p_kinds, p_afters, p_errors, p_results, p_stats, p_places);
    RETURN QUERY
    SELECT CASE WHEN c.id IS NULL THEN v_outcomes END, c.*, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text
    FROM ${s}.${claim}(p_labourer, p_token, p_cap, p_limit, p_lease, p_from_due, p_from_seq, v_kept${more}) c;
    RETURN;
  END IF;

  -- A task that does not lie where it lay (somebody has rewritten the table) is found by its id. No JSON has the character U+0001 in it.
  SELECT string_agg(coalesce(l.created_at, f.created_at, v_now)::text, ','), string_agg(coalesce(l.payload, f.payload), E'\\x01')
  INTO v_created, v_payloads
  FROM unnest(v_ids, v_task_rows) AS g (id, task_row)
  LEFT JOIN LATERAL (SELECT t.payload, t.created_at FROM ${s}.task t WHERE t.ctid = g.task_row AND t.id = g.id) l ON true
  LEFT JOIN LATERAL (SELECT t.payload, t.created_at FROM ${s}.task t WHERE l.created_at IS NULL AND t.id = g.id LIMIT 1) f ON true;

  IF v_taken = v_count AND p_limit > v_count THEN${turns ? lowerRooms : ''}
    RETURN QUERY
    SELECT CASE WHEN c.id IS NULL THEN repeat('a', v_count) END, CASE WHEN c.id IS NULL THEN v_now END, c.next_due, c.id, ${turns ? `CASE WHEN c.id IS NULL THEN concat_ws(E'\\x01', ${dropped}, c.payload) ELSE c.payload END` : 'c.payload'}, c.attempt, c.created_at,
      CASE WHEN c.id IS NULL AND c.seq IS NULL THEN ${lastDue} ELSE c.due END, c.place,
      CASE WHEN c.id IS NULL THEN coalesce(c.seq, ${lastSeq}) END,
      c.key, l.ids, l.dues, l.created, l.payloads, l.keys
    FROM ${s}.${claim}(p_labourer, p_token, p_cap, p_limit - v_count, p_lease, ${lastDue}, ${lastSeq}, NULL${more}) c
    LEFT JOIN LATERAL (
      SELECT array_to_string(v_ids, E'\\x01') AS ids, array_to_string(v_dues, ',') AS dues, v_created AS created, v_payloads AS payloads, to_json(v_keys)::text AS keys
      WHERE c.id IS NULL) l ON true;
    RETURN;
  END IF;
  IF v_taken < p_limit THEN
    v_next := least(
      (SELECT a.due FROM ${s}.again a WHERE a.labourer = p_labourer ORDER BY a.due, a.seq LIMIT 1),
      ${firstFreshDue(s, 'p_labourer')});${turns ? `\n    IF v_late > 0 THEN\n      v_next := v_now;\n    END IF;` : ''}
  END IF;
  RETURN QUERY SELECT repeat('a', v_count), v_now, v_next, NULL::text, ${dropped}, NULL::integer, NULL::bigint,
    ${lastDue}, NULL::integer, ${lastSeq},
    NULL::text, array_to_string(v_ids, E'\\x01'), array_to_string(v_dues, ','), v_created, v_payloads, to_json(v_keys)::text;
END ${dollar};
`;
};
