import { DAY, type JsonText, MINUTE, type NewTask } from '@reeve/core';
import Database from 'libsql';
import { expect, it } from 'vitest';
import { aTask, claimOf, completed, idsOf, openStore, someTasks } from './fixtures/stores.ts';

it('forgets ended tasks in pages, when their time is over, and only then', async () => {
  const { store, clock } = await openStore();
  const tasks = someTasks(2_500);
  await store.enqueue(tasks);
  const { leases } = await store.claim(claimOf({ cap: 2_400, limit: 2_400 }));
  await store.settle(leases.slice(0, 1_500).map(completed));
  await store.settle(leases.slice(1_500).map(({ labourer, id, token }) => ({ labourer, id, token, kind: 'dead', error: 'no' })));
  await clock.advance(7 * DAY - 1);
  expect(await store.maintain(['mill'])).toEqual({ done: { purged: 0 }, more: false });
  expect(new Set(await store.enqueue(tasks))).toEqual(new Set(['duplicate']));
  await clock.advance(1);
  expect(await store.maintain(['another'])).toEqual({ done: { purged: 0 }, more: false });
  const purged = [await store.maintain(['mill']), await store.maintain(['mill']), await store.maintain(['mill'])];
  expect(purged.map(({ done, more }) => [done['purged'], more])).toEqual([
    [1_000, true],
    [1_000, true],
    [400, false],
  ]);
  const answers = await store.enqueue(tasks);
  expect(answers.filter((each) => each === 'duplicate')).toHaveLength(100);
});

it('passes over no end from which something is still to follow, however many there are', async () => {
  const { store, clock } = await openStore({ keepEnded: 1_000 });
  const follow = '"next"' as JsonText;
  await store.enqueue([...someTasks(1_500, { follow }), aTask('plain')]);
  await store.cancel([...someTasks(1_500), aTask('plain')]);
  await clock.advance(1_000);
  expect(await store.maintain(['mill'])).toEqual({ done: { purged: 1 }, more: false });
  expect((await store.list({ labourer: 'mill', state: 'cancelled', limit: 1_000 })).tasks).toHaveLength(1_000);
  await store.takeOut(await store.outbox(['mill'], 200));
  expect(await store.maintain(['mill'])).toEqual({ done: { purged: 200 }, more: false });
  expect(await store.outbox(['mill'], 2_000)).toHaveLength(1_300);
});

it('lists ended tasks together, whether something is to follow from them or not', async () => {
  const { store, clock } = await openStore();
  for (let n = 0; n < 9; n += 1) {
    await store.enqueue([aTask(`task-${n}`, n % 2 === 0 ? {} : { follow: '1' as JsonText })]);
    await store.bury([{ labourer: 'mill', id: `task-${n}`, error: 'no' }]);
    await clock.advance(n % 3);
  }
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({ labourer: 'mill', state: 'dead', limit: 2, ...(cursor !== undefined && { cursor }) });
    seen.push(...idsOf(page.tasks));
    cursor = page.cursor;
    // Whatever leaves the outbox between two pages stays where it was in the list.
    await store.takeOut(await store.outbox(['mill'], 1));
  } while (cursor !== undefined);
  expect(seen).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0].map((n) => `task-${n}`));
});

it('sweeps entries of the register whose time is over, in pages', async () => {
  const { store, clock, file } = await openStore();
  const entries = Array.from({ length: 1_200 }, (_, n) => ({ name: `n${n}`, value: '1' as JsonText, stamp: `s${n}`, keep: 1_000 }));
  await store.change([...entries, { name: 'for good', value: '2' as JsonText, stamp: 's' }]);
  await clock.advance(999);
  expect(await store.maintain([])).toEqual({ done: { purged: 0 }, more: false });
  await clock.advance(1);
  expect(await store.maintain([])).toEqual({ done: { purged: 0, swept: 1_000 }, more: true });
  expect(await store.maintain([])).toEqual({ done: { purged: 0, swept: 200 }, more: false });
  const client = new Database(file);
  expect(client.prepare('SELECT name FROM register').all()).toMatchObject([{ name: 'for good' }]);
  client.close();
});

it('counts what is to be kept by count, and seldom when that is much', async () => {
  const { store, clock } = await openStore();
  const count = 10_001;
  const complete = async (tasks: readonly NewTask[]) => {
    await store.enqueue(tasks);
    await store.settle((await store.claim(claimOf({ cap: 20_000, limit: 20_000 }))).leases.map(completed));
    await clock.advance(1);
  };
  const forget = async (most: number) =>
    (await store.maintain(['mill'], new Map([['mill', { completed: { count: most } }]]))).done['purged'];
  await complete(someTasks(count + 7));
  expect([await forget(count), await forget(count)]).toEqual([7, 0]);
  await complete([aTask('a'), aTask('b')]);
  expect(await forget(count)).toBe(0);
  // Another count is another question.
  expect(await forget(count + 1)).toBe(1);
  await clock.advance(10 * MINUTE);
  expect(await forget(count)).toBe(1);
  expect(await forget(9_999)).toBe(2);
  await complete([aTask('c')]);
  expect(await forget(9_999)).toBe(1);
});

it('forgets by count what ended at one instant, until so many are left', async () => {
  const { store } = await openStore();
  await store.enqueue(someTasks(2_600));
  await store.cancel(someTasks(2_600));
  const forget = () => store.maintain(['mill'], new Map([['mill', { others: { count: 500 } }]]));
  expect([await forget(), await forget(), await forget()].map(({ done, more }) => [done['purged'], more])).toEqual([
    [1_000, true],
    [1_000, true],
    [100, false],
  ]);
});
