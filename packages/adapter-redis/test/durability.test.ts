import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { ownServer } from './fixtures/servers.ts';
import { aTask, claimOf, completed, openStore } from './fixtures/stores.ts';

it('answers a write once the replicas have it', async () => {
  const primary = await ownServer({ args: ['--repl-diskless-sync-delay', '0'] });
  const replica = await ownServer({ args: ['--replicaof', '127.0.0.1', new URL(primary.url).port] });
  const copy = new Redis(replica.url);
  onTestFinished(() => copy.disconnect());
  await expect.poll(() => copy.info('replication'), { timeout: 20_000 }).toMatch(/master_link_status:up/);
  const { store, prefix } = await openStore({ url: primary.url, waitFor: { replicas: 1, timeout: 5_000 } });
  expect(store.capabilities.survives).toBe('machine');
  for (let n = 0; n < 20; n += 1) {
    await store.enqueue([aTask(`task-${n}`)]);
    expect(await copy.hexists(`{${prefix}:mill}:t`, `task-${n}`)).toBe(1);
  }
  const { leases } = await store.claim(claimOf({ limit: 1 }));
  expect(await copy.hlen(`{${prefix}:mill}:l`)).toBe(1);
  expect(await store.settle(leases.map(completed))).toEqual(['applied']);
  expect(await copy.hlen(`{${prefix}:mill}:e`)).toBe(1);
});

it('says so when a write has reached too few replicas: it is written, and may be lost', async () => {
  const { url } = await ownServer();
  const { store } = await openStore({ url, waitFor: { replicas: 1, timeout: 50 } });
  const isUnsure = { kind: 'unavailable', code: 'STORE_NOT_REPLICATED', message: /0 of 1 replicas/ };
  await expect(store.enqueue([aTask('a')])).rejects.toMatchObject(isUnsure);
  expect(await store.find({ labourer: 'mill', id: 'a' })).toMatchObject({ state: 'queued' });
  await expect(store.claim(claimOf())).rejects.toMatchObject(isUnsure);
});

it('says so when the server itself asks for replicas that are not there', async () => {
  const { url } = await ownServer({ args: ['--min-replicas-to-write', '1'] });
  await expect(openStore({ url })).rejects.toMatchObject({ kind: 'unavailable', code: 'STORE_NOT_REPLICATED' });
});
