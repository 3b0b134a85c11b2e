import { deleteTaken, firstFreshDue, freshVariables, lockFreshHead, OF_AGAIN } from './fresh-head.ts';
import { factDeclarations, lockLanes, mergeFresh } from './lane-head.ts';
import type { SchemaName } from './names.ts';
import { STEADY_PLANS } from './planner.ts';
import { turnArguments } from './turn-counts.ts';
import { chooseTurns, turnsEnd, turnsLock, turnVariables } from './turns.ts';

/**
 * Takes due tasks of one labourer.
 *
 * Places are rows: a lease needs one, a row holds one, and a claim takes rows no further than its cap. So claims that race pass each
 * other's rows by (SKIP LOCKED), wait for nobody, and cannot come to more than the cap together.
 *
 * That alone is not enough where a cap was lowered: leases in places beyond it count as well, and two claims that each subtract them
 * could take the difference twice. So a claim that sees such leases is alone with the labourer (the advisory lock, which all others
 * share), and counts.
 *
 * `p_from_*` is where the caller's latest claim ended. What was before it is gone, but stays in the index until a vacuum; a claim that
 * began at the beginning would walk through all of it. If fewer are found there than may be taken, we look from the beginning.
 *
 * @returns a row for each lease, in their order, and last one without an id: its `due` and `seq` say where the claim ended among the fresh tasks, its
 * `payload` has the ids of the tasks that were dropped, with U+0001 in between
 */
export const claimFunctions = (schema: SchemaName): string =>
  claimFunction(schema, false) + claimFunction(schema, true) + claimsBefore(schema);

/** For processes of versions 1 and 2, to which leases say no keys, and which know no rooms of keys. */
const claimsBefore = ({ quoted: s, dollar }: SchemaName): string => `
CREATE OR REPLACE FUNCTION ${s}.claim(${given}) RETURNS TABLE (${answeredBefore}) LANGUAGE sql AS ${dollar}
  SELECT ${BEFORE} FROM ${s}.claim_in_order(${ARGUMENTS}) c
${dollar};

CREATE OR REPLACE FUNCTION ${s}.claim_turns(${given}, p_per_key integer) RETURNS TABLE (${answeredBefore}) LANGUAGE sql AS ${dollar}
  SELECT ${BEFORE} FROM ${s}.claim_turns(${ARGUMENTS}, p_per_key, NULL, NULL, NULL) c
${dollar};
`;

const ARGUMENTS = 'p_labourer, p_token, p_cap, p_limit, p_lease, p_from_due, p_from_seq, p_kept';
const BEFORE = 'c.now_ms, c.next_due, c.id, c.payload, c.attempt, c.created_at, c.due, c.place, c.seq';

const given = `
  p_labourer text, p_token text, p_cap integer, p_limit integer, p_lease bigint, p_from_due bigint, p_from_seq bigint,
  -- Places whose attempts were settled in this transaction: ours, and free, although their rows do not say so yet. NULL: there are none,
  -- and the transaction shares the labourer's lock already. Whoever shares it may not wait to have it alone: two of them would for ever.
  p_kept integer[]`;

const answeredBefore = `
  now_ms bigint, next_due bigint,
  id text, payload text, attempt integer, created_at bigint, due bigint, place integer, seq bigint`;
const answered = `${answeredBefore}, key text`;

