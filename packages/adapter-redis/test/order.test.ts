/** What is ready at once and what had its due time given wait in two queues; nobody may see that there are two. */
import type { NewTask } from '@reeve/core';
import { expect, it } from 'vitest';
import { oneServer } from './fixtures/servers.ts';
import { aTask, claimOf, idsOf, openStore } from './fixtures/stores.ts';

const server = oneServer();

/** Tasks of both kinds, enqueued at different instants, and their ids in the order of C6 once all are due. */
const mixed = async () => {
  const { store, clock, prefix } = await openStore({ url: server.url });
  const order: { readonly due: number; readonly n: number; readonly id: string }[] = [];
  let n = 0;
  const put = async (tasks: readonly NewTask[]): Promise<void> => {
    await store.enqueue(tasks);
    for (const { id, due } of tasks) order.push({ due: due ?? clock.now(), n: n++, id });
  };
  for (let round = 0; round < 6; round += 1) {
    const later = (ms: number) => ({ due: clock.now() + ms });
    await put([aTask(`now-${round}-a`), aTask(`now-${round}-b`)]);
    await put([aTask(`late-${round}`, later(2_500)), aTask(`same-${round}`, later(1_000)), aTask(`past-${round}`, later(-700))]);
    await put([aTask(`now-${round}-c`)]);
    await clock.advance(1_000);
  }
  await clock.advance(5_000);
  order.sort((a, b) => a.due - b.due || a.n - b.n);
  return { store, clock, prefix, wanted: order.map(({ id }) => id) };
};

it.each([1, 4, 7, 100])('claims by due time and then in the order of enqueueing, %i at a time', async (limit) => {
  const { store, wanted } = await mixed();
  const ids: string[] = [];
  for (let count = -1; count !== ids.length; ) {
    count = ids.length;
    ids.push(...idsOf((await store.claim(claimOf({ limit }))).leases));
  }
  expect(ids).toEqual(wanted);
});

it.each([1, 4, 7, 100])('lists in the same order, %i on a page', async (limit) => {
  const { store, wanted } = await mixed();
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({ labourer: 'mill', state: 'queued', limit, ...(cursor !== undefined && { cursor }) });
    ids.push(...idsOf(page.tasks));
    cursor = page.cursor;
  } while (cursor !== undefined && ids.length < 100);
  expect(ids).toEqual(wanted);
});

it('goes on with a page whose tasks have left meanwhile', async () => {
  const { store, wanted } = await mixed();
  const { tasks, cursor } = await store.list({ labourer: 'mill', state: 'queued', limit: 5 });
  await store.claim(claimOf({ limit: 9 }));
  const next = await store.list({ labourer: 'mill', state: 'queued', limit: 50, cursor: cursor! });
  expect([idsOf(tasks), idsOf(next.tasks)]).toEqual([wanted.slice(0, 5), wanted.slice(9)]);
});

it('gives a released task and a retry the place and the due time that they had', async () => {
  const { store, clock } = await openStore({ url: server.url });
  const since = clock.now();
  await store.enqueue([aTask('a'), aTask('b')]);
  await clock.advance(500);
  const [a, b] = (await store.claim(claimOf())).leases;
  await store.settle([
    { ...b!, kind: 'released' },
    { ...a!, kind: 'released' },
  ]);
  const again = (await store.claim(claimOf())).leases;
  expect(again.map(({ id, due, attempt }) => [id, due, attempt])).toEqual([
    ['a', since, 1],
    ['b', since, 1],
  ]);
  await store.settle([{ ...again[0]!, kind: 'retry', after: 100, error: 'no' }]);
  await clock.advance(100);
  expect((await store.claim(claimOf())).leases).toMatchObject([{ id: 'a', due: since + 600, attempt: 2 }]);
});

it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])('stands a broken task behind the one before it, %i on a page', async (limit) => {
  const { store, prefix, wanted } = await mixed();
  const { Redis } = await import('ioredis');
  const redis = new Redis(server.url);
  for (const id of ['now-0-a', 'now-3-b']) await redis.hset(`{${prefix}:mill}:t`, id, '{}');
  redis.disconnect();
  const broken = new Set(['now-0-a', 'now-3-b']);
  const seen: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 50; pages += 1) {
    const page = await store.list({ labourer: 'mill', state: 'queued', limit, ...(cursor !== undefined && { cursor }) });
    seen.push(...idsOf(page.tasks));
    cursor = page.cursor;
    if (cursor === undefined) break;
  }
  expect(cursor).toBeUndefined();
  expect(seen.filter((id) => !broken.has(id))).toEqual(wanted.filter((id) => !broken.has(id)));
  const { leases, aside } = await store.claim(claimOf());
  expect(idsOf(leases)).toEqual(wanted.filter((id) => !broken.has(id)));
  expect(new Set(idsOf(aside ?? []))).toEqual(broken);
});
