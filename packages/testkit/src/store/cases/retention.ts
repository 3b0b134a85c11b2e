import assert from 'node:assert/strict';
import type { Lease, Retention, Verdict } from '@reeve/core';
import { assertRecord } from '../assertions.ts';
import type { BenchOptions, StoreBench, StoreCase } from '../bench.ts';
import { crowd, eitherOf } from '../crowd.ts';
import { forget, left, maintainAll } from '../forget.ts';
import {
  aTask,
  claim,
  claimed,
  completed,
  dead,
  find,
  first,
  held,
  idOf,
  ids,
  labourer,
  other,
  pass,
  range,
  retry,
  tasks,
} from '../given.ts';
import { holds } from '../holds.ts';
import { pages } from '../pages.ts';

const AGE = 3_600_000;

/** Ends each of these a second after the one before. */
const endEach = async (bench: StoreBench, leases: readonly Lease[], say: (lease: Lease, n: number) => Verdict): Promise<void> => {
  for (const [n, lease] of leases.entries()) {
    await bench.clock.advance(1_000);
    assert.deepEqual(await bench.store.settle([say(lease, n)]), ['applied']);
  }
};

/** Drops so many tasks, a second apart. */
const dropEach = async (bench: StoreBench, numbers: readonly number[]): Promise<void> => {
  for (const n of numbers) {
    await bench.clock.advance(1_000);
    await bench.store.enqueue([aTask(n, { expiresAt: bench.clock.now() - bench.store.capabilities.clockGuard })]);
    assert.deepEqual(ids((await claim(bench, { limit: 1 })).dropped ?? []), [idOf(n)]);
  }
};

const within = (options: BenchOptions, one: StoreCase): StoreCase => ({ ...one, options });

