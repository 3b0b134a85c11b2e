import type { MaintenanceReport, Millis } from '@reeve/core';
import { scriptOf } from '../client/scripts.ts';
import { FORGET } from '../lua/many.ts';
import { inPages, ofEach, type Parts } from './parts.ts';
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
 * unregister, and the next call goes on there.
 */
export const maintain = async (
  parts: Parts,
  labourers: readonly string[],
  { keepEnded, keepHistory }: { readonly keepEnded: Millis; readonly keepHistory: number },
): Promise<MaintenanceReport> => {
  const keysOf = (labourer: string): readonly string[] => {
    const { tasks, ended, meta, unregister: leaving, completed, dead, aside } = parts.keys.of(labourer);
    return [tasks, ended, meta, leaving, completed, dead, aside];
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
  for (const group of inPages(labourers, TOGETHER)) {
    const answers = await ofEach<Answer>(parts, SCRIPT, group, keysOf, [keepEnded, keepHistory, PAGE]);
    await Promise.all(group.map((labourer, n) => takeOut(labourer, answers[n]!)));
  }
  return { done: { purged, trimmed }, more };
};
