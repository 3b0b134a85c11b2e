/** What claims with turns take beside what all take, and what none of it means. */
export const turnArguments = 'p_per_key integer, p_room_keys text[], p_room_lefts integer[], p_room_others integer';

/** More than can run of any key, and less than would overflow. */
export const NO_LIMIT = 2_000_000_000;

/**
 * How many run of each key, into `v_runs`; those without a key under ''. It may not be mended by the clock alone: a lease past its
 * deadline may be under renewal by one who has read the clock a moment before us. So such a lease counts as running, unless we have its
 * row locked: whoever renews it then waits for us, reads the clock again, and finds it too late.
 */
export const countRuns = (s: string): string => {
  const held = 's.labourer = p_labourer AND s.token IS NOT NULL AND s.no NOT IN (SELECT k.no FROM unnest(p_kept) AS k (no))';
  const count = (more: string): string => `
  SELECT coalesce(jsonb_object(array_agg(f.key), array_agg(f.runs::text)), '{}'), coalesce(bool_or(f.over), false), count(*) INTO v_runs, v_over, v_keys_running
  FROM (
    SELECT coalesce(s.key, '') AS key, count(*) AS runs, bool_or(s.deadline <= v_now) AS over
    FROM ${s}.slot s WHERE ${held}${more} GROUP BY 1) f;`;
  return `${count('')}
  IF v_over THEN
    SELECT coalesce(array_agg(f.no), '{}') INTO v_past
    FROM (SELECT s.no FROM ${s}.slot s WHERE ${held} AND s.deadline <= v_now ORDER BY s.no FOR UPDATE SKIP LOCKED) f;${count(' AND s.no <> ALL (v_past)')}
  END IF;`;
};

export const runsOf = (key: string): string => `coalesce((v_runs ->> ${key})::integer, 0)`;

/** How many more of a key may be taken. */
export const leftOf = (key: string): string => `least(p_per_key - ${runsOf(key)}, coalesce((v_lefts ->> ${key})::integer, p_room_others))`;

/** How much this claim may take of each key (C13), into `v_lefts`; those of which it may take none, into `v_shut_keys` as well. */
export const readRooms: string = `
  p_per_key := coalesce(p_per_key, ${NO_LIMIT});
  p_room_others := coalesce(p_room_others, ${NO_LIMIT});
  IF p_room_keys IS NOT NULL THEN
    SELECT coalesce(jsonb_object_agg(g.key, g.most), '{}'), coalesce(jsonb_object_agg(g.key, 0) FILTER (WHERE g.most <= 0), '{}'),
      count(*) FILTER (WHERE g.most <= 0)
    INTO v_lefts, v_shut_keys, v_shut
    FROM unnest(p_room_keys, p_room_lefts) AS g (key, most);
  END IF;`;
