import type { JsonText } from '@reeve/core';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { oneServer, ownServer } from './fixtures/servers.ts';
import { aTask, claimOf, completed, idsOf, openStore, someTasks } from './fixtures/stores.ts';

const server = oneServer();

const adminOf = (url: string): Redis => {
  const client = new Redis(url);
  onTestFinished(() => client.disconnect());
  return client;
};

it('says that a key belongs to another program, and leaves it as it is', async () => {
  const { store, prefix } = await openStore({ url: server.url });
  const redis = adminOf(server.url);
  await redis.set(`{${prefix}:mill}:t`, 'mine');
  const isForeign = { kind: 'config', code: 'STORE_KEY_FOREIGN' };
  await expect(store.enqueue([aTask('a')])).rejects.toMatchObject(isForeign);
  await expect(store.find({ labourer: 'mill', id: 'a' })).rejects.toMatchObject(isForeign);
  expect(await redis.get(`{${prefix}:mill}:t`)).toBe('mine');
});

it.each([
  ['', {}, {}],
  [' of one key', { key: 'a' }, { perKey: 20 }],
])('with a full memory takes no new task and ends the old ones%s', async (_, more, by) => {
  const { url } = await ownServer();
  const { store, clock } = await openStore({ url });
  const redis = adminOf(url);
  await store.enqueue(someTasks(20, more));
  const { leases } = await store.claim({ ...claimOf({ limit: 5 }), ...by });
  await redis.config('SET', 'maxmemory', '1mb');
  await expect(store.enqueue([aTask('more')])).rejects.toMatchObject({ kind: 'unavailable', code: 'STORE_FULL', message: /maxmemory/ });
  expect(await store.find({ labourer: 'mill', id: 'more' })).toBeUndefined();
  expect((await store.renew([{ ...leases[4]!, lease: 1_000 }]))[0]?.kind).toBe('renewed');
  const answer = await store.exchange(leases.slice(0, 4).map(completed), { ...claimOf({ limit: 4 }), ...by });
  expect([answer.outcomes, idsOf(answer.leases).length]).toEqual([Array(4).fill('applied'), 4]);
  await clock.advance(1_000);
  const expired = await store.expired(['mill'], 10);
  expect(await store.reap(expired.map((each) => ({ ...each, kind: 'retry', after: 0, error: 'late' })))).toEqual(['applied']);
  expect(await store.settle([{ ...answer.leases[0]!, kind: 'released' }])).toEqual(['applied']);
  expect((await store.claim({ ...claimOf(), ...by })).leases).toHaveLength(13);
  await redis.config('SET', 'maxmemory', '0');
  expect(await store.enqueue([aTask('more')])).toEqual(['created']);
});

it('says so when its server becomes a replica, and goes on when it is a primary again', async () => {
  const [primary, other] = [await ownServer(), await ownServer()];
  const { store } = await openStore({ url: primary.url });
  const redis = adminOf(primary.url);
  await redis.replicaof('127.0.0.1', Number(new URL(other.url).port));
  await expect(store.enqueue([aTask('a')])).rejects.toMatchObject({ kind: 'unavailable', code: 'STORE_READ_ONLY' });
  await redis.replicaof('NO', 'ONE');
  expect(await store.enqueue([aTask('a')])).toEqual(['created']);
});

it.each<[string, object]>([
  ['an empty id', { id: '' }],
  ['a NUL in the id', { id: 'a\0b' }],
  ['a NUL in the payload', { payload: '"\0"' }],
  ['a payload that is none', { payload: undefined }],
  ['a due time before 1970', { due: -1 }],
  ['a due time that is no number', { due: '2026' }],
])('refuses %s from code that goes past the types, with nothing written', async (_, more) => {
  const { store } = await openStore({ url: server.url });
  await expect(store.enqueue([aTask('a'), { ...aTask('b'), ...more } as never])).rejects.toMatchObject({
    kind: 'input',
    code: 'STORE_REFUSED',
  });
  expect(await store.find({ labourer: 'mill', id: 'a' })).toBeUndefined();
});

it('keeps apart what a hostile token could run together', async () => {
  const { store } = await openStore({ url: server.url });
  await store.enqueue([aTask('a')]);
  await expect(store.claim({ ...claimOf(), token: 'a\nb' })).rejects.toMatchObject({ code: 'STORE_REFUSED' });
  const [lease] = (await store.claim({ ...claimOf(), token: 'a b' })).leases;
  await store.settle([{ ...completed(lease!), kind: 'completed', result: '"1,2;3\\n"' as JsonText, stats: '{}' as JsonText }]);
  for (const token of ['a', 'a b\n', '', 'a b\n,']) expect(await store.settle([{ ...completed(lease!), token }])).toEqual(['stale']);
  expect(await store.find({ labourer: 'mill', id: 'a' })).toMatchObject({ result: '"1,2;3\\n"', stats: '{}' });
});
