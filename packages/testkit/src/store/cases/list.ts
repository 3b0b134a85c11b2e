import assert from 'node:assert/strict';
import type { Lease, TaskRecord, TaskState } from '@reeve/core';
import type { StoreCase } from '../bench.ts';
import { aTask, claimed, completed, dead, held, idOf, ids, LEASE, other, range, released, retry, tasks } from '../given.ts';
import { holds } from '../holds.ts';
import { pages } from '../pages.ts';

const STATES: readonly TaskState[] = ['queued', 'running', 'completed', 'dead', 'cancelled', 'dropped', 'aside'];

const assertListsOnce = (listed: readonly TaskRecord[], wanted: readonly string[]): void => {
  const seen = ids(listed);
  assert.equal(new Set(seen).size, seen.length, `a task was listed twice: ${seen.join(', ')}`);
  for (const id of wanted) assert.ok(seen.includes(id), `${id} was there throughout and was not listed`);
};

export const listCases: readonly StoreCase[] = [
  holds('L1', 'each task is listed in its own state, of its own labourer', async (bench) => {
    await bench.store.enqueue([...tasks(6), ...range(3).map((n) => aTask(n + 50, { labourer: other }))]);
    const [a, b, c] = await claimed(bench, { limit: 4 });
    await bench.store.settle([completed(a!, '"r"'), dead(b!, 'e'), retry(c!, LEASE, 'again')]);
    const listed = await Promise.all(STATES.map((state) => pages(bench, state, 10)));
    assert.deepEqual(
      listed.map((each) => [...ids(each)].sort()),
      [[idOf(2), idOf(4), idOf(5)], [idOf(3)], [idOf(0)], [idOf(1)], [], [], []],
    );
    for (const record of listed.flat()) assert.deepEqual(record, await bench.peer.find(record), 'list and find show the same record');
  }),
  holds('L1', 'queued tasks are listed in the order in which they will be claimed', async (bench) => {
    const [a, b] = await held(bench, 2);
    const now = bench.clock.now();
    await bench.store.enqueue([aTask(10), aTask(11, { due: now - 5_000 }), aTask(12)]);
    await bench.store.settle([released(b!), retry(a!)]);
    const listed = ids(await pages(bench, 'queued', 2));
    assert.equal(listed.length, 5);
    assert.deepEqual(listed, ids(await claimed(bench)));
  }),
  holds('L1', 'running tasks are listed by deadline', async (bench) => {
    await bench.store.enqueue(tasks(5));
    for (const n of [4, 1, 5, 3, 2]) await claimed(bench, { limit: 1, lease: n * LEASE });
    assert.deepEqual(ids(await pages(bench, 'running', 2)), [1, 4, 3, 0, 2].map(idOf));
  }),
  holds('L1', 'ended tasks are listed the newest first', async (bench) => {
    const leases = await held(bench, 8);
    for (const n of [3, 0, 5, 2, 7, 1, 6, 4]) {
      await bench.clock.advance(1_000);
      await bench.store.settle([n % 2 ? dead(leases[n]!) : completed(leases[n]!)]);
    }
    assert.deepEqual(ids(await pages(bench, 'completed', 3)), [4, 6, 2, 0].map(idOf));
    assert.deepEqual(ids(await pages(bench, 'dead', 3)), [1, 7, 5, 3].map(idOf));
  }),
  holds('L1', 'pages of every size come to the same list, and the last has no cursor', async (bench) => {
    await bench.store.enqueue(tasks(12));
    for (const limit of [1, 5, 6, 11, 12, 13, 1_000]) assert.deepEqual(ids(await pages(bench, 'queued', limit)), range(12).map(idOf));
    const { tasks: none, cursor } = await bench.store.list({ labourer: 'nobody', state: 'queued', limit: 5 });
    assert.deepEqual([none, cursor], [[], undefined]);
  }),
  holds('L1', 'tasks that were enqueued, or ended, at one instant are each listed once', async (bench) => {
    const leases = await held(bench, 20);
    await bench.store.settle(leases.map((each) => completed(each)));
    await bench.store.enqueue(range(20).map((n) => aTask(n + 100)));
    assertListsOnce(await pages(bench, 'completed', 3), range(20).map(idOf));
    assertListsOnce(
      await pages(bench, 'queued', 3),
      range(20).map((n) => idOf(n + 100)),
    );
  }),
  holds('L1', 'queued tasks that leave between two pages hide none and double none', async (bench) => {
    await bench.store.enqueue(tasks(30));
    // Each page is claimed away as soon as it was seen, its last task, where the cursor stands, included.
    const listed = await pages(bench, 'queued', 4, (page) => claimed(bench, { limit: page.length }));
    assert.deepEqual(ids(listed), range(30).map(idOf));
  }),
  holds('L1', 'running tasks that end between two pages hide none and double none', async (bench) => {
    await bench.store.enqueue(tasks(24));
    const leases: Lease[] = [];
    for (const n of range(24)) leases.push(...(await claimed(bench, { limit: 1, lease: LEASE + n * 1_000 })));
    const listed = await pages(bench, 'running', 5, (page) =>
      bench.store.settle(leases.filter(({ id }) => ids(page).includes(id)).map((each) => completed(each))),
    );
    assert.deepEqual(ids(listed), range(24).map(idOf));
  }),
  holds('L1', 'a list goes on where it was though the very task it stood at has left', async (bench) => {
    await bench.store.enqueue(tasks(12));
    const leases: Lease[] = [];
    for (const n of range(12)) leases.push(...(await claimed(bench, { limit: 1, lease: LEASE + n * 1_000 })));
    const listed = await pages(bench, 'running', 3, (page) =>
      bench.store.settle(leases.filter(({ id }) => id === page.at(-1)?.id).map((each) => completed(each))),
    );
    assert.deepEqual(ids(listed), range(12).map(idOf));
  }),
  holds('L1', 'ended tasks stay where they are while others end', async (bench) => {
    const leases = await held(bench, 20);
    const end = async (n: number): Promise<void> => {
      await bench.clock.advance(1_000);
      await bench.store.settle([dead(leases[n]!)]);
    };
    for (const n of range(12)) await end(n);
    const listed = await pages(bench, 'dead', 5, (_, number) => end(12 + number));
    assertListsOnce(listed, range(12).map(idOf));
    assert.deepEqual(
      ids(listed).filter((id) => range(12).map(idOf).includes(id)),
      range(12).map((n) => idOf(11 - n)),
    );
  }),
  holds('L1', 'tasks that come between two pages disturb none that were there', async (bench) => {
    await bench.store.enqueue(tasks(20));
    const past = bench.clock.now() - 60_000;
    const listed = await pages(bench, 'queued', 3, (_, number) =>
      bench.store.enqueue([aTask(1_000 + number), aTask(2_000 + number, { due: past })]),
    );
    assertListsOnce(listed, range(20).map(idOf));
  }),
];
