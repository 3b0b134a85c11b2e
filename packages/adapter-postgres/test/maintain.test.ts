import type { JsonText } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { expect, it } from 'vitest';
import { run, useServer } from './fixtures/server.ts';
import { claimOf, completed, openStore, someTasks } from './fixtures/stores.ts';

const server = useServer();

it('forgets ended tasks in pages, when their time is over, and only then', async () => {
  const { store, schema } = await openStore(server.url, { keepEnded: 3_600_000 });
  const tasks = someTasks(2_500);
  await store.enqueue(tasks);
  const { leases } = await store.claim(claimOf({ cap: 2_400, limit: 2_400 }));
  await store.settle(leases.slice(0, 1_500).map(completed));
  await store.settle(leases.slice(1_500).map(({ labourer, id, token }) => ({ labourer, id, token, kind: 'dead', error: 'no' })));
  expect(await store.maintain(['mill'])).toEqual({ done: { purged: 0 }, more: false });
  expect(new Set(await store.enqueue(tasks))).toEqual(new Set(['duplicate']));
  await run(server.url, `UPDATE ${schema}.history SET ended_at = ended_at - 3600000`);
  expect(await store.maintain(['another'])).toEqual({ done: { purged: 0 }, more: false });
  const purged = [await store.maintain(['mill']), await store.maintain(['mill', 'mill']), await store.maintain(['mill'])];
  expect(purged.map(({ done, more }) => [done['purged'], more])).toEqual([
    [1_000, true],
    [1_000, true],
    [400, false],
  ]);
  const answers = await store.enqueue(tasks);
  expect(answers.filter((each) => each === 'duplicate')).toHaveLength(100);
});

it('forgets entries of the register in pages, and those of nobody else', async () => {
  const { store, schema } = await openStore(server.url);
  const entry = (n: number, more: object) => ({ name: `${n}`, value: '1' as JsonText, stamp: 'a', ...more });
  await store.change(Array.from({ length: 1_001 }, (_, n) => entry(n, { keep: 1 + n })));
  await store.change([entry(2_000, {}), entry(2_001, { keep: 3_600_000 })]);
  await run(server.url, `UPDATE ${schema}.entry SET until = 1 WHERE until < (SELECT max(until) FROM ${schema}.entry)`);
  expect(await store.maintain(['mill'])).toEqual({ done: { purged: 0, entries: 1_000 }, more: true });
  expect(await store.maintain(['mill'])).toEqual({ done: { purged: 0, entries: 1 }, more: false });
  expect(await run(server.url, `SELECT name FROM ${schema}.entry ORDER BY name`)).toEqual([{ name: '2000' }, { name: '2001' }]);
});

it('looks at large counts now and then, and as long as there is more', async () => {
  const clock = new ManualClock();
  const { store, schema } = await openStore(server.url, { clock, listen: false });
  const plant = (from: number, to: number): Promise<unknown> =>
    run(
      server.url,
      `INSERT INTO ${schema}.task (id, seq, labourer, due, created_at, payload) SELECT n::text, n, 'mill', 0, 0, '{}' FROM generate_series(${from}, ${to}) n`,
      `INSERT INTO ${schema}.history (seq, id, labourer, state, attempts, ended_at) SELECT n, n::text, 'mill', 'completed', 1, ${Date.now()} + n FROM generate_series(${from}, ${to}) n`,
    );
  const keep = new Map([['mill', { completed: { count: 10_001 } }]]);
  const purged = async (): Promise<number | undefined> => (await store.maintain(['mill'], keep)).done['purged'];
  await plant(1, 11_501);
  expect([await purged(), await purged(), await purged()]).toEqual([1_000, 500, 0]);
  await plant(11_502, 11_503);
  expect(await purged()).toBe(0);
  await clock.advance(600_000);
  expect(await purged()).toBe(2);
  expect(await store.find({ labourer: 'mill', id: '1502' })).toBeUndefined();
  expect(await store.find({ labourer: 'mill', id: '1503' })).toMatchObject({ state: 'completed' });
});
