/** Connections that are half open: the server is gone, or is not, and nobody says so. */
import { ManualClock } from '@reeve/testkit';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { ownClient } from '../src/client/client.ts';
import { RedisTaskStore } from '../src/index.ts';
import { proxyTo } from './fixtures/proxy.ts';
import { newPrefix, oneServer } from './fixtures/servers.ts';
import { aTask, claimOf } from './fixtures/stores.ts';

const server = oneServer();

it('takes a connection for dead before the time of a call is over', () => {
  const { socketTimeout = 0, commandTimeout = 0 } = ownClient('redis://127.0.0.1:1').options;
  expect([socketTimeout >= 5_000, socketTimeout < commandTimeout - 2_000]).toEqual([true, true]);
});

it.each(['blackHole', 'halfOpen'] as const)('carries out over a new connection what was under way on a silent one: %s', async (kind) => {
  const { proxy, url } = await proxyTo(server.url);
  const client = new Redis(url, { socketTimeout: 300, commandTimeout: 10_000, maxRetriesPerRequest: 3 });
  client.on('error', () => {});
  onTestFinished(() => client.disconnect());
  const store = await RedisTaskStore.open({ client, prefix: newPrefix() });
  await store.enqueue([aTask('before')]);
  const remove = proxy.add({ kind });
  const call = store.claim(claimOf());
  await expect.poll(() => proxy.hits[kind]).toBeGreaterThan(0);
  remove();
  expect((await call).leases.map(({ id }) => id)).toEqual(['before']);
});

it('listens anew when its connection is half open, though nothing tells it so', async () => {
  const { proxy, url } = await proxyTo(server.url);
  const clock = new ManualClock();
  const client = new Redis(url, { commandTimeout: 300 });
  client.on('error', () => {});
  onTestFinished(() => client.disconnect());
  const store = await RedisTaskStore.open({ client, prefix: newPrefix(), clock });
  onTestFinished(() => store.close());
  const heard: string[] = [];
  const stop = await store.listen(['mill'], (labourer) => void heard.push(labourer));
  expect(proxy.halfOpen()).toBe(2);
  await clock.advance(30_000); // it asks, and is not answered
  await expect.poll(() => clock.sleeping, { timeout: 10_000 }).toBe(1); // it pauses
  expect(heard).toEqual([]);
  await clock.advance(100);
  await expect.poll(() => heard, { timeout: 10_000 }).toEqual(['mill']); // and speaks for what it may have missed
  await stop();
  expect(clock.sleeping).toBe(0);
});