export const retentionCases: readonly StoreCase[] = [
  holds('M2', 'by age: one that is older is forgotten, one that is younger is not', async (bench) => {
    const [a, b] = await held(bench, 2);
    const { clockGuard } = bench.store.capabilities;
    await bench.store.settle([completed(a!, '"a"')]);
    await bench.clock.advance(600_000 + 4 * clockGuard);
    await bench.store.settle([completed(b!)]);
    await bench.clock.advance(AGE - 600_000 - 5 * clockGuard - 1);
    await forget(bench, { completed: { age: AGE } });
    assertRecord(await find(bench, 0), { state: 'completed', result: '"a"' });
    await bench.clock.advance(2 * clockGuard + 2);
    await forget(bench, { completed: { age: AGE } });
    assert.deepEqual(await left(bench, 2), [1]);
    assert.deepEqual(ids(await pages(bench, 'completed', 10)), [idOf(1)]);
  }),
  holds('M2', 'by count: the newest so many stay', async (bench) => {
    const leases = await held(bench, 6);
    const order = [3, 0, 5, 1, 4, 2];
    await endEach(
      bench,
      order.map((n) => leases[n]!),
      (lease) => completed(lease),
    );
    await forget(bench, { completed: { count: 6 } });
    assert.equal((await left(bench, 6)).length, 6);
    await forget(bench, { completed: { count: 2 } });
    assert.deepEqual(await left(bench, 6), [2, 4]);
    await forget(bench, { completed: { count: 0 } });
    assert.deepEqual(await left(bench, 6), []);
  }),
  holds('M2', 'by both: whichever is reached first', async (bench) => {
    const leases = await held(bench, 5, { lease: 10 * AGE });
    await endEach(bench, leases.slice(0, 2), (lease) => completed(lease));
    await pass(bench, AGE);
    await endEach(bench, leases.slice(2), (lease) => completed(lease));
    await forget(bench, { completed: { age: AGE, count: 4 } });
    assert.deepEqual(await left(bench, 5), [2, 3, 4]);
    await forget(bench, { completed: { age: AGE, count: 1 } });
    assert.deepEqual(await left(bench, 5), [4]);
  }),
  holds('M2', 'completed tasks are kept apart from all others', async (bench) => {
    const leases = await held(bench, 6);
    await endEach(bench, leases, (lease, n) => (n % 2 ? completed(lease) : dead(lease)));
    await forget(bench, { completed: { count: 1 } });
    assert.deepEqual(await left(bench, 6), [0, 2, 4, 5]);
    await forget(bench, { others: { count: 1 } });
    assert.deepEqual(await left(bench, 6), [4, 5]);
    await forget(bench, { completed: { age: AGE }, others: { count: 0 } });
    assert.deepEqual(await left(bench, 6), [5]);
  }),
  holds('M2', 'of the others each state is counted for itself', async (bench) => {
    const leases = await held(bench, 4);
    await endEach(bench, leases, (lease) => dead(lease));
    await dropEach(bench, [4, 5, 6]);
    await forget(bench, { others: { count: 3 } });
    assert.deepEqual(await left(bench, 7), [1, 2, 3, 4, 5, 6]);
    await forget(bench, { others: { count: 1 } });
    assert.deepEqual(await left(bench, 7), [3, 6]);
  }),
  holds('M2', 'no task that has not ended is forgotten, whatever is to be kept', async (bench) => {
    const [a, b, c] = await held(bench, 4, { lease: AGE });
    await bench.store.settle([completed(a!), retry(b!, 9 * AGE, 'e'), retry(c!)]);
    await bench.store.enqueue([aTask(4), aTask(5, { due: bench.clock.now() + 9 * AGE })]);
    await pass(bench, 2 * AGE);
    const look = () => Promise.all(range(5).map((n) => find(bench, n + 1)));
    const before = await look();
    await forget(bench, { completed: { age: 0, count: 0 }, others: { age: 0, count: 0 } });
    assert.deepEqual(await look(), before);
    assert.equal(await find(bench, 0), undefined);
    assert.deepEqual(ids(await claimed(bench)), [2, 4].map(idOf));
  }),
  holds('M2', 'a labourer that is given none keeps its ended tasks, beside one that is given one', async (bench) => {
    await bench.store.enqueue([...tasks(2), aTask(10, { labourer: other }), aTask(11, { labourer: other })]);
    await bench.store.settle((await claimed(bench)).map((each) => completed(each)));
    await bench.store.settle((await claimed(bench, { labourer: other })).map((each) => dead(each)));
    await pass(bench, AGE);
    const nothing = { completed: { age: 0, count: 0 }, others: { age: 0, count: 0 } };
    await maintainAll(
      bench,
      [labourer, other],
      new Map<string, Retention>([
        [other, {}],
        ['nobody', nothing],
      ]),
    );
    assert.deepEqual(await left(bench, 2), [0, 1]);
    for (const _ of range(2)) {
      await bench.settled?.();
      await maintainAll(bench, [other, labourer], new Map([[labourer, nothing]]));
    }
    assert.deepEqual(await left(bench, 2), []);
    for (const n of [10, 11]) assertRecord(await bench.peer.find({ labourer: other, id: idOf(n) }), { state: 'dead' });
  }),
  holds('M2', 'a task that is forgotten may be enqueued anew, and is another', async (bench) => {
    const old = await held(bench, 2);
    await bench.store.settle([completed(old[0]!, '"first"'), dead(old[1]!, 'spent')]);
    await pass(bench, 1_000);
    await forget(bench, { completed: { count: 0 }, others: { age: 0 } });
    assert.deepEqual(await bench.peer.enqueue(tasks(2)), ['created', 'created']);
    assert.deepEqual(await bench.store.enqueue(tasks(2)), ['duplicate', 'duplicate']);
    assertRecord(await find(bench, 1), { state: 'queued', attempts: 0, errors: [], lastError: undefined });
    const leases = await claimed(bench);
    assert.deepEqual(
      leases.map(({ id, attempt }) => [id, attempt]),
      [0, 1].map((n) => [idOf(n), 1]),
    );
    assert.deepEqual(await bench.store.settle(old.map((each) => completed(each))), ['stale', 'stale']);
    assert.deepEqual(await bench.store.settle(leases.map((each) => completed(each))), ['applied', 'applied']);
    assertRecord(await find(bench, 0), { state: 'completed', result: undefined });
  }),
  holds('M2', 'hundreds are forgotten page by page, until there is no more', async (bench) => {
    const many = bench.slow ? 120 : 300;
    const leases = await held(bench, many);
    await bench.store.settle(leases.slice(10).map((each) => completed(each)));
    await bench.clock.advance(1_000);
    await bench.store.settle(leases.slice(0, 10).map((each) => completed(each)));
    await pass(bench, 1_000);
    await forget(bench, { completed: { count: 10 } });
    assert.deepEqual([...ids(await pages(bench, 'completed', 1_000))].sort(), range(10).map(idOf));
    assert.equal((await bench.store.maintain([labourer], new Map([[labourer, { completed: { count: 10 } }]]))).more, false);
  }),
  holds('M2', 'any number of callers at once, amid claims and verdicts: of what is open nothing is lost', async (bench) => {
    await bench.store.enqueue(tasks(40));
    const retention = new Map([[labourer, { completed: { count: 3 }, others: { count: 0 } }]]);
    const keepers = Promise.all(
      range(4).map(async (n) => {
        for (const _ of range(6)) await eitherOf(bench, n).maintain([labourer], retention);
      }),
    );
    const [{ most, finished }] = await Promise.all([crowd(bench, { cap: 4, limit: 2, members: 4, tasks: 40 }), keepers]);
    assert.ok(most <= 4, `${most} were held under a cap of 4`);
    assert.deepEqual([...finished].sort(), range(40).map(idOf));
    await bench.clock.advance(1_000);
    await bench.store.enqueue([aTask(50)]);
    await bench.store.settle([completed(first(await claimed(bench)))]);
    await forget(bench, { completed: { count: 1 } });
    assert.deepEqual(ids(await pages(bench, 'completed', 10)), [idOf(50)]);
  }),
  within(
    { keepEnded: 60_000 },
    holds('M2', 'an age stands above how long the store keeps by its own settings, and a count does not', async (bench) => {
      const leases = await held(bench, 3, { lease: AGE });
      await bench.store.settle([completed(leases[0]!), dead(leases[1]!)]);
      await pass(bench, 120_000);
      await forget(bench, { completed: { age: AGE }, others: { count: 9 } });
      assert.deepEqual(await left(bench, 3), [0, 2]);
      await forget(bench, {});
      assert.deepEqual(await left(bench, 3), [2]);
    }),
  ),
];
