import assert from 'node:assert/strict';
import type { StoreCase } from '../bench.ts';
import {
  aTask,
  claimed,
  completed,
  dead,
  expired,
  first,
  held,
  idOf,
  ids,
  LEASE,
  other,
  pass,
  range,
  released,
  retry,
  settleOne,
  tasks,
} from '../given.ts';
import { holds } from '../holds.ts';

export const claimCapCases: readonly StoreCase[] = [
  holds('C3', 'a claim takes exactly min(limit, cap - running, due)', async (bench) => {
    await bench.store.enqueue(tasks(10));
    const take = async (limit: number, cap: number): Promise<number> => (await claimed(bench, { limit, cap })).length;
    assert.equal(await take(3, 5), 3);
    assert.equal(await take(3, 5), 2);
    assert.equal(await take(3, 5), 0);
    assert.equal(await take(1, 8), 1);
    assert.equal(await take(100, 9), 3);
    assert.equal(await take(100, 100), 1);
    assert.equal(await take(100, 100), 0);
  }),
  holds('C3', 'a limit of 0 and a cap of 0 take nothing and count no attempt', async (bench) => {
    await bench.store.enqueue(tasks(2));
    assert.deepEqual(await claimed(bench, { limit: 0 }), []);
    assert.deepEqual(await claimed(bench, { cap: 0 }), []);
    assert.deepEqual(await claimed(bench, { cap: 0, limit: 0 }), []);
    assert.deepEqual(
      (await claimed(bench)).map(({ attempt }) => attempt),
      [1, 1],
    );
  }),
  holds('C3', 'three hundred in one claim, each once', async (bench) => {
    await bench.store.enqueue(tasks(300));
    const leases = await claimed(bench, { limit: 280, cap: 290 });
    assert.deepEqual(ids(leases), range(280).map(idOf));
    assert.equal((await claimed(bench, { limit: 280, cap: 290 })).length, 10);
  }),
  holds('C2', 'a cap of 1 gives one of ten, also in a claim for ten', async (bench) => {
    await bench.store.enqueue(tasks(10));
    assert.equal((await claimed(bench, { cap: 1, limit: 10 })).length, 1);
    assert.equal((await claimed(bench, { cap: 1, limit: 10 })).length, 0);
  }),
  holds('C2', 'what the other connection claimed counts', async (bench) => {
    await bench.store.enqueue(tasks(10));
    const crossed = { ...bench, store: bench.peer };
    assert.equal((await claimed(bench, { cap: 3, limit: 2 })).length, 2);
    assert.equal((await claimed(crossed, { cap: 3 })).length, 1);
    assert.equal((await claimed(bench, { cap: 3 })).length, 0);
  }),
  holds('C2', 'a lowered cap stops new claims and ends nothing', async (bench) => {
    const leases = await held(bench, 5);
    await bench.store.enqueue(range(5).map((n) => aTask(n + 10)));
    assert.deepEqual(await claimed(bench, { cap: 3 }), []);
    assert.deepEqual(await bench.store.settle(leases.slice(0, 2).map((each) => completed(each))), ['applied', 'applied']);
    assert.deepEqual(await claimed(bench, { cap: 3 }), []);
    assert.equal(await settleOne(bench.store, completed(leases[2]!)), 'applied');
    assert.equal((await claimed(bench, { cap: 3 })).length, 1);
    assert.deepEqual(await bench.store.settle(leases.slice(3).map((each) => completed(each))), ['applied', 'applied']);
  }),
  holds('C3', 'a raised cap gives the new places at once', async (bench) => {
    await bench.store.enqueue(tasks(20));
    assert.equal((await claimed(bench, { cap: 2 })).length, 2);
    assert.equal((await claimed(bench, { cap: 12 })).length, 10);
    assert.equal((await claimed(bench, { cap: 5 })).length, 0);
    assert.equal((await claimed(bench, { cap: 13 })).length, 1);
  }),
  holds('C4', 'every way out of running frees the place', async (bench) => {
    await bench.store.enqueue(tasks(12));
    const cap = 4;
    const leases = await claimed(bench, { cap });
    assert.deepEqual(await claimed(bench, { cap }), []);
    const [a, b, c, d] = leases;
    await bench.store.settle([completed(a!), retry(b!, 3_600_000), dead(c!), released(d!, 3_600_000)]);
    assert.equal((await claimed(bench, { cap })).length, 4);
    assert.deepEqual(await claimed(bench, { cap }), []);
  }),
  holds('C4', 'a lease holds its place up to its deadline, and from there on no more', async (bench) => {
    await held(bench, 2);
    await bench.store.enqueue(range(5).map((n) => aTask(n + 10)));
    await bench.clock.advance(LEASE - 1);
    assert.deepEqual(await claimed(bench, { cap: 2 }), []);
    await pass(bench, 1);
    assert.deepEqual(ids(await claimed(bench, { cap: 2 })), [idOf(10), idOf(11)]);
    assert.deepEqual(await claimed(bench, { cap: 2 }), []);
  }),
  holds('C4', 'an expired task is claimed again only once it was reaped', async (bench) => {
    await held(bench, 1);
    await pass(bench, 10 * LEASE);
    assert.deepEqual(await claimed(bench), []);
    const lease = first(await expired(bench));
    assert.deepEqual(await bench.store.reap([retry(lease)]), ['applied']);
    assert.deepEqual(
      (await claimed(bench)).map(({ id, attempt }) => [id, attempt]),
      [[idOf(0), 2]],
    );
  }),
  holds('C2', 'a place that was freed by expiry is not freed again by reaping', async (bench) => {
    await held(bench, 1);
    await bench.store.enqueue(range(5).map((n) => aTask(n + 10)));
    await pass(bench, LEASE);
    assert.equal((await claimed(bench, { cap: 1 })).length, 1);
    assert.deepEqual(await bench.store.reap([dead(first(await expired(bench)))]), ['applied']);
    assert.deepEqual(await claimed(bench, { cap: 1 }), []);
  }),
  holds('C2', 'a place that was freed by expiry is not freed again by a late verdict', async (bench) => {
    const late = first(await held(bench, 1));
    await bench.store.enqueue(range(5).map((n) => aTask(n + 10)));
    await pass(bench, LEASE);
    assert.equal((await claimed(bench, { cap: 1 })).length, 1);
    assert.equal(await settleOne(bench.store, completed(late)), 'applied');
    assert.deepEqual(await claimed(bench, { cap: 1 }), []);
  }),
  holds('C2', 'repeated and stale verdicts free no place', async (bench) => {
    const [a, b] = await held(bench, 2);
    await bench.store.enqueue(range(5).map((n) => aTask(n + 10)));
    await bench.store.settle([completed(a!)]);
    await bench.store.settle([completed(a!), dead(a!), completed({ ...b!, token: 'of nobody' })]);
    assert.equal((await claimed(bench, { cap: 2 })).length, 1);
    await bench.peer.settle([completed(a!), completed(a!)]);
    assert.deepEqual(await claimed(bench, { cap: 2 }), []);
  }),
  holds('C2', 'leases of different lengths free their places one by one', async (bench) => {
    await bench.store.enqueue(tasks(10));
    const step = LEASE + bench.store.capabilities.clockGuard;
    for (const n of [1, 2, 3]) await claimed(bench, { cap: n, lease: n * step - bench.store.capabilities.clockGuard });
    const fresh: number[] = [];
    for (const _ of range(3)) {
      await bench.clock.advance(step);
      fresh.push((await claimed(bench, { cap: 3, lease: 100 * step })).length);
    }
    assert.deepEqual(fresh, [1, 1, 1]);
  }),
  holds('C8', 'labourers share neither cap nor queue', async (bench) => {
    await bench.store.enqueue([...tasks(4), aTask(100, { labourer: other }), aTask(101, { labourer: other })]);
    assert.equal((await claimed(bench, { cap: 3 })).length, 3);
    assert.deepEqual(ids(await claimed(bench, { cap: 1, labourer: other })), [idOf(100)]);
    assert.deepEqual(await claimed(bench, { cap: 1, labourer: other }), []);
    assert.deepEqual(await claimed(bench, { labourer: 'labourer-c' }), []);
    assert.deepEqual(ids(await claimed(bench)), [idOf(3)]);
  }),
  holds('C8', 'names that begin alike, or differ in case, are labourers apart', async (bench) => {
    const names = ['a', 'A', 'a-', 'a.b', 'a_b', 'a-b', 'ab', 'a1', '1', 'a'.repeat(128), `${'a'.repeat(127)}b`];
    await bench.store.enqueue(names.map((labourer, n) => aTask(n, { labourer })));
    const found: string[] = [];
    for (const labourer of names) found.push(...ids(await claimed(bench, { labourer, cap: 1 })));
    assert.deepEqual(
      found,
      names.map((_, n) => idOf(n)),
    );
  }),
  holds('C8', 'a thousand tasks of a labourer whose cap is full stop no other labourer', async (bench) => {
    await bench.store.enqueue([...tasks(1_000), aTask(5_000, { labourer: other })]);
    assert.equal((await claimed(bench, { cap: 1 })).length, 1);
    assert.deepEqual(ids(await claimed(bench, { labourer: other, cap: 1 })), [idOf(5_000)]);
  }),
];
