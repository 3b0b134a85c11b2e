/** The daemon of core through the loss of its server: how often it asks, and that it comes back. */
import { createServer, type Server, type Socket } from 'node:net';
import { createReeve, inProcessInvoker } from '@reeve/core';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { redisStore } from '../src/index.ts';
import { proxyTo } from './fixtures/proxy.ts';
import { newPrefix, ownServer } from './fixtures/servers.ts';
import { aTask, openStore } from './fixtures/stores.ts';

const portOf = (url: string): number => Number(new URL(url).port);

const listen = (port: number, onSocket: (socket: Socket) => void): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer(onSocket);
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

const end = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

it('asks a lost server ever more seldom, and goes on once it is back', async () => {
  const first = await ownServer();
  const done: string[] = [];
  const prefix = newPrefix();
  const reeve = createReeve({
    labourers: { mill: { target: 'mill', maxSimultaneousInvocations: 2 } },
    use: [redisStore({ url: first.url, prefix }), inProcessInvoker({ handlers: { mill: (_, { id }) => void done.push(id) } })],
  });
  onTestFinished(() => reeve.close());
  let failures = 0;
  for (const name of ['store.failed', 'labourer.failed'] as const)
    reeve.on(name, () => {
      failures += 1;
    });
  await reeve.enqueue('mill', 1, { id: 'before' });
  const stop = new AbortController();
  const run = reeve.run({ signal: stop.signal, pollEvery: 10 });
  await expect.poll(() => done).toEqual(['before']);
  await first.stop();
  // Whoever calls now is let in and shown the door, the quickest way there is to be asked again.
  let calls = 0;
  const since = performance.now();
  const door = await listen(portOf(first.url), (socket) => {
    calls += 1;
    socket.on('error', () => {});
    socket.destroy();
  });
  await expect.poll(() => failures, { timeout: 30_000 }).toBeGreaterThanOrEqual(2);
  // Two connections, each after pauses of 100, 200, 400 ms and so on; a connection that is wanted at once is one more.
  const seconds = (performance.now() - since) / 1_000;
  expect(calls).toBeGreaterThan(1);
  expect(calls).toBeLessThanOrEqual(8 + 4 * seconds);
  expect(failures).toBeLessThanOrEqual(6 + 4 * seconds);
  await end(door);
  const { url } = await ownServer({ port: portOf(first.url) });
  const { store } = await openStore({ url, prefix }, 'real');
  await store.enqueue([aTask('after')]);
  await expect.poll(() => done, { timeout: 20_000 }).toEqual(['before', 'after']);
  stop.abort();
  await run;
});

it('answers what was under way when the connection broke, also if whoever calls again is let in and shut out', async () => {
  const first = await ownServer();
  const { store } = await openStore({ url: first.url });
  const admin = new Redis(first.url, { retryStrategy: () => null });
  admin.on('error', () => {});
  onTestFinished(() => admin.disconnect());
  await admin.call('CLIENT', 'PAUSE', '60000', 'ALL');
  const call = store.labourersWithDue(['mill']).catch((error: unknown) => error);
  await first.stop();
  const door = await listen(portOf(first.url), (socket) => {
    socket.on('error', () => {});
    socket.destroy();
  });
  onTestFinished(() => end(door));
  expect(await call).toMatchObject({ kind: 'unavailable', code: 'STORE_UNREACHABLE' });
}, 30_000);

it('leaves a primary that has become a replica, and finds the new one at the old address', async () => {
  const [old, next] = [await ownServer(), await ownServer()];
  const { proxy, url } = await proxyTo(old.url);
  const { store } = await openStore({ url });
  await store.enqueue([aTask('a')]);
  const admin = new Redis(old.url);
  onTestFinished(() => admin.disconnect());
  proxy.retarget({ port: portOf(next.url) });
  await admin.replicaof('127.0.0.1', portOf(next.url));
  await expect.poll(() => store.enqueue([aTask('b')]).catch((error: unknown) => (error as { code: string }).code)).toEqual(['created']);
});
