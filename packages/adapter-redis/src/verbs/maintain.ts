import type { Keep, MaintenanceReport, Millis, Retention } from '@reeve/core';
import { scriptOf } from '../client/scripts.ts';
import { FORGET } from '../lua/forget.ts';
import { inPages, type Parts } from './parts.ts';
import { unregister } from './registry.ts';

const SCRIPT = scriptOf('maintain', FORGET);
const FORGOTTEN = scriptOf('maintain', `return redis.call('SREM', KEYS[1], unpack(ARGV, 2))`);

/** Ended tasks of each labourer and kind that one call deals with. */
const PAGE = 1_000;
/** Labourers that one script looks at: a hundred with a page each would hold everybody up. */
const TOGETHER = 10;

type Answer = readonly [forgotten: number, trimmed: number, more: number, ...ids: string[]];

/**
 * A task is forgotten where it is kept first, and then taken out of the registry: whoever dies in between leaves its id among those to
 * unregister, and the next call goes on there. Lists and sets know how many they have, so to count is nothing.
 */
export const maintain = async (
  parts: Parts,
  labourers: readonly string[],
  { keepEnded, keepHistory }: { readonly keepEnded: Millis; readonly keepHistory: number },
  retention?: ReadonlyMap<string, Retention>,
): Promise<MaintenanceReport> => {
  const keysOf = (labourer: string): readonly string[] => {
    const { tasks, ended, meta, unregister: leaving, completed, oldDead, oldAside, ends, notes } = parts.keys.of(labourer);
    return [tasks, ended, meta, leaving, completed, oldDead, oldAside, ends, notes];
  };
  let purged = 0;
  let trimmed = 0;
  let more = false;
  const takeOut = async (labourer: string, [forgotten, bared, again, ...ids]: Answer): Promise<void> => {
    purged += forgotten;
    trimmed += bared;
    more ||= again === 1;
    if (ids.length === 0) return;
    const gone = await unregister(parts, labourer, ids);
    if (gone.length > 0) await parts.scripts.write(FORGOTTEN, [parts.keys.of(labourer).unregister], gone);
  };
  for (const group of inPages(labourers, parts.scripts.spread ? 1 : TOGETHER)) {
    const own = group.some((each) => retention?.has(each)) ? group.flatMap((each) => argsOf(retention?.get(each))) : [];
    const args = [keepEnded, keepHistory, PAGE, ...own];
    const answers = (await parts.scripts.read(SCRIPT, group.flatMap(keysOf), args)) as readonly Answer[];
    await Promise.all(group.map((labourer, n) => takeOut(labourer, answers[n]!)));
  }
  return { done: { purged, trimmed }, more };
};

const argsOf = ({ completed, others }: Retention = {}): readonly (string | number)[] => [...pairOf(completed), ...pairOf(others)];

const pairOf = ({ age, count }: Keep = {}): readonly (string | number)[] => [age ?? '', count ?? ''];
