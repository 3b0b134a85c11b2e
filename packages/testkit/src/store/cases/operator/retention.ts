import assert from 'node:assert/strict';
import type { WholeCase } from '../../bench.ts';
import { forget, left } from '../../forget.ts';
import { claimed, completed, dead, find, held, idOf, ids, keyOf, pass, tasks } from '../../given.ts';
import { holdsWhole } from '../../holds.ts';

const AGE = 3_600_000;

/** What an operator does to tasks that are kept for a while. */
export const operatorRetentionCases: readonly WholeCase[] = [
  holdsWhole('M2', 'cancelled tasks are counted for themselves, and those that were buried among the dead', async (bench) => {
    const leases = await held(bench, 2, { lease: 10 * AGE });
    await bench.store.enqueue(tasks(8));
    for (const n of [2, 3, 4]) {
      await bench.clock.advance(1_000);
      assert.deepEqual(await bench.store.cancel([keyOf(n)]), ['cancelled']);
    }
    await bench.store.settle([dead(leases[0]!)]);
    for (const n of [5, 6]) {
      await bench.clock.advance(1_000);
      assert.deepEqual(await bench.store.bury([{ ...keyOf(n), error: 'e' }]), ['buried']);
    }
    await bench.clock.advance(1_000);
    await forget(bench, { others: { count: 1 } });
    assert.deepEqual(await left(bench, 8), [1, 4, 6, 7]);
  }),
  holdsWhole('M2', 'a task that is queued again is kept while it is open, and from its last end on', async (bench) => {
    const leases = await held(bench, 2);
    await bench.store.settle(leases.map((each) => dead(each)));
    await bench.clock.advance(1_000);
    await bench.store.redrive([keyOf(0)]);
    await pass(bench, AGE);
    await forget(bench, { completed: { age: AGE }, others: { age: AGE } });
    assert.equal(await find(bench, 1), undefined);
    const again = await claimed(bench);
    assert.deepEqual(ids(again), [idOf(0)]);
    await bench.store.settle([dead(again[0]!)]);
    await bench.clock.advance(1_000);
    await forget(bench, { others: { age: AGE } });
    assert.equal((await find(bench, 0))?.state, 'dead');
    await pass(bench, AGE);
    await forget(bench, { others: { age: AGE } });
    assert.equal(await find(bench, 0), undefined);
    assert.deepEqual(await bench.store.redrive([keyOf(0)]), ['unknown']);
    assert.deepEqual(await bench.store.settle([completed(again[0]!)]), ['stale']);
  }),
];
