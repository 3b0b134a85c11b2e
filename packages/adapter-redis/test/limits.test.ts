import type { JsonText } from '@reeve/core';
import { expect, it } from 'vitest';
import { oneServer } from './fixtures/servers.ts';
import { aTask, claimOf, completed, idsOf, openStore, someTasks } from './fixtures/stores.ts';

const server = oneServer();
const text = (bytes: number): JsonText => `"${'x'.repeat(bytes - 2)}"` as JsonText;

it('takes payloads and results up to its limit to the byte, and no more', async () => {
  const { store } = await openStore({ url: server.url });
  const most = store.capabilities.maxPayloadBytes;
  expect(await store.enqueue([aTask('a', { payload: text(most) })])).toEqual(['created']);
  await expect(store.enqueue([aTask('b'), aTask('c', { payload: text(most + 1) })])).rejects.toMatchObject({
    kind: 'input',
    code: 'PAYLOAD_TOO_LARGE',
  });
  expect(await store.find({ labourer: 'mill', id: 'b' })).toBeUndefined();
  const [lease] = (await store.claim(claimOf())).leases;
  expect(lease!.payload === text(most)).toBe(true);
  await expect(store.settle([{ ...completed(lease!), kind: 'completed', result: text(most + 1) }])).rejects.toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
  });
  expect(await store.settle([{ ...completed(lease!), kind: 'completed', result: text(most) }])).toEqual(['applied']);
  const record = await store.find({ labourer: 'mill', id: 'a' });
  expect(record?.state === 'completed' && record.result === text(most)).toBe(true);
});

it('hands out many long payloads in one claim', async () => {
  const { store } = await openStore({ url: server.url });
  await store.enqueue(someTasks(12, { payload: text(1024 * 1024) }));
  const { leases } = await store.claim(claimOf());
  expect(idsOf(leases)).toEqual(idsOf(someTasks(12)));
  expect(leases.every(({ payload }) => payload.length === 1024 * 1024)).toBe(true);
});

it('takes ten thousand tasks in one call, claims and settles them in one each, in order', async () => {
  const { store } = await openStore({ url: server.url });
  const tasks = someTasks(10_000);
  expect(new Set(await store.enqueue(tasks))).toEqual(new Set(['created']));
  const { leases } = await store.claim(claimOf({ cap: 10_000, limit: 10_000 }));
  expect(idsOf(leases)).toEqual(idsOf(tasks));
  const answer = await store.exchange(leases.map(completed), claimOf());
  expect(answer.outcomes).toHaveLength(10_000);
  expect(new Set(answer.outcomes)).toEqual(new Set(['applied']));
  expect(await store.census(['mill'])).toEqual([{ due: 0, waiting: 0, running: 0, expired: 0 }]);
});

it('settles verdicts of other labourers along with a claim', async () => {
  const { store } = await openStore({ url: server.url });
  await store.enqueue([aTask('a'), aTask('b', { labourer: 'other' }), aTask('c')]);
  const [a] = (await store.claim(claimOf({ limit: 1 }))).leases;
  const [b] = (await store.claim(claimOf({ labourer: 'other' }))).leases;
  const answer = await store.exchange([completed(b!), completed(a!)], claimOf());
  expect([answer.outcomes, idsOf(answer.leases)]).toEqual([['applied', 'applied'], ['c']]);
});

it('sets a task aside whose record is gone', async () => {
  const { store, prefix } = await openStore({ url: server.url });
  const { Redis } = await import('ioredis');
  const redis = new Redis(server.url);
  await store.enqueue(someTasks(2));
  await redis.hdel(`{${prefix}:mill}:t`, 'task-000000');
  redis.disconnect();
  const { leases, aside } = await store.claim(claimOf());
  expect([idsOf(leases), aside]).toEqual([['task-000001'], [{ labourer: 'mill', id: 'task-000000', problem: 'its record is gone' }]]);
  expect(await store.find({ labourer: 'mill', id: 'task-000000' })).toMatchObject({ state: 'aside', payload: '' });
});

it.each(['nonsense', 'again_1', 'fresh_1_zzzzzzzzzzz', '-1', '1_2_3'])('refuses the cursor %s', async (cursor) => {
  const { store } = await openStore({ url: server.url });
  for (const state of ['queued', 'running', 'completed'] as const)
    await expect(store.list({ labourer: 'mill', state, limit: 5, cursor })).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
  await expect(store.list({ labourer: 'mill', state: 'queued', limit: 0 })).rejects.toMatchObject({ code: 'INVALID_LIMIT' });
});
