import { scriptOf } from '../client/scripts.ts';
import { LOOK } from '../lua/look.ts';
import type { Stored } from '../records.ts';
import type { Parts } from '../verbs/parts.ts';

const SCRIPT = scriptOf('look', LOOK);

/** All that is stored of some tasks, at one instant, in the order of the ids. */
export const lookAt = async ({ keys, scripts }: Parts, labourer: string, ids: readonly string[]): Promise<readonly Stored[]> => {
  if (ids.length === 0) return [];
  const own = keys.of(labourer);
  const names = [own.tasks, own.back, own.leases, own.overdue, own.ended, own.notes];
  const answer = (await scripts.read(SCRIPT, names, ids)) as (string | null)[][];
  const [tasks = [], backs = [], leases = [], overdue = [], ended = [], errors = []] = answer;
  return ids.map((_, n) => ({
    task: tasks[n] ?? null,
    back: backs[n] ?? null,
    lease: leases[n] ?? null,
    overdue: overdue[n] ?? null,
    ended: ended[n] ?? null,
    errors: errors[n] ?? null,
  }));
};
