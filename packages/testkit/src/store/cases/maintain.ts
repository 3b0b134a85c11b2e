import assert from 'node:assert/strict';
import type { StoreCase } from '../bench.ts';
import { claimRest, crowd, eitherOf } from '../crowd.ts';
import { maintainAll } from '../forget.ts';
import {
  aTask,
  claimed,
  completed,
  dead,
  expired,
  find,
  held,
  idOf,
  ids,
  LEASE,
  labourer,
  other,
  pass,
  range,
  retry,
  tasks,
} from '../given.ts';
import { holds } from '../holds.ts';

export const maintainCases: readonly StoreCase[] = [
  holds('M1', 'an empty house is kept at once', async (bench) => {
    await maintainAll(bench, [labourer]);
    await maintainAll(
      bench,
      range(100).map((n) => `idle-${n}`),
    );
    const { done } = await bench.store.maintain([labourer]);
    for (const [what, count] of Object.entries(done)) assert.equal(count, 0, `${what} on an empty store`);
  }),
  holds('M1', 'it leaves queued, running, expired and lately ended tasks as they are', async (bench) => {
    const leases = await held(bench, 5, { lease: 2 * LEASE });
    await bench.store.settle([completed(leases[0]!, '1'), dead(leases[1]!), retry(leases[2]!, 9 * LEASE, 'e')]);
    await bench.store.renew([{ ...leases[3]!, lease: 50 * LEASE }]);
    await bench.store.enqueue([aTask(5), aTask(6, { due: bench.clock.now() + 9 * LEASE })]);
    await pass(bench, 3 * LEASE);
    const look = () => Promise.all(range(7).map((n) => find(bench, n)));
    const before = await look();
    for (const _ of range(3)) await maintainAll(bench, [labourer, other]);
    assert.deepEqual(await look(), before);
    assert.deepEqual(ids(await expired(bench)), [idOf(4)]);
    assert.deepEqual(ids(await claimed(bench)), [idOf(5)]);
  }),
  holds('M1', 'a late verdict still counts after the house was kept', async (bench) => {
    const [a] = await held(bench, 1);
    await pass(bench, 5 * LEASE);
    await maintainAll(bench, [labourer]);
    assert.deepEqual(await bench.store.settle([completed(a!)]), ['applied']);
    await maintainAll(bench, [labourer]);
    assert.deepEqual(await bench.peer.settle([completed(a!)]), ['repeated']);
  }),
  holds('M1', 'any number of callers at once, amid claims and verdicts: nothing is lost or doubled, no cap broken', async (bench) => {
    await bench.store.enqueue(tasks(40));
    const keepers = Promise.all(
      range(4).map(async (n) => {
        for (const _ of range(6)) await eitherOf(bench, n).maintain([labourer, other]);
      }),
    );
    const [{ most, finished }] = await Promise.all([crowd(bench, { cap: 4, limit: 2, members: 4, tasks: 40 }), keepers]);
    assert.ok(most <= 4, `${most} were held under a cap of 4`);
    assert.deepEqual([...finished].sort(), range(40).map(idOf));
  }),
  holds('M1', 'it gives no place away and takes none', async (bench) => {
    await held(bench, 3);
    await bench.store.enqueue(range(20).map((n) => aTask(n + 10)));
    await maintainAll(bench, [labourer]);
    assert.deepEqual(await claimed(bench, { cap: 3 }), []);
    assert.equal((await claimed(bench, { cap: 5 })).length, 2);
    await pass(bench, LEASE);
    await maintainAll(bench, [labourer]);
    const taken = await claimed(bench, { cap: 5 });
    assert.equal(taken.length, 5);
    assert.equal((await claimRest(bench, taken, 18)).length, 18);
  }),
];