const claimFunction = ({ quoted: s, name, literal, dollar }: SchemaName, turns: boolean): string => {
  const end = turns ? turnsEnd : { due: 'v_fresh_dues[v_taken - v_again]', seq: 'v_fresh_seqs[v_taken - v_again]' };
  const running = 's.labourer = p_labourer AND s.token IS NOT NULL AND s.deadline > v_now AND s.no <> ALL (p_kept)';
  const free = 's.labourer = p_labourer AND s.no <= p_cap AND (s.token IS NULL OR s.deadline <= v_now) AND s.no <> ALL (p_kept)';
  return `
CREATE OR REPLACE FUNCTION ${s}.${turns ? 'claim_turns' : 'claim_in_order'}(${given}${
    turns
      ? `,
  ${turnArguments}`
      : ''
  }) RETURNS TABLE (${answered}) LANGUAGE plpgsql ${STEADY_PLANS} AS ${dollar}
#variable_conflict use_column
DECLARE
  v_lock bigint := ${labourersLock(name)};
  v_now bigint := ${s}.now_ms();
  v_room integer := least(p_limit, p_cap);
  v_shares boolean := p_kept IS NULL;
  v_alone boolean;
  v_top integer;
  v_found integer;
  v_late integer := 0; v_late_rows tid[]; v_late_ids text[]; v_dropped text[] := '{}';${factDeclarations}${turns ? ' v_task_rows tid[];' : inOrderVariables}
  v_places integer[] := '{}'; v_more_places integer[];
  v_lapse boolean;
  v_taken integer;
  v_next bigint;${turns ? turnVariables : ''}
BEGIN
  PERFORM ${s}.check_isolation();
  p_kept := coalesce(p_kept, '{}');
  IF v_room > 0 THEN${
    turns
      ? `
    PERFORM pg_advisory_xact_lock(${turnsLock(name)});`
      : ''
  }
    v_alone := NOT v_shares AND EXISTS (SELECT FROM ${s}.slot s WHERE ${running} AND s.no > p_cap);
    IF v_alone THEN
      PERFORM pg_advisory_xact_lock(v_lock);
    ELSE
      PERFORM pg_advisory_xact_lock_shared(v_lock);
    END IF;
    v_now := ${s}.now_ms();
    IF v_alone THEN
      v_room := least(v_room, p_cap - (SELECT count(*)::integer FROM ${s}.slot s WHERE ${running}));
    ELSIF EXISTS (SELECT FROM ${s}.slot s WHERE ${running} AND s.no > p_cap) THEN
      v_room := 0;  -- somebody with a higher cap has come between: the next claim counts
    END IF;
    v_places := ARRAY(SELECT k.no FROM unnest(p_kept) AS k (no) WHERE k.no <= p_cap ORDER BY k.no);
  END IF;

  IF v_room > cardinality(v_places) THEN
    -- Not locked yet: how many more places there are to have at most.
    SELECT count(*) INTO v_found FROM (
      SELECT FROM ${s}.slot s WHERE ${free} ORDER BY s.no LIMIT v_room - cardinality(v_places)) f;
    v_top := coalesce((SELECT s.no FROM ${s}.slot s WHERE s.labourer = p_labourer ORDER BY s.no DESC LIMIT 1), 0);
    v_room := least(v_room, cardinality(v_places) + v_found + greatest(p_cap - v_top, 0));
  END IF;

  IF v_room > 0 THEN
${turns ? chooseTurns(s) : chooseInOrder(s)}
  END IF;

  v_places := v_places[1:v_room];
  IF v_room > cardinality(v_places) THEN
    SELECT array_agg(f.no), bool_or(f.token IS NOT NULL) INTO v_more_places, v_lapse
    FROM (
      SELECT s.no, s.token FROM ${s}.slot s WHERE ${free}
      ORDER BY s.no LIMIT v_room - cardinality(v_places) FOR UPDATE SKIP LOCKED) f;
    IF v_lapse THEN
      INSERT INTO ${s}.lapsed (id, labourer, token, seq, attempts, due, claimed_at, deadline, error, priority, key, expires_at, follows, ended_before, cancelling)
      SELECT s.id, s.labourer, s.token, s.seq, s.attempts, s.due, s.claimed_at, s.deadline, s.error,
        s.priority, s.key, s.expires_at, s.follows, s.ended_before, s.cancelling
      FROM ${s}.slot s WHERE s.labourer = p_labourer AND s.no = ANY (v_more_places) AND s.token IS NOT NULL;
    END IF;
    v_places := v_places || v_more_places;
    IF cardinality(v_places) < v_room AND v_top < p_cap THEN
      WITH made AS (
        INSERT INTO ${s}.slot (labourer, no)
        SELECT p_labourer, n FROM generate_series(v_top + 1, least(p_cap, v_top + v_room - cardinality(v_places))) n
        ON CONFLICT (labourer, no) DO NOTHING
        RETURNING no)
      SELECT array_agg(no ORDER BY no) INTO v_more_places FROM made;
      v_places := v_places || v_more_places;
    END IF;
  END IF;
  v_taken := cardinality(v_places);
  IF cardinality(p_kept) > v_taken OR p_kept <> v_places THEN
    UPDATE ${s}.slot s SET token = NULL WHERE s.labourer = p_labourer AND s.no = ANY (p_kept) AND s.no <> ALL (v_places);
  END IF;

  IF v_taken > 0 THEN${deleteTaken(s, 'v_rows', 'v_sources', 'v_taken')}
    RETURN QUERY
    WITH taken AS (
      -- All of these rows are there, and locked by us. Written so because it leaves the planner no choice of what to walk through.
      INSERT INTO ${s}.slot (labourer, no, token, seq, id, attempts, due, claimed_at, deadline, error, priority, key, expires_at, follows, ended_before)
      SELECT p_labourer, t.no, p_token, t.seq, t.id, coalesce(t.attempts, 0) + 1, t.due, v_now, v_now + p_lease, t.error,
        t.priority, t.key, t.expires_at, t.follows, t.ended_before
      FROM unnest(
        v_places, v_seqs[1:v_taken], v_ids[1:v_taken], v_attempts[1:v_taken], v_dues[1:v_taken], v_errors[1:v_taken], v_priorities[1:v_taken], v_keys[1:v_taken], v_expiries[1:v_taken], v_follows[1:v_taken],
        v_befores[1:v_taken]
      ) AS t (no, seq, id, attempts, due, error, priority, key, expires_at, follows, ended_before)
      ON CONFLICT (labourer, no) DO UPDATE
      SET token = excluded.token, seq = excluded.seq, id = excluded.id, attempts = excluded.attempts, due = excluded.due,
          claimed_at = excluded.claimed_at, deadline = excluded.deadline, error = excluded.error,
          priority = excluded.priority, key = excluded.key, expires_at = excluded.expires_at, follows = excluded.follows,
          ended_before = excluded.ended_before, cancelling = NULL
      RETURNING no, id, attempts, due, key
    )
    SELECT NULL::bigint, NULL::bigint, k.id, t.payload, k.attempts, t.created_at, k.due, k.no, NULL::bigint, k.key
    FROM taken k, LATERAL (SELECT t.payload, t.created_at FROM ${s}.task t WHERE t.id = k.id LIMIT 1) t;
  END IF;

${
  turns
    ? ''
    : `
  IF v_again > 0 THEN
    v_again := (SELECT count(*) FROM unnest(v_sources[1:v_taken]) AS m (source) WHERE m.source = ${OF_AGAIN});
  END IF;`
}
  IF v_taken < p_limit THEN
    v_next := least(
      (SELECT a.due FROM ${s}.again a WHERE a.labourer = p_labourer ORDER BY a.due, a.seq LIMIT 1),
      ${firstFreshDue(s, 'p_labourer')});
    IF v_late > 0 THEN
      v_next := v_now;
    END IF;
  ELSIF cardinality(p_kept) > v_taken THEN  -- and there may be tasks for the places that are left
    PERFORM pg_notify(${literal}, p_labourer);
  END IF;
  RETURN QUERY SELECT v_now, v_next, NULL::text, nullif(array_to_string(v_dropped, E'\\x01'), ''), NULL::integer, NULL::bigint,
    ${end.due}, NULL::integer, ${end.seq}, NULL::text;
END ${dollar};
`;
};

