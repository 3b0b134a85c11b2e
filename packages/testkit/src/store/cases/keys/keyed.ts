import assert from 'node:assert/strict';
import type { ClaimRequest, NewTask } from '@reeve/core';
import type { StoreBench } from '../../bench.ts';
import { aTask, claimed, ids } from '../../given.ts';
import { pages } from '../../pages.ts';

export const keyed = (n: number, key: string, over: Partial<NewTask> = {}): NewTask => aTask(n, { key, ...over });

/** One task of each key, in this order: `'a a b'` are two of a, one of b; `-` is one without a key. */
export const ofKeys = (keys: string, from: number = 0): readonly NewTask[] =>
  keys.split(' ').map((key, n) => (key === '-' ? aTask(from + n) : keyed(from + n, key)));

/** What a claim with `perKey` takes. */
export const turns = async (bench: StoreBench, perKey: number, over: Partial<ClaimRequest> = {}): Promise<readonly string[]> =>
  ids(await claimed(bench, { perKey, ...over }));

/** The keys of those that run, by the store's own list: how many of each. */
export const runningByKey = async (bench: StoreBench): Promise<ReadonlyMap<string | undefined, number>> => {
  const counts = new Map<string | undefined, number>();
  for (const { key } of await pages(bench, 'running', 1_000)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
};

export const assertPerKey = async (bench: StoreBench, perKey: number): Promise<void> => {
  for (const [key, runs] of await runningByKey(bench))
    assert.ok(key === undefined || runs <= perKey, `${runs} of ${key} run where ${perKey} may`);
};
