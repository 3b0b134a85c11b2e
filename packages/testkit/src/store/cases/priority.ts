import assert from 'node:assert/strict';
import { assertRecord } from '../assertions.ts';
import type { StoreCase } from '../bench.ts';
import { eitherOf } from '../crowd.ts';
import {
  aTask,
  claim,
  claimed,
  completed,
  dead,
  expired,
  find,
  first,
  idOf,
  ids,
  json,
  LEASE,
  labourer,
  other,
  pass,
  range,
  released,
  request,
  retry,
} from '../given.ts';
import { holds } from '../holds.ts';
import { pages } from '../pages.ts';

/** One task of each of these priorities, in this order. */
const ofPriorities = (...priorities: readonly number[]) => priorities.map((priority, n) => aTask(n, { priority }));

export const priorityCases: readonly StoreCase[] = [
  holds('C6', 'of the due ones the highest priority comes first, whatever the order of enqueueing', async (bench) => {
    await bench.store.enqueue(ofPriorities(1, 0, 9, 5, 3, 8, 2, 7, 4, 6));
    assert.deepEqual(ids(await claimed(bench)), [2, 5, 7, 9, 3, 8, 4, 6, 0, 1].map(idOf));
  }),
  holds('C6', 'a task without a priority has that of 0, and comes in the order of enqueueing with those', async (bench) => {
    await bench.store.enqueue([aTask(0), aTask(1, { priority: 0 }), aTask(2), aTask(3, { priority: 1 })]);
    assert.deepEqual(ids(await claimed(bench)), [3, 0, 1, 2].map(idOf));
  }),
  holds('C6', 'of one priority the order is that of due times, then of enqueueing', async (bench) => {
    const now = bench.clock.now();
    const offsets = [-1_000, -9_000, -5_000, -9_000, -7_000];
    await bench.store.enqueue(offsets.flatMap((by, n) => [aTask(n, { due: now + by, priority: 4 }), aTask(n + 10, { due: now + by })]));
    assert.deepEqual(ids(await claimed(bench)), [1, 3, 4, 2, 0, 11, 13, 14, 12, 10].map(idOf));
  }),
  holds('C6', 'the priority goes before age: an urgent task overtakes those that wait for hours', async (bench) => {
    await bench.store.enqueue(range(5).map((n) => aTask(n)));
    await pass(bench, 5 * 3_600_000);
    await bench.store.enqueue([aTask(9, { priority: 1 })]);
    assert.deepEqual(ids(await claimed(bench, { limit: 2 })), [9, 0].map(idOf));
  }),
  holds('C6', 'an urgent task that is not due yet holds up no other, and goes first once it is', async (bench) => {
    await bench.store.enqueue([aTask(0, { priority: 9, due: bench.clock.now() + 10_000 }), aTask(1), aTask(2)]);
    assert.deepEqual(ids(await claimed(bench, { limit: 1 })), [idOf(1)]);
    await pass(bench, 10_000);
    assert.deepEqual(ids(await claimed(bench)), [0, 2].map(idOf));
  }),
  holds('C6', 'a retry goes before the fresh of its own priority, and of lower ones, and no further', async (bench) => {
    await bench.store.enqueue([aTask(0, { priority: 5 })]);
    const lease = first(await claimed(bench));
    await bench.store.enqueue([aTask(1, { priority: 6 }), aTask(2, { priority: 5 }), aTask(3, { priority: 4 })]);
    await bench.store.settle([retry(lease, 5_000)]);
    await pass(bench, 5_000);
    assert.deepEqual(ids(await claimed(bench)), [1, 0, 2, 3].map(idOf));
  }),
  holds('C6', 'an urgent retry that is not due yet holds up no other', async (bench) => {
    await bench.store.enqueue([aTask(0, { priority: 9 })]);
    await bench.store.settle([retry(first(await claimed(bench)), 3_600_000)]);
    await bench.store.enqueue([aTask(1), aTask(2, { priority: 9 })]);
    assert.deepEqual(ids(await claimed(bench)), [2, 1].map(idOf));
  }),
  holds('C6', 'released tasks come back in the old order of their priorities', async (bench) => {
    await bench.store.enqueue(ofPriorities(2, 7, 2, 7, 2));
    const leases = await claimed(bench, { limit: 4 });
    assert.deepEqual(ids(leases), [1, 3, 0, 2].map(idOf));
    await bench.store.settle([...leases].reverse().map((each) => released(each)));
    assert.deepEqual(ids(await claimed(bench)), [1, 3, 0, 2, 4].map(idOf));
  }),
  holds('C6', 'a task that is reaped keeps its priority', async (bench) => {
    await bench.store.enqueue([aTask(0, { priority: 3 })]);
    await claimed(bench);
    await pass(bench, LEASE);
    await bench.store.reap((await expired(bench)).map((each) => retry(each)));
    await bench.store.enqueue([aTask(1, { priority: 2 }), aTask(2, { priority: 4 })]);
    assert.deepEqual(ids(await claimed(bench)), [2, 0, 1].map(idOf));
  }),
  holds('C6', 'priorities hold over both connections and many calls', async (bench) => {
    const priorities = range(30).map((n) => (n * 7) % 10);
    for (const [n, task] of ofPriorities(...priorities).entries()) {
      await eitherOf(bench, n).enqueue([task]);
      await bench.clock.advance(1_000);
    }
    const order: string[] = [];
    for (const n of range(10)) {
      await bench.settled?.();
      order.push(...ids((await eitherOf(bench, n).claim(request({ limit: 3 }))).leases));
    }
    const inOrder = [...range(30)].sort((a, b) => (priorities[b] ?? 0) - (priorities[a] ?? 0) || a - b);
    assert.deepEqual(order, inOrder.map(idOf));
  }),
  holds('C6', 'a hundred and fifty of a low priority hide none of a higher one', async (bench) => {
    await bench.store.enqueue(range(150).map((n) => aTask(n)));
    await bench.store.enqueue([aTask(500, { priority: 1 }), aTask(501, { priority: 9 })]);
    assert.deepEqual(ids(await claimed(bench, { limit: 3 })), [501, 500, 0].map(idOf));
  }),
  holds('C6', 'an exchange passes the place on to the most urgent', async (bench) => {
    await bench.store.enqueue(ofPriorities(0, 0, 0));
    const lease = first(await claimed(bench, { cap: 1 }));
    await bench.store.enqueue([aTask(10, { priority: 2 })]);
    await bench.settled?.();
    const { leases } = await bench.store.exchange([completed(lease)], request({ cap: 1 }));
    assert.deepEqual(ids(leases), [idOf(10)]);
  }),
  holds('C3', 'what it says of the next due task is of all priorities', async (bench) => {
    const now = bench.clock.now();
    await bench.store.enqueue([aTask(0, { priority: 9, due: now + 60_000 }), aTask(1, { priority: 4, due: now + 10_000 })]);
    const { leases, nextDueIn } = await claim(bench);
    assert.deepEqual(leases, []);
    const latest = 10_000 + bench.store.capabilities.clockGuard;
    assert.ok(nextDueIn === undefined || (nextDueIn >= 0 && nextDueIn <= latest), `${nextDueIn} where at most ${latest} is right`);
  }),
  holds('C8', 'an urgent task of another labourer goes before none of this one', async (bench) => {
    await bench.store.enqueue([aTask(0), aTask(1, { labourer: other, priority: 9 })]);
    assert.deepEqual(ids(await claimed(bench)), [idOf(0)]);
    assert.deepEqual(ids(await claimed(bench, { labourer: other })), [idOf(1)]);
  }),
  holds('D1', 'a labourer is named for a due task of whatever priority', async (bench) => {
    const names = range(10).map((n) => `labourer-of-${n}`);
    await bench.store.enqueue(names.map((name, n) => aTask(n, { labourer: name, priority: n })));
    await bench.settled?.();
    const named = await bench.store.labourersWithDue([...names, 'idle']);
    for (const name of names) assert.ok(named.has(name), `${name} has a due task and is not named`);
  }),
  holds('L2', 'a census counts tasks of every priority', async (bench) => {
    const later = bench.clock.now() + 60_000;
    await bench.store.enqueue([...ofPriorities(0, 3, 9, 9), ...range(3).map((n) => aTask(n + 20, { priority: 3 * n, due: later }))]);
    await claimed(bench, { limit: 1 });
    await bench.settled?.();
    assert.deepEqual(await bench.peer.census([labourer]), [{ due: 3, waiting: 3, running: 1, expired: 0 }]);
  }),
  holds('F1', 'the record says the priority, in every state', async (bench) => {
    await bench.store.enqueue([...ofPriorities(6, 5, 4, 3), aTask(4, { priority: 2 }), aTask(5)]);
    const [a, b, c] = await claimed(bench, { limit: 4 });
    await bench.store.settle([completed(a!, '1'), dead(b!), retry(c!)]);
    const states = ['completed', 'dead', 'queued', 'running', 'queued', 'queued'];
    for (const [n, priority] of [6, 5, 4, 3, 2, 0].entries()) {
      assertRecord(await bench.peer.find(aTask(n)), { state: states[n], priority });
    }
  }),
  holds('E2', 'a duplicate changes no priority', async (bench) => {
    await bench.store.enqueue([aTask(0), aTask(1)]);
    assert.deepEqual(await bench.peer.enqueue([aTask(1, { priority: 9, payload: json('2') })]), ['duplicate']);
    assertRecord(await find(bench, 1), { priority: 0 });
    assert.deepEqual(ids(await claimed(bench)), [0, 1].map(idOf));
  }),
  holds('L1', 'queued tasks of many priorities are listed as they will be claimed, in pages of every size', async (bench) => {
    await bench.store.enqueue(ofPriorities(3, 0, 9, 3, 0, 9, 5));
    const leases = await claimed(bench, { limit: 3 });
    await bench.store.settle(leases.map((each, n) => (n % 2 ? released(each) : retry(each))));
    await bench.store.enqueue([aTask(20, { priority: 9 }), aTask(21, { priority: 3 })]);
    const lists: (readonly string[])[] = [];
    for (const limit of [1, 2, 4, 100]) lists.push(ids(await pages(bench, 'queued', limit)));
    const order = ids(await claimed(bench));
    assert.equal(order.length, 9);
    for (const each of lists) assert.deepEqual(each, order);
  }),
];
