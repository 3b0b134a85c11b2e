import assert from 'node:assert/strict';
import { type JsonText, MemoryTaskStore, type NewTask, ReeveError } from '@reeve/core';
import { faultyStore, ManualClock, noStoreFaults, type StoreFaults, Stream } from '@reeve/testkit';
import { describe, expect, it } from 'vitest';

const task = (id: string): NewTask => ({ labourer: 'mill', id, payload: '1' as JsonText });
const request = { labourer: 'mill', token: 't', cap: 10, limit: 1, lease: 1_000 };

const open = (faults: Partial<StoreFaults>) => {
  const clock = new ManualClock();
  const honest = new MemoryTaskStore({ clock });
  const dealt: string[] = [];
  const parts = { clock, chance: new Stream(1, 'way'), faults: { ...noStoreFaults, ...faults } };
  const store = faultyStore(honest, { ...parts, onFault: (verb, fault) => dealt.push(`${verb}: ${fault}`) });
  return {
    clock,
    honest,
    store,
    dealt,
    known: async () => (await honest.list({ labourer: 'mill', state: 'queued', limit: 10 })).tasks.length,
  };
};

const code = (error: unknown): string => (ReeveError.is(error) ? error.code : String(error));

describe('a way with faults', () => {
  it('does nothing where there are none', async () => {
    const { store, dealt } = open({});
    assert.deepEqual(await store.enqueue([task('a')]), ['created']);
    assert.equal((await store.claim(request)).leases.length, 1);
    assert.deepEqual(dealt, []);
  });

  it('loses a call before it is carried out', async () => {
    const { store, known, dealt } = open({ errorBefore: 1 });
    assert.equal(await store.enqueue([task('a')]).catch(code), 'STORE_UNREACHABLE');
    assert.equal(await known(), 0);
    assert.deepEqual(dealt, ['enqueue: error before']);
  });

  it('loses the answer of a call that was carried out', async () => {
    const { store, known } = open({ errorAfter: 1 });
    assert.equal(await store.enqueue([task('a')]).catch(code), 'STORE_NO_ANSWER');
    assert.equal(await known(), 1);
  });

  it('gives no answer at all', async () => {
    for (const [faults, expected] of [[{ silenceBefore: 1 }, 0] as const, [{ silenceAfter: 1 }, 1] as const]) {
      const { store, known } = open(faults);
      let answered = false;
      void store.enqueue([task('a')]).finally(() => {
        answered = true;
      });
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(answered, false);
      assert.equal(await known(), expected);
    }
  });

  it('carries a call out twice, and answers the second', async () => {
    const { store, known } = open({ again: 1 });
    assert.deepEqual(await store.enqueue([task('a')]), ['duplicate']);
    assert.equal(await known(), 1);
  });

  it('carries a part of it out, and fails', async () => {
    const { store, known } = open({ partial: 1 });
    const tasks = Array.from({ length: 9 }, (_, n) => task(`task-${n}`));
    assert.equal(await store.enqueue(tasks).catch(code), 'STORE_NO_ANSWER');
    expect(await known()).toBeLessThan(9);
    expect(await known()).toBeGreaterThan(0);
  });

  it('lets a copy go astray that is carried out much later', async () => {
    const { store, honest, clock } = open({ late: 1 });
    await store.enqueue([task('a'), task('b')]);
    await store.claim(request);
    await clock.advance(200_000);
    assert.deepEqual(await honest.census(['mill']), [{ due: 0, waiting: 0, running: 0, expired: 2 }]);
  });

  it('throttles for a while', async () => {
    const { store, clock } = open({ throttle: 1, throttleFor: 1_000 });
    assert.equal(await store.enqueue([task('a')]).catch(code), 'STORE_BUSY');
    const later = open({ throttleFor: 1_000 });
    assert.deepEqual(await later.store.enqueue([task('a')]), ['created']);
    await clock.advance(1_001);
    assert.equal(await store.enqueue([task('a')]).catch(code), 'STORE_BUSY'); // another burst
  });

  it('answers a read that may lag with what was before, and not for ever', async () => {
    const { store, clock } = open({ stale: 1, staleFor: 1_000 });
    assert.deepEqual([...(await store.labourersWithDue(['mill']))], []);
    await store.enqueue([task('a')]);
    assert.deepEqual([...(await store.labourersWithDue(['mill']))], []);
    assert.equal((await store.find(task('a')))?.state, 'queued', 'what is promised at once does not lag');
    await clock.advance(1_001);
    assert.deepEqual([...(await store.labourersWithDue(['mill']))], ['mill']);
  });

  it('lets calls overtake one another', async () => {
    const { store, clock } = open({ delay: [10, 1_000] });
    const order: string[] = [];
    const calls = ['a', 'b', 'c', 'd', 'e'].map((id) => store.enqueue([task(id)]).then(() => order.push(id)));
    await clock.advance(5_000);
    await Promise.all(calls);
    expect(order.join('')).not.toBe('abcde');
    expect([...order].sort().join('')).toBe('abcde');
  });
});