const FRESH = {
  ...{ rows: 'v_fresh_rows', sources: 'v_fresh_sources', seqs: 'v_fresh_seqs', ids: 'v_fresh_ids', dues: 'v_fresh_dues' },
  ...{ taskRows: 'v_fresh_task_rows', keys: 'v_fresh_keys', found: 'v_found' },
};

const inOrderVariables = `
  v_again integer := 0;
  v_first integer := 0;  -- how many of those in \`again\` go before all that are fresh
  v_fresh_rows tid[]; v_fresh_sources smallint[]; v_fresh_seqs bigint[]; v_fresh_ids text[]; v_fresh_dues bigint[]; v_fresh_task_rows tid[]; v_fresh_keys text[];${freshVariables}`;

const chooseInOrder = (s: string): string => `${lockLanes(s)}
    v_found := 0;
    IF v_first < v_room THEN
${lockFreshHead(s, { ...FRESH, wanted: '(v_room - v_first)' })}
    END IF;
${mergeFresh}
    v_room := least(v_room, v_again + v_found);`;

/** The labourer's lock, as an expression: shared by all who claim, and taken alone by who must count. */
export const labourersLock = (name: string): string => `hashtextextended(p_labourer, hashtext(${quoteText(`reeve.cap ${name}`)}))`;

const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
