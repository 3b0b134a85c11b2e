import assert from 'node:assert/strict';
import { type EnqueueOptions, type MemoryTaskStore, ReeveError } from '@reeve/core';
import { describe, it } from 'vitest';
import { rig } from './rig.ts';

const isFault = (code: string, words: RegExp) => (error: unknown) =>
  ReeveError.is(error, code) && error.kind === 'input' && words.test(error.message);
const total = async (store: MemoryTaskStore) => (await store.census(['a'])).reduce((sum, { due, waiting }) => sum + due + waiting, 0);

describe('enqueue', () => {
  it('makes an id, or takes yours; the same id again is a duplicate and changes nothing', async () => {
    const r = rig();
    const made = await r.enqueuer.enqueue('a', 1);
    assert.equal(made.outcome, 'created');
    assert.deepEqual(await r.enqueuer.enqueue('a', 1, { id: 'mine' }), { id: 'mine', outcome: 'created' });
    assert.deepEqual(await r.enqueuer.enqueue('a', 2, { id: 'mine' }), { id: 'mine', outcome: 'duplicate' });
    assert.equal((await r.store.find({ labourer: 'a', id: 'mine' }))?.payload, '1');
  });

  it('runAt and delay say when', async () => {
    const r = rig();
    await r.enqueuer.enqueue('a', {}, { id: 'at', runAt: new Date(r.clock.now() + 5_000) });
    await r.enqueuer.enqueue('a', {}, { id: 'in', delay: 7_000 });
    const dues = await Promise.all(
      ['at', 'in'].map(async (id) => {
        const task = await r.store.find({ labourer: 'a', id });
        return task?.state === 'queued' ? task.due - r.clock.now() : undefined;
      }),
    );
    assert.deepEqual(dues, [5_000, 7_000]);
  });

  it('a priority and an expiry: its own, or else its labourer’s', async () => {
    const a = { maxSimultaneousInvocations: 1 };
    const r = rig({ labourers: { a, b: { ...a, priority: 3, expireAfter: 1_000 } } });
    const kept = async (labourer: string, options: EnqueueOptions) => {
      const { id } = await r.enqueuer.enqueue(labourer, {}, options);
      const task = await r.store.find({ labourer, id });
      return [task?.priority, task?.state === 'queued' && task.expiresAt && task.expiresAt - r.clock.now()];
    };
    assert.deepEqual(await kept('a', {}), [0, undefined]);
    assert.deepEqual(await kept('a', { priority: 9, expireAfter: 5_000, delay: 2_000 }), [9, 7_000]);
    assert.deepEqual(await kept('b', {}), [3, 1_000]);
    assert.deepEqual(await kept('b', { delay: 10_000 }), [3, 11_000]);
    assert.deepEqual(await kept('b', { priority: 0, expiresAt: new Date(r.clock.now() + 7) }), [0, 7]);
  });

  it('refuses a priority or an expiry that cannot be, and writes nothing', async () => {
    const r = rig();
    await assert.rejects(r.enqueuer.enqueue('a', {}, { priority: 10 }), isFault('INVALID_PRIORITY', /^priority: 10/));
    await assert.rejects(r.enqueuer.enqueue('a', {}, { priority: null as never }), isFault('INVALID_PRIORITY', /null/));
    await assert.rejects(r.enqueuer.enqueue('a', {}, { delay: 9, expiresAt: r.clock.now() + 9 }), isFault('INVALID_EXPIRY', /due time/));
    const items = [{ payload: 1 }, { payload: 2, expireAfter: 0 }];
    await assert.rejects(r.enqueuer.enqueueMany('a', items), isFault('INVALID_EXPIRY', /^items\[1\]\.expireAfter: /));
    assert.equal(await total(r.store), 0);
  });

  it('rings once for many, and tells of each created one', async () => {
    const r = rig();
    const rung: string[] = [];
    r.doorbell.onRing((labourer) => rung.push(labourer));
    let created = 0;
    r.events.on('task.enqueued', () => created++);
    await r.enqueuer.enqueueMany('a', [
      { id: '1', payload: 1 },
      { id: '1', payload: 1 },
      { id: '2', payload: 2 },
    ]);
    assert.deepEqual([rung, created], [['a'], 2]);
  });

  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  let deep: unknown = 1;
  for (let n = 0; n < 10_000; n += 1) deep = [deep];
  const bad: readonly (readonly [what: string, payload: unknown, code: string, words: RegExp])[] = [
    ['undefined', undefined, 'PAYLOAD_NOT_JSON', /undefined/],
    ['a BigInt', { n: 10n }, 'PAYLOAD_NOT_JSON', /payload\.n.*bigint/i],
    ['a cycle', cycle, 'PAYLOAD_NOT_JSON', /payload\.self/],
    ['NUL', { text: 'a\u0000b' }, 'PAYLOAD_NOT_JSON', /payload\.text/],
    ['a lone surrogate', ['\ud800'], 'PAYLOAD_NOT_JSON', /payload\[0\]/],
    ['2 MB', { text: 'x'.repeat(2_000_000) }, 'PAYLOAD_TOO_LARGE', /payload/],
    ['10,000 levels', deep, 'PAYLOAD_TOO_DEEP', /64/],
    ['a Map', new Map(), 'PAYLOAD_NOT_JSON', /Map/],
    ['NaN', { price: Number.NaN }, 'PAYLOAD_NOT_JSON', /payload\.price.*NaN/],
  ];
  for (const [what, payload, code, words] of bad) {
    it(`refuses ${what} and writes nothing`, async () => {
      const r = rig();
      await assert.rejects(r.enqueuer.enqueue('a', payload), isFault(code, words));
      assert.equal(await total(r.store), 0);
    });
  }

  it('checks all of many before the first is written, and names the place', async () => {
    const r = rig();
    const items = Array.from({ length: 1_200 }, (_, n) => ({ payload: n === 1_100 ? { price: 1n } : { price: n } }));
    await assert.rejects(r.enqueuer.enqueueMany('a', items), isFault('PAYLOAD_NOT_JSON', /items\[1100\]\.payload\.price/));
    assert.equal(await total(r.store), 0);
  });

  it('refuses a labourer, an id and a time that cannot be', async () => {
    const r = rig();
    await assert.rejects(r.enqueuer.enqueue('b', {}), isFault('UNKNOWN_LABOURER', /"b".*known are a/));
    await assert.rejects(r.enqueuer.enqueue('a', {}, { id: '' }), isFault('INVALID_TASK_ID', /id/));
    await assert.rejects(r.enqueuer.enqueue('a', {}, { delay: -1 }), isFault('INVALID_DUE', /delay.*-1/));
    await assert.rejects(r.enqueuer.enqueue('a', {}, { delay: 1, runAt: 1 }), isFault('INVALID_DUE', /delay/));
    const good = { payload: {} };
    await assert.rejects(r.enqueuer.enqueueMany('a', [good, { ...good, id: '' }]), isFault('INVALID_TASK_ID', /^items\[1\]\.id: /));
    await assert.rejects(r.enqueuer.enqueueMany('a', [{ ...good, delay: -1 }, good]), isFault('INVALID_DUE', /^items\[0\]\.delay: /));
    assert.equal(await total(r.store), 0);
  });

  it('an id that another labourer has is a duplicate as well: ids are unique within the store', async () => {
    const r = rig({ labourers: { a: { maxSimultaneousInvocations: 1 }, b: { maxSimultaneousInvocations: 1 } } });
    await r.enqueuer.enqueue('a', 1, { id: 'order-7' });
    assert.equal((await r.enqueuer.enqueue('b', 2, { id: 'order-7' })).outcome, 'duplicate');
    assert.equal(await r.store.find({ labourer: 'b', id: 'order-7' }), undefined);
    assert.equal((await r.store.find({ labourer: 'a', id: 'order-7' }))?.payload, '1');
  });
});
