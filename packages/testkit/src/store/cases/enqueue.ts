import assert from 'node:assert/strict';
import { assertRecord, count } from '../assertions.ts';
import type { StoreCase } from '../bench.ts';
import { aTask, claimed, completed, dead, find, first, held, idOf, ids, json, keyOf, other, range, settleOne, tasks } from '../given.ts';
import { holds } from '../holds.ts';

export const enqueueCases: readonly StoreCase[] = [
  holds('E1', 'what is enqueued is found whole, over another connection', async ({ store, peer, clock }) => {
    const due = clock.now() + 5_000;
    await store.enqueue([aTask(1), aTask(2, { due, payload: json('{"deep": [{"n": 1.50, "none": null}]}') })]);
    assertRecord(await peer.find(keyOf(1)), { ...aTask(1), state: 'queued', attempts: 0, createdAt: clock.now(), due: clock.now() });
    assertRecord(await peer.find(keyOf(2)), {
      payload: '{"deep": [{"n": 1.50, "none": null}]}',
      due,
      createdAt: clock.now(),
      lastError: undefined,
    });
  }),
  holds('E1', 'what one connection enqueued the other claims', async (bench) => {
    await bench.peer.enqueue(tasks(3));
    assert.deepEqual(ids(await claimed(bench)), range(3).map(idOf));
  }),
  holds('E2', 'a known id is a duplicate and leaves the queued task as it is', async (bench) => {
    assert.deepEqual(await bench.store.enqueue([aTask(1)]), ['created']);
    const before = await find(bench, 1);
    await bench.clock.advance(1_000);
    assert.deepEqual(await bench.store.enqueue([aTask(1, { payload: json('"other"'), due: 1 })]), ['duplicate']);
    assert.deepEqual(await bench.peer.enqueue([aTask(1, { payload: json('"other"') })]), ['duplicate']);
    assert.deepEqual(await find(bench, 1), before);
  }),
  holds('E2', 'a running id is a duplicate and leaves the lease as it is', async (bench) => {
    const lease = first(await held(bench, 1));
    const before = await find(bench, 0);
    assert.deepEqual(await bench.peer.enqueue([aTask(0, { payload: json('"other"') })]), ['duplicate']);
    assert.deepEqual(await find(bench, 0), before);
    assert.deepEqual(await claimed(bench), []);
    assert.equal(await settleOne(bench.store, completed(lease)), 'applied');
  }),
  holds('E2', 'a completed or dead id is a duplicate and never runs again', async (bench) => {
    const [done, buried] = await held(bench, 2);
    await bench.store.settle([completed(done!, '"kept"'), dead(buried!)]);
    assert.deepEqual(await bench.store.enqueue(tasks(2)), ['duplicate', 'duplicate']);
    await bench.store.maintain([done!.labourer]);
    assert.deepEqual(await bench.peer.enqueue(tasks(3)), ['duplicate', 'duplicate', 'created']);
    assertRecord(await find(bench, 0), { state: 'completed', result: '"kept"' });
    assert.deepEqual(ids(await claimed(bench)), [idOf(2)]);
  }),
  holds('E2', 'an id is unique within the store: another labourer may not use it', async (bench) => {
    await bench.store.enqueue([aTask(1)]);
    assert.deepEqual(await bench.peer.enqueue([aTask(1, { labourer: other })]), ['duplicate']);
    assert.equal(await bench.store.find({ labourer: other, id: idOf(1) }), undefined);
    assert.deepEqual(await claimed(bench, { labourer: other }), []);
    assert.equal((await claimed(bench)).length, 1);
  }),
  holds('E2', 'the second of two with one id in a call is a duplicate', async (bench) => {
    const twice = [aTask(1), aTask(2), aTask(1, { payload: json('"second"') }), aTask(1, { labourer: other })];
    assert.deepEqual(await bench.store.enqueue(twice), ['created', 'created', 'duplicate', 'duplicate']);
    assertRecord(await find(bench, 1), { payload: aTask(1).payload });
    assert.deepEqual(ids(await claimed(bench)), [idOf(1), idOf(2)]);
  }),
  holds('E2', 'two connections enqueue the same ids at once: each is created once', async (bench) => {
    const answers = await Promise.all([bench.store.enqueue(tasks(20)), bench.peer.enqueue(tasks(20)), bench.store.enqueue(tasks(20))]);
    for (const n of range(20)) {
      assert.equal(
        count(
          answers.map((each) => each[n]),
          'created',
        ),
        1,
        `how often ${idOf(n)} was created`,
      );
    }
    assert.equal((await claimed(bench)).length, 20);
  }),
  holds('E2', 'two connections enqueue one id for two labourers at once: one of them has it', async (bench) => {
    for (const n of range(5)) {
      const answers = await Promise.all([bench.store.enqueue([aTask(n)]), bench.peer.enqueue([aTask(n, { labourer: other })])]);
      assert.deepEqual(answers.flat().sort(), ['created', 'duplicate']);
    }
    const all = [...(await claimed(bench)), ...(await claimed(bench, { labourer: other }))];
    assert.deepEqual([...ids(all)].sort(), range(5).map(idOf));
  }),
  holds('E3', 'answers are in the order of the arguments', async ({ store }) => {
    await store.enqueue([aTask(2), aTask(5)]);
    assert.deepEqual(await store.enqueue([aTask(3), aTask(2), aTask(4), aTask(5), aTask(1)]), [
      'created',
      'duplicate',
      'created',
      'duplicate',
      'created',
    ]);
  }),
  holds('E3', 'a thousand in one call, a tenth of them known, are answered and kept in order', async (bench) => {
    const known = tasks(1_000).filter((_, n) => n % 10 === 3);
    await bench.store.enqueue(known);
    const answers = await bench.store.enqueue(tasks(1_000));
    assert.deepEqual(
      answers,
      range(1_000).map((n) => (n % 10 === 3 ? 'duplicate' : 'created')),
    );
    assertRecord(await find(bench, 999), { ...aTask(999), state: 'queued' });
    const fresh = range(1_000).filter((n) => n % 10 !== 3);
    const order = [...known.map(({ id }) => id), ...fresh.map(idOf)];
    assert.deepEqual(ids(await claimed(bench, { limit: 150 })), order.slice(0, 150));
  }),
  holds('E4', 'empty calls are answered', async ({ store, clock }) => {
    assert.deepEqual(await store.enqueue([]), []);
    assert.deepEqual(await store.settle([]), []);
    assert.deepEqual(await store.renew([]), []);
    assert.deepEqual(await store.reap([]), []);
    assert.deepEqual(await store.expired([], 10), []);
    assert.deepEqual(await store.census([]), []);
    assert.equal((await store.labourersWithDue([])).size, 0);
    assert.equal((await store.maintain([])).more, false);
    assert.equal(await store.find({ labourer: 'nobody', id: String(clock.now()) }), undefined);
  }),
];
