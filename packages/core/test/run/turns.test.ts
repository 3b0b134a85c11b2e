import assert from 'node:assert/strict';
import { type JsonText, MemoryTaskStore, type NewTask } from '@reeve/core';
import { CountingChance, ManualClock } from '@reeve/testkit';
import { describe, it } from 'vitest';

const world = () => {
  const clock = new ManualClock();
  const chance = new CountingChance();
  const store = new MemoryTaskStore({ clock });
  const task = (id: string, key?: string, more: Partial<NewTask> = {}): NewTask => ({
    labourer: 'a',
    id,
    payload: '{}' as JsonText,
    ...(key !== undefined && { key }),
    ...more,
  });
  const claim = (limit: number, perKey: number, cap = 100) =>
    store.claim({ labourer: 'a', token: chance.id(), cap, perKey, limit, lease: 60_000 }).then(({ leases }) => leases);
  const ids = async (limit: number, perKey: number, cap?: number): Promise<readonly string[]> =>
    (await claim(limit, perKey, cap)).map(({ id }) => id);
  return { clock, store, task, claim, ids };
};

describe('claims per key', () => {
  it('take turns: a hundred thousand tasks of one do not keep three of another waiting', async () => {
    const { store, task, ids } = world();
    await store.enqueue(Array.from({ length: 100_000 }, (_, n) => task(`big-${n}`, 'big')));
    await store.enqueue([1, 2, 3].map((n) => task(`small-${n}`, 'small')));
    assert.deepEqual(await ids(6, 10), ['big-0', 'small-1', 'big-1', 'small-2', 'big-2', 'small-3']);
    assert.deepEqual(await ids(2, 10), ['big-3', 'big-4']);
  });

  it('pass over a key that is full, and limit nothing without a key', async () => {
    const { store, task, ids } = world();
    await store.enqueue([task('a1', 'a'), task('a2', 'a'), task('a3', 'a'), task('n1'), task('n2'), task('b1', 'b')]);
    assert.deepEqual(await ids(10, 1), ['a1', 'n1', 'b1', 'n2']);
    assert.deepEqual(await ids(10, 2), ['a2']);
  });

  it('count a lease that is over no more', async () => {
    const { store, task, ids, clock } = world();
    await store.enqueue([task('a1', 'a'), task('a2', 'a')]);
    assert.deepEqual(await ids(5, 1), ['a1']);
    assert.deepEqual(await ids(5, 1), []);
    await clock.advance(60_000);
    assert.deepEqual(await ids(5, 1), ['a2']);
  });
});
