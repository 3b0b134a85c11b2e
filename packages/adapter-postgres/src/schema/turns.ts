import { fromHeadIfEarly } from './fresh-head.ts';
import { countRuns, readRooms } from './turn-counts.ts';
import { chooseByHead } from './turns-by-head.ts';
import { chooseByKeys, keysVariables } from './turns-by-keys.ts';

/**
 * Chooses by turns (C12), and locks what it has chosen.
 *
 * To take the next of the key of which the fewest run, again and again, is to sort all tasks by how many of their key would run before
 * them, and then by C6. Keys are found through `turn`, whose rows are no nearer to the end than the first task of their key and lane:
 *
 * Two short ways come first, for tasks of the last lane alone: by the head of the queue, and by the first rows of `turn`. Both take the first tasks
 * of keys of which none runs. Any other key has one that runs, or its first task is behind all that was looked at: so nothing goes before
 * these, if there are enough of them. If not:
 *
 * 1. `v_reach` rows of `turn` from its head name keys; of each that has room the first `v_depth` tasks are looked up;
 * 2. the choice stands if no key that was not named could have a say in it (all rows were read, or all that is chosen is the first of a
 *    key of which none runs, and stands before the last row), and no key had more to say (its `v_depth` tasks reach past the last chosen);
 * 3. else we look further, or deeper.
 *
 * Two claims cannot both take the last place of a key: the labourer's lock of turns is held alone from before the counting until the leases are
 * there to be counted. Those who claim without turns do not take it, and are promised nothing; what they have taken is counted once it is there.
 *
 * A key of which this claim may take none (C13) is as one that is full: both short ways pass it by, and `v_reach` has room for its row.
 */
export const chooseTurns = (s: string): string => `
${countRuns(s)}
${readRooms}
  v_reach := v_room + v_keys_running + v_shut + 20;
  v_skipped := v_runs || v_shut_keys;
  v_chosen := NULL;
${fromHeadIfEarly(s)}
${chooseByHead(s)}
  IF v_chosen IS NULL THEN
${chooseByKeys(s)}
  END IF;`;

/** What is declared for \`chooseTurns\`. */
export const turnVariables: string = `
  v_runs jsonb; v_over boolean; v_past integer[]; v_keys_running integer;
  v_lefts jsonb := '{}'; v_shut_keys jsonb := '{}'; v_shut integer := 0; v_skipped jsonb;
  v_reach integer; v_chosen integer; v_chosen_rows tid[]; v_chosen_seqs bigint[]; v_from_due bigint; v_from_seq bigint; v_is_late boolean; v_lag bigint;
  v_is_first boolean := false; v_is_far boolean; v_end_due bigint; v_end_seq bigint;${keysVariables}`;

/** Where the caller's next search may begin, once \`v_taken\` are taken: nothing fresh stands before it that is due and could be seen. */
export const turnsEnd = {
  due: 'CASE WHEN v_is_first THEN v_dues[v_taken] ELSE v_end_due END',
  seq: 'CASE WHEN v_is_first THEN v_seqs[v_taken] ELSE v_end_seq END',
};

/** The lock that claims with turns of a labourer take alone, as an expression. */
export const turnsLock = (name: string): string =>
  `hashtextextended(p_labourer, hashtext('${`reeve.turns ${name}`.replaceAll("'", "''")}'))`;
