import assert from 'node:assert/strict';
import { assertApart } from '../assertions.ts';
import type { StoreCase } from '../bench.ts';
import { claimRest, crowd, eitherOf, RACERS, raceForLeases } from '../crowd.ts';
import { aTask, claimed, completed, held, idOf, ids, LEASE, other, pass, range, request, tasks } from '../given.ts';
import { holds } from '../holds.ts';

export const claimRaceCases: readonly StoreCase[] = [
  holds('C1', 'claims racing over two connections never share a task and leave none behind', async (bench) => {
    await bench.store.enqueue(tasks(60));
    const taken = await raceForLeases(bench, { limit: 5 });
    assertApart(taken);
    const all = await claimRest(bench, taken, 60);
    assertApart(all);
    assert.deepEqual([...ids(all)].sort(), range(60).map(idOf));
  }),
  holds('C1', 'of many claims for one task one has it, and the others an answer', async (bench) => {
    for (const n of range(4)) {
      await bench.store.enqueue([aTask(n)]);
      const taken = await raceForLeases(bench);
      assert.deepEqual(ids(await claimRest(bench, taken, 1)), [idOf(n)]);
    }
  }),
  holds('C1', 'a claim that races the verdict does not take the task it ends', async (bench) => {
    for (const n of range(6)) {
      await bench.store.enqueue([aTask(n)]);
      const [lease] = await claimed(bench);
      const [outcomes, ...claims] = await Promise.all([
        bench.store.settle([completed(lease!)]),
        bench.peer.claim(request()),
        bench.store.claim(request()),
      ]);
      assert.deepEqual(outcomes, ['applied']);
      assert.deepEqual(
        claims.flatMap(({ leases }) => leases),
        [],
      );
    }
  }),
  holds('C1', 'claims racing enqueues lose nothing', async (bench) => {
    const claims = Array.from({ length: RACERS }, (_, n) => eitherOf(bench, n).claim(request({ limit: 2 })));
    const enqueues = range(6).map((n) => eitherOf(bench, n + 1).enqueue(range(5).map((m) => aTask(n * 5 + m))));
    const [answers] = await Promise.all([Promise.all(claims), Promise.all(enqueues)]);
    const all = await claimRest(
      bench,
      answers.flatMap(({ leases }) => leases),
      30,
    );
    assertApart(all);
    assert.equal(all.length, 30);
  }),
  holds('C2', 'claims racing over two connections never exceed the cap, and an uncontended one fills it', async (bench) => {
    await bench.store.enqueue(tasks(60));
    const taken = await raceForLeases(bench, { limit: 5, cap: 7 });
    assert.ok(taken.length <= 7, `${taken.length} run under a cap of 7`);
    assertApart(taken);
    const rest = await claimed(bench, { cap: 7 });
    assert.equal(taken.length + rest.length, 7, 'an uncontended claim fills the cap');
  }),
  holds('C2', 'one by one, thirty claims racing for a cap of 3', async (bench) => {
    await bench.store.enqueue(tasks(40));
    const taken = await raceForLeases(bench, { limit: 1, cap: 3 }, 30);
    assert.ok(taken.length <= 3, `${taken.length} run under a cap of 3`);
    assert.equal(taken.length + (await claimed(bench, { cap: 3 })).length, 3);
  }),
  holds('C2', 'racing claims with different caps stay below the highest', async (bench) => {
    await bench.store.enqueue(tasks(40));
    await bench.settled?.();
    const answers = await Promise.all(range(RACERS).map((n) => eitherOf(bench, n).claim(request({ cap: n % 2 ? 2 : 6, limit: 3 }))));
    const taken = answers.flatMap(({ leases }) => leases).length;
    assert.ok(taken <= 6, `${taken} run under caps of 2 and 6`);
    const rest = await claimed(bench, { cap: 6 });
    assert.equal(taken + rest.length, 6, 'an uncontended claim fills the cap');
    assert.deepEqual(await claimed(bench, { cap: 2 }), []);
  }),
  holds('C2', 'a crowd that claims and settles under a cap of 5 never holds more', async (bench) => {
    await bench.store.enqueue(tasks(60));
    const { most, finished } = await crowd(bench, { cap: 5, limit: 3, members: 6, tasks: 60 });
    assert.ok(most <= 5, `${most} were held under a cap of 5`);
    assert.deepEqual([...finished].sort(), range(60).map(idOf), 'each task is finished once');
  }),
  holds('C2', 'a crowd that exchanges under a cap of 4 never holds more', async (bench) => {
    await bench.store.enqueue(tasks(60));
    const { most, finished } = await crowd(bench, { cap: 4, limit: 2, members: 6, exchange: true, tasks: 60 });
    assert.ok(most <= 4, `${most} were held under a cap of 4`);
    assert.deepEqual([...finished].sort(), range(60).map(idOf), 'each task is finished once');
  }),
  holds('C2', 'places that expire together are passed on once each', async (bench) => {
    await held(bench, 5);
    await bench.store.enqueue(range(40).map((n) => aTask(n + 100)));
    await pass(bench, LEASE);
    const taken = await raceForLeases(bench, { limit: 3, cap: 5 });
    assert.ok(taken.length <= 5, `${taken.length} run under a cap of 5`);
    assert.equal(taken.length + (await claimed(bench, { cap: 5 })).length, 5);
  }),
  holds('C8', 'two labourers raced at once keep their own caps', async (bench) => {
    await bench.store.enqueue([...tasks(30), ...range(30).map((n) => aTask(n + 100, { labourer: other }))]);
    const [ours, theirs] = await Promise.all([
      raceForLeases(bench, { cap: 4, limit: 2 }),
      raceForLeases(bench, { labourer: other, cap: 2, limit: 2 }),
    ]);
    assert.ok(ours.length <= 4 && theirs.length <= 2, `${ours.length} under a cap of 4, ${theirs.length} under a cap of 2`);
    assert.equal(ours.length + (await claimed(bench, { cap: 4 })).length, 4);
    assert.equal(theirs.length + (await claimed(bench, { labourer: other, cap: 2 })).length, 2);
  }),
];
