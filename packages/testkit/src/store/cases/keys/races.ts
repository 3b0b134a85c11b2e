import assert from 'node:assert/strict';
import type { Lease } from '@reeve/core';
import { assertApart } from '../../assertions.ts';
import type { StoreCase } from '../../bench.ts';
import { claimRest, crowd, eitherOf, RACERS, raceForLeases } from '../../crowd.ts';
import { claimed, completed, idOf, ids, LEASE, pass, range, request, retry } from '../../given.ts';
import { holds } from '../../holds.ts';
import { assertPerKey, keyed, runningByKey, turns } from './keyed.ts';

const KEYS = 5;
const keyOf = (id: string): string => `key-${Number(id.slice(-4)) % KEYS}`;
const many = (count: number) => range(count).map((n) => keyed(n, keyOf(idOf(n))));

/** Of no key are there more than so many. */
const assertFew = (leases: readonly Lease[], most: number): void => {
  const counts = new Map<string, number>();
  for (const { id } of leases) counts.set(keyOf(id), (counts.get(keyOf(id)) ?? 0) + 1);
  for (const [key, runs] of counts) assert.ok(runs <= most, `${runs} of ${key} run where ${most} may`);
};

export const keyRaceCases: readonly StoreCase[] = [
  holds('C11', 'claims racing over two connections take no more of a key, and an uncontended one fills it', async (bench) => {
    await bench.store.enqueue(many(40));
    const taken = await raceForLeases(bench, { limit: 3, perKey: 2 });
    assertApart(taken);
    assertFew(taken, 2);
    await assertPerKey(bench, 2);
    const rest = await claimed(bench, { perKey: 2 });
    assertFew([...taken, ...rest], 2);
    assert.equal(taken.length + rest.length, 2 * KEYS, 'an uncontended claim fills every key');
  }),
  holds('C11', 'of many claims for one key with one place one has it', async (bench) => {
    for (const n of range(4)) {
      await bench.store.enqueue(range(3).map((m) => keyed(10 * n + m, `round ${n}`)));
      const taken = await raceForLeases(bench, { perKey: 1 });
      const rest = await claimed(bench, { perKey: 1 });
      assert.deepEqual(ids([...taken, ...rest]), [idOf(10 * n)]);
    }
  }),
  holds('C11', 'racing claims that say different numbers stay below the highest', async (bench) => {
    await bench.store.enqueue(many(40));
    await bench.settled?.();
    const answers = await Promise.all(range(RACERS).map((n) => eitherOf(bench, n).claim(request({ perKey: n % 2 ? 1 : 3, limit: 4 }))));
    const taken = answers.flatMap(({ leases }) => leases);
    assertApart(taken);
    assertFew(taken, 3);
    assertFew([...taken, ...(await claimed(bench, { perKey: 3 }))], 3);
    assert.deepEqual(await turns(bench, 2), []);
  }),
  ...[false, true].map((exchange) =>
    holds('C11', `a crowd that claims and ${exchange ? 'exchanges' : 'settles'} never holds more than two of a key`, async (bench) => {
      await bench.store.enqueue(many(40));
      const { most, mostOfKey, finished } = await crowd(bench, { cap: 9, perKey: 2, keyOf, limit: 3, members: 8, exchange, tasks: 40 });
      assert.ok(mostOfKey <= 2, `${mostOfKey} of a key were held where 2 may`);
      assert.ok(most <= 9, `${most} were held under a cap of 9`);
      assert.deepEqual([...finished].sort(), range(40).map(idOf), 'each task is finished once');
    }),
  ),
  holds('C11', 'claims racing verdicts that free their keys: by the list of what runs there are never more', async (bench) => {
    await bench.store.enqueue(many(40));
    let held: readonly Lease[] = [];
    for (const round of range(4)) {
      const [ending, staying] = [held.filter((_, n) => n % 2 === round % 2), held.filter((_, n) => n % 2 !== round % 2)];
      await bench.settled?.();
      const [answers, outcomes] = await Promise.all([
        Promise.all(range(8).map((n) => eitherOf(bench, n).claim(request({ perKey: 2, limit: 3 })))),
        bench.peer.settle(ending.map((each, n) => (n % 3 ? completed(each) : retry(each, 3_600_000)))),
      ]);
      for (const each of outcomes) assert.equal(each, 'applied');
      const taken = answers.flatMap(({ leases }) => leases);
      assertApart([...held, ...taken]);
      assertFew([...staying, ...taken], 2);
      await assertPerKey(bench, 2);
      held = [...staying, ...taken];
      held = [...held, ...(await claimed(bench, { perKey: 2 }))];
      assert.equal(held.length, 2 * KEYS, 'an uncontended claim fills every key');
      assert.deepEqual(
        [...(await runningByKey(bench)).values()],
        range(KEYS).map(() => 2),
      );
    }
  }),
  holds('C11', 'places of keys that expire together are passed on once each', async (bench) => {
    await bench.store.enqueue(many(40));
    assert.equal((await turns(bench, 2)).length, 2 * KEYS);
    await pass(bench, LEASE);
    const taken = await raceForLeases(bench, { limit: 2, perKey: 2 });
    assertFew(taken, 2);
    assert.equal(taken.length + (await claimed(bench, { perKey: 2 })).length, 2 * KEYS);
    assert.deepEqual(await turns(bench, 2), []);
  }),
  holds('C11', 'claims that ask for turns, and claims that do not, racing: no task is shared or left behind', async (bench) => {
    await bench.store.enqueue(many(50));
    await bench.settled?.();
    const answers = await Promise.all(
      range(RACERS).map((n) => eitherOf(bench, n).claim(request({ limit: 2, ...(n % 3 && { perKey: 1 + (n % 2) }) }))),
    );
    const all = await claimRest(
      bench,
      answers.flatMap(({ leases }) => leases),
      50,
    );
    assertApart(all);
    assert.deepEqual([...ids(all)].sort(), range(50).map(idOf));
  }),
];
