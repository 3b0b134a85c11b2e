import type { Census } from '@reeve/core';
import { scriptOf } from '../client/scripts.ts';
import { CENSUS } from '../lua/many.ts';
import { ofEach, type Parts } from '../verbs/parts.ts';

const SCRIPT = scriptOf('census', CENSUS);

/** Redis keeps count of every key, so the counts are exact and cost the same whatever the backlog. */
export const census = async (parts: Parts, labourers: readonly string[]): Promise<readonly Census[]> => {
  const keysOf = (labourer: string): readonly string[] => {
    const { ready, fresh, again, leases, overdue, order, meta, heads, turns, keyed } = parts.keys.of(labourer);
    return [ready, fresh, again, leases, overdue, order, meta, heads, turns, keyed];
  };
  const counts = await ofEach<readonly number[]>(parts, SCRIPT, labourers, keysOf);
  return counts.map(([due = 0, waiting = 0, running = 0, expired = 0]) => ({ due, waiting, running, expired }));
};
