import assert from 'node:assert/strict';
import {
  createReeve,
  Foreman,
  inProcessInvoker,
  MemoryTaskStore as Memory,
  type MemoryTaskStore,
  memoryStore,
  ReeveError,
  TaskReader,
  TaskStore,
} from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { describe, it } from 'vitest';
import { rig } from './rig.ts';

const two = { a: { maxSimultaneousInvocations: 2 }, b: { maxSimultaneousInvocations: 2 } };
const stateOf = async (store: MemoryTaskStore, id: string) => (await store.find({ labourer: 'a', id }))?.state;
const claim = (r: ReturnType<typeof rig>, limit = 1) =>
  r.store.claim({ labourer: 'a', token: r.chance.id(), cap: 100, limit, lease: 60_000 });

/** Whatever is called, the fault is told before the store hears of anything. */
const faultOf = async (call: Promise<unknown>): Promise<ReeveError> => {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(ReeveError.is(error), String(error));
  return error;
};

describe('cancel', () => {
  it('answers each in order, and tells of those that it ended', async () => {
    const r = rig();
    for (const id of ['runs', 'waits']) await r.enqueuer.enqueue('a', {}, { id });
    await claim(r);
    const keys = ['waits', 'runs', 'none'].map((id) => ({ labourer: 'a', id }));
    assert.deepEqual(await r.foreman.cancel(keys), ['cancelled', 'cancelling', 'unknown']);
    assert.deepEqual(await r.foreman.cancel(keys), ['ended', 'cancelling', 'unknown']);
    assert.deepEqual(r.named('task.cancelled'), [{ labourer: 'a', id: 'waits' }]);
  });

  it('checks all before it changes one', async () => {
    const r = rig();
    await r.enqueuer.enqueue('a', {}, { id: 'waits' });
    const good = { labourer: 'a', id: 'waits' };
    const bad = await faultOf(r.foreman.cancel([good, { labourer: 'a', id: '' }]));
    assert.match(bad.message, /^keys\[1\]\.id: the text is empty; give 1 to 128/);
    const foreign = await faultOf(r.foreman.cancel([{ labourer: 'zebra', id: '1' }]));
    assert.match(foreign.message, /^labourer: there is no labourer "zebra" here; known are a \[UNKNOWN_LABOURER\]/);
    assert.equal((await faultOf(r.foreman.cancel([undefined as never]))).code, 'UNKNOWN_LABOURER');
    assert.equal(await stateOf(r.store, 'waits'), 'queued');
  });

  it('stands though other processes could not be told', async () => {
    const r = rig();
    await r.enqueuer.enqueue('a', {}, { id: '1' });
    await claim(r);
    const register = { change: async () => Promise.reject(new Error('no table')) };
    const foreman = new Foreman({ ...r, operator: r.store, register });
    assert.deepEqual(await foreman.cancel([{ labourer: 'a', id: '1' }]), ['cancelling']);
    assert.match(String(r.named('store.failed')[0]?.error), /no table/);
  });

  it('tells of what was done before the store failed', async () => {
    const r = rig();
    const keys = Array.from({ length: 501 }, (_, n) => ({ labourer: 'a', id: String(n) }));
    await r.store.enqueue(keys.map((key) => ({ ...key, payload: '{}' as never })));
    let calls = 0;
    const operator: MemoryTaskStore = Object.create(r.store, {
      cancel: {
        value: async (page: typeof keys) => {
          calls += 1;
          if (calls === 2) throw new Error('gone');
          return r.store.cancel(page);
        },
      },
    });
    const foreman = new Foreman({ ...r, operator, register: undefined });
    await assert.rejects(foreman.cancel(keys), /gone/);
    assert.equal(r.named('task.cancelled').length, 500);
    assert.equal(await stateOf(r.store, '500'), 'queued');
  });
});

