/** Where entries lie: each by itself, apart from those of every other prefix, and gone from the server some time after they were forgotten. */
import type { Change } from '@reeve/core';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { newPrefix, oneServer, ownServer } from './fixtures/servers.ts';
import { aTask, claimOf, openStore } from './fixtures/stores.ts';

const server = oneServer();

const admin = (url: string): Redis => {
  const redis = new Redis(url);
  onTestFinished(() => redis.disconnect());
  return redis;
};

const set = (name: string, more: Partial<Change> = {}): Change => ({ name, value: '1' as never, stamp: 's', ...more });

it('lets the server throw an entry away a minute after it was forgotten, and keeps one without a time for good', async () => {
  const { store, prefix } = await openStore({ url: server.url });
  await store.change([set('short', { keep: 1_000 }), set('long', { keep: Number.MAX_SAFE_INTEGER }), set('good')]);
  const redis = admin(server.url);
  const ttl = async (name: string) => redis.pttl(`${prefix}:entry:{${name}}`);
  expect(await ttl('short')).toBeGreaterThan(50_000);
  expect(await ttl('short')).toBeLessThanOrEqual(61_000);
  expect(await ttl('good')).toBe(-1);
  expect((await store.look(['short', 'long', 'good'])).entries).toHaveLength(3);
  // One that is written anew without a time has none any more.
  await store.change([set('short')]);
  expect(await ttl('short')).toBe(-1);
  await store.change([{ name: 'short', stamp: 'x' }]);
  expect(await ttl('short')).toBe(-2);
});

it('is apart from other prefixes and from tasks, whatever the names', async () => {
  const prefix = newPrefix();
  const { store } = await openStore({ url: server.url, prefix });
  const names = ['a', 'entry:a', 'entry:{a}', '}', '{', '{}', 'a}:t', 'schema', 'mill', ':m'];
  const others = await Promise.all([`${prefix}:entry`, `${prefix}:entry:a`].map((each) => openStore({ url: server.url, prefix: each })));
  expect((await store.change(names.map((name) => set(name)))).outcomes).toEqual(names.map(() => ({ kind: 'written' })));
  for (const { store: other } of others) {
    expect((await other.look(names)).entries).toEqual(names.map(() => undefined));
    await other.enqueue([aTask('a')]);
    expect((await other.claim(claimOf())).leases).toHaveLength(1);
  }
  expect((await store.look(names)).entries).toEqual(names.map(() => ({ value: '1', stamp: 's' })));
});

it('looks at and changes many in pages, in order, and tells the time without any', async () => {
  const { store, clock } = await openStore({ url: server.url });
  const names = Array.from({ length: 250 }, (_, n) => `entry-${n}`);
  const { outcomes, at } = await store.change(
    names.map((name, n) => set(name, { value: String(n) as never, expected: n % 2 ? null : 'x' })),
  );
  expect([outcomes.map(({ kind }) => kind), at]).toEqual([names.map((_, n) => (n % 2 ? 'written' : 'stale')), clock.now()]);
  const values = (await store.look(names)).entries.map((entry) => entry?.value);
  expect(values).toEqual(names.map((_, n) => (n % 2 ? String(n) : undefined)));
  expect(await store.look([])).toEqual({ at: clock.now(), entries: [] });
  expect(await store.change([])).toEqual({ at: clock.now(), outcomes: [] });
});

it('forgets entries when the memory is full, and says so when it can take none', async () => {
  const { url } = await ownServer();
  const { store } = await openStore({ url });
  await store.change([set('a')]);
  await admin(url).config('SET', 'maxmemory', '1mb');
  await expect(store.change([set('b')])).rejects.toMatchObject({ kind: 'unavailable', code: 'STORE_FULL' });
  expect((await store.change([{ name: 'a', stamp: 't', expected: 's' }])).outcomes).toEqual([{ kind: 'written' }]);
  expect((await store.look(['a', 'b'])).entries).toEqual([undefined, undefined]);
});
