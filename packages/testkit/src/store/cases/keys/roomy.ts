import assert from 'node:assert/strict';
import type { ClaimRequest, KeyRoom, Lease } from '@reeve/core';
import type { StoreBench } from '../../bench.ts';
import { claimed, ids } from '../../given.ts';

/** `room({ a: 1 }, 2)`: one of a, and two of each other key. */
export const room = (of: Readonly<Record<string, number>>, others: number): KeyRoom => ({ of: new Map(Object.entries(of)), others });

/** What a claim with `room` takes. */
export const within = async (bench: StoreBench, keyRoom: KeyRoom, over: Partial<ClaimRequest> = {}): Promise<readonly string[]> =>
  ids(await claimed(bench, { room: keyRoom, ...over }));

/** One claim took no more of any key than its own room says. */
export const assertWithin = (leases: readonly Lease[], { of, others }: KeyRoom, keyOf: (id: string) => string): void => {
  const counts = new Map<string, number>();
  for (const { id } of leases) counts.set(keyOf(id), (counts.get(keyOf(id)) ?? 0) + 1);
  for (const [key, count] of counts) {
    const most = of.get(key) ?? others;
    assert.ok(count <= most, `one claim took ${count} of ${key} where there was room for ${most}`);
  }
};
