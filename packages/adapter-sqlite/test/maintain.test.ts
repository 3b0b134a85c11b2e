import { DAY } from '@reeve/core';
import { expect, it } from 'vitest';
import { claimOf, completed, openStore, someTasks } from './fixtures/stores.ts';

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