describe('bury, redrive, replace', () => {
  it('bury ends a queued task with a bounded error', async () => {
    const r = rig();
    await r.enqueuer.enqueue('a', {}, { id: '1' });
    assert.deepEqual(await r.foreman.bury([{ labourer: 'a', id: '1', error: new TypeError('x'.repeat(9_000)) }]), ['buried']);
    const task = await r.store.find({ labourer: 'a', id: '1' });
    assert.match(task?.state === 'dead' ? task.error : '', /^TypeError: x{2000,2040}…$/);
    assert.equal(r.named('task.dead').length, 1);
  });

  it('redrive rings for those it queued, and tells of them', async () => {
    const r = rig({ labourers: two });
    for (const labourer of ['a', 'b']) await r.enqueuer.enqueue(labourer, {}, { id: labourer });
    await r.foreman.bury([{ labourer: 'a', id: 'a', error: 'wrong' }]);
    const rung: string[] = [];
    r.doorbell.onRing((labourer) => rung.push(labourer));
    const outcomes = await r.foreman.redrive([
      { labourer: 'a', id: 'a', after: 0.2 },
      { labourer: 'b', id: 'b' },
    ]);
    assert.deepEqual(outcomes, ['queued', 'open']);
    assert.deepEqual(rung, ['a']);
    assert.deepEqual(r.named('task.redriven'), [{ labourer: 'a', id: 'a', after: 1 }]);
    for (const after of [-1, Number.NaN, 1e15, '5' as never])
      assert.match((await faultOf(r.foreman.redrive([{ labourer: 'a', id: 'a', after }]))).message, /^after: .* is no wait; .*INVALID_DUE/);
  });

  it('replace takes a payload that JSON can carry', async () => {
    const r = rig();
    await r.enqueuer.enqueue('a', { n: 1 }, { id: '1' });
    assert.deepEqual(await r.foreman.replace([{ labourer: 'a', id: '1', payload: { n: 2 } }]), ['replaced']);
    assert.equal((await r.store.find({ labourer: 'a', id: '1' }))?.payload, '{"n":2}');
    const items = [1n, 2n].map((payload) => ({ labourer: 'a', id: '1', payload }));
    assert.match((await faultOf(r.foreman.replace(items))).message, /^replacements\[0\]\.payload: a BigInt/);
    await claim(r);
    assert.deepEqual(await r.foreman.replace([{ labourer: 'a', id: '1', payload: 3 }]), ['started']);
  });
});

describe('the facade', () => {
  const use = [memoryStore(), inProcessInvoker({ handlers: { a: () => 1 } })];
  const labourers = { a: { maxSimultaneousInvocations: 1 } };

  it('answers one for one and many for many', async () => {
    const reeve = createReeve({ labourers, use });
    await reeve.enqueue('a', {}, { id: '1' });
    const key = { labourer: 'a', id: '1' };
    assert.equal(await reeve.replace({ ...key, payload: 2 }), 'replaced');
    assert.equal(await reeve.cancel(key), 'cancelled');
    assert.deepEqual(await reeve.cancel([key, key]), ['ended', 'ended']);
    assert.equal(await reeve.redrive(key), 'queued');
    assert.equal(await reeve.bury({ ...key, error: 'wrong' }), 'buried');
    assert.deepEqual(await reeve.cancel([]), []);
  });

  it('says what to add where the composition has no Operator', async () => {
    const bare = new ContainerModule(({ bind }) => {
      const store = new Memory({ clock: new ManualClock() });
      bind(TaskStore).toConstantValue(store);
      bind(TaskReader).toConstantValue(store);
    });
    const reeve = createReeve({ labourers, use: [bare, inProcessInvoker({ handlers: { a: () => 1 } })] });
    const { kind, code, message } = await faultOf(reeve.cancel({ labourer: 'a', id: '1' }));
    assert.deepEqual([kind, code], ['config', 'PART_MISSING']);
    assert.match(message, /^cancel: nothing in this composition provides Operator; take a store that does, such as memoryStore\(\)/);
  });
});
