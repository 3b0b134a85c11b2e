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

describe('a way with faults to what an operator, a register and an outbox have', () => {
  const key = (id: string) => ({ labourer: 'mill', id });

  it('carries a part of a call out, and fails', async () => {
    const { store, honest, known } = open({ partial: 1 });
    await honest.enqueue(Array.from({ length: 9 }, (_, n) => task(`task-${n}`)));
    const keys = Array.from({ length: 9 }, (_, n) => key(`task-${n}`));
    assert.equal(await store.cancel(keys).catch(code), 'STORE_NO_ANSWER');
    expect(await known()).toBeGreaterThan(0);
    expect(await known()).toBeLessThan(9);
  });

  it('carries a call out twice: what was done by the first is seen by the second', async () => {
    const { store, honest, dealt } = open({ again: 1 });
    await honest.enqueue([task('a')]);
    assert.deepEqual(await store.bury([{ ...key('a'), error: 'e' }]), ['ended']);
    assert.deepEqual(await store.redrive([key('a')]), ['open']);
    assert.deepEqual(await store.replace([{ ...key('a'), payload: '2' as JsonText }]), ['replaced']);
    assert.deepEqual(await store.cancel([key('a')]), ['ended']);
    const change = { name: 'n', value: '1' as JsonText, stamp: 's', expected: null };
    assert.deepEqual((await store.change([change])).outcomes, [{ kind: 'stale', entry: { value: '1', stamp: 's' } }]);
    assert.deepEqual(
      dealt,
      ['bury', 'redrive', 'replace', 'cancel', 'change'].map((verb) => `${verb}: again`),
    );
  });

  it('loses the answer of whatever was carried out', async () => {
    const { store, honest } = open({ errorAfter: 1 });
    await honest.enqueue([{ ...task('a'), follow: '[]' as JsonText }]);
    const end = { ...key('a'), endedAt: 0 };
    const calls = [() => store.cancel([key('a')]), () => store.look(['n']), () => store.outbox(['mill'], 1), () => store.takeOut([end])];
    for (const call of calls) assert.equal(await call().catch(code), 'STORE_NO_ANSWER');
    assert.equal((await honest.find(key('a')))?.state, 'cancelled');
    assert.equal((await honest.outbox(['mill'], 1)).length, 1);
  });

  it('answers an outbox with what was in it before, and a register never', async () => {
    const { store, honest } = open({ stale: 1, staleFor: 1_000 });
    await honest.enqueue([{ ...task('a'), follow: '[]' as JsonText }]);
    assert.deepEqual(await store.outbox(['mill'], 1), []);
    assert.deepEqual((await store.look(['n'])).entries, [undefined]);
    await store.cancel([key('a')]);
    await store.change([{ name: 'n', value: '1' as JsonText, stamp: 's' }]);
    assert.deepEqual(await store.outbox(['mill'], 1), []);
    assert.deepEqual((await store.look(['n'])).entries, [{ value: '1', stamp: 's' }]);
  });

  it('has none of them where the store has none', () => {
    const { honest, clock } = open({});
    const { capabilities } = honest;
    const small = { capabilities, find: honest.find.bind(honest) } as unknown as Parameters<typeof faultyStore>[0];
    const parts = { clock, chance: new Stream(1, 'way'), faults: noStoreFaults };
    assert.ok(!('cancel' in faultyStore(small, parts)));
  });
});
