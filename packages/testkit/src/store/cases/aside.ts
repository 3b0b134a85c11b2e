import assert from 'node:assert/strict';
import type { StoreCase } from '../bench.ts';
import { eitherOf, RACERS } from '../crowd.ts';
import { aTask, claim, claimed, idOf, ids, keyOf, labourer, range, request, tasks } from '../given.ts';
import { holds } from '../holds.ts';

/** For stores whose rows other programs may write: they run only on a bench that can spoil one. */
export const asideCases: readonly StoreCase[] = [
  holds('C9', 'broken tasks at the head stop no task behind them, and are reported once', async (bench) => {
    if (!bench.plantBroken) return;
    await bench.store.enqueue(tasks(6));
    for (const n of [0, 1, 3]) await bench.plantBroken(keyOf(n));
    const leases: string[] = [];
    const aside: string[] = [];
    for (const _ of range(6)) {
      const answer = await claim(bench, { limit: 2, cap: 3 });
      leases.push(...ids(answer.leases));
      for (const each of answer.aside ?? []) {
        assert.equal(each.labourer, labourer);
        assert.ok(each.problem.length > 0, 'a problem says what is wrong');
        aside.push(each.id);
      }
    }
    assert.deepEqual(leases, [2, 4, 5].map(idOf));
    assert.deepEqual([...aside].sort(), [0, 1, 3].map(idOf));
  }),
  holds('C9', 'a task set aside is listed as such, holds no place and is found', async (bench) => {
    if (!bench.plantBroken) return;
    await bench.store.enqueue(tasks(3));
    await bench.plantBroken(keyOf(0));
    assert.equal((await claimed(bench, { cap: 2 })).length + (await claimed(bench, { cap: 2 })).length, 2);
    assert.equal((await bench.store.find(keyOf(0)))?.state, 'aside');
    await bench.settled?.();
    assert.deepEqual(ids((await bench.store.list({ labourer, state: 'aside', limit: 10 })).tasks), [idOf(0)]);
    assert.deepEqual(await bench.store.enqueue([aTask(0)]), ['duplicate']);
  }),
  holds('C9', 'of racing claims one reports it', async (bench) => {
    if (!bench.plantBroken) return;
    await bench.store.enqueue(tasks(10));
    await bench.plantBroken(keyOf(0));
    await bench.settled?.();
    const answers = await Promise.all(range(RACERS).map((n) => eitherOf(bench, n).claim(request({ limit: 1 }))));
    const last = await claim(bench);
    const aside = [...answers, last].flatMap((each) => ids(each.aside ?? []));
    assert.deepEqual(aside, [idOf(0)]);
  }),
];
