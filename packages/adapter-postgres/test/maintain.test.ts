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
