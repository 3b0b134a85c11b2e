import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReeve, inProcessInvoker } from '@reeve/core';
import { startRedisCluster } from '@reeve/test-servers';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { RedisTaskStore, redisStore } from '../src/index.ts';
import { clusterOf } from './fixtures/bench.ts';
import { newPrefix, ownServer } from './fixtures/servers.ts';
import { aTask, claimOf, completed, idsOf, openStore, someTasks } from './fixtures/stores.ts';

/** A call that is made again for as long as nothing is known of it, as the essentials do. */
const persist = async <T>(call: () => Promise<T>): Promise<T> => {
  for (let tries = 0; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if ((error as { readonly kind?: string }).kind !== 'unavailable' || tries > 200) throw error;
    }
  }
};

it('loses nothing and doubles nothing when its connections are cut again and again', async () => {
  const { url } = await ownServer();
  const { store } = await openStore({ url });
  const admin = new Redis(url);
  onTestFinished(() => admin.disconnect());
  const cut = () => admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  const created: string[] = [];
  const done: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    const tasks = someTasks(10).map((each) => ({ ...each, id: `${round}-${each.id}` }));
    const call = persist(() => store.enqueue(tasks));
    if (round % 2) await cut();
    await call;
    created.push(...idsOf(tasks));
    const claiming = persist(() => store.claim(claimOf({ limit: 10 })));
    if (round % 3) await cut();
    const { leases } = await claiming;
    const settling = persist(() => store.settle(leases.map(completed)));
    if (round % 5) await cut();
    // Of a verdict whose answer was lost the second answer says that it had been given.
    expect(new Set(await settling).has('stale')).toBe(false);
    done.push(...idsOf(leases));
  }
  expect(new Set(done).size).toBe(done.length);
  const [{ due, running } = { due: 0, running: 0 }] = await store.census(['mill']);
  // What a lost claim took is held until its lease is over; all else was done.
  expect(done.length + due + running).toBe(created.length);
});

it('goes on after the server was killed and came back with what it had on its disk', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-redis-aof-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const args = ['--appendonly', 'yes', '--appendfsync', 'always'];
  const first = await ownServer({ folder, args });
  const { store } = await openStore({ url: first.url });
  await store.enqueue(someTasks(50));
  const { leases } = await store.claim(claimOf({ limit: 20 }));
  await store.settle(leases.slice(0, 10).map(completed));
  await first.stop(); // with SIGKILL
  await expect(store.census(['mill'])).rejects.toMatchObject({ kind: 'unavailable', code: 'STORE_UNREACHABLE' });
  await ownServer({ folder, args, port: Number(new URL(first.url).port) });
  expect(await persist(() => store.census(['mill']))).toEqual([{ due: 30, waiting: 0, running: 10, expired: 0 }]);
  expect(await store.settle(leases.map(completed))).toEqual([...Array(10).fill('repeated'), ...Array(10).fill('applied')]);
  expect(await store.enqueue(someTasks(50))).toEqual(Array(50).fill('duplicate'));
  expect((await store.claim(claimOf())).leases).toHaveLength(30);
});

it('lets a daemon live through the loss of its server', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-redis-aof-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const args = ['--appendonly', 'yes', '--appendfsync', 'always'];
  const first = await ownServer({ folder, args });
  const done = new Set<string>();
  const reeve = createReeve({
    labourers: { mill: { target: 'mill', maxSimultaneousInvocations: 4 } },
    use: [redisStore({ url: first.url }), inProcessInvoker({ handlers: { mill: (_, { id }) => void done.add(id) } })],
  });
  onTestFinished(() => reeve.close());
  let failures = 0;
  reeve.on('store.failed', () => {
    failures += 1;
  });
  await reeve.enqueue('mill', 1, { id: 'before' });
  const stop = new AbortController();
  const run = reeve.run({ signal: stop.signal, pollEvery: 20 });
  await expect.poll(() => done.has('before')).toBe(true);
  await first.stop();
  await expect.poll(() => failures, { timeout: 20_000 }).toBeGreaterThan(0);
  await ownServer({ folder, args, port: Number(new URL(first.url).port) });
  await persist(() => reeve.enqueue('mill', 2, { id: 'after' }));
  await expect.poll(() => done.has('after'), { timeout: 20_000 }).toBe(true);
  stop.abort();
  await run;
});

it('goes on over a Cluster when its connections are cut', async () => {
  const cluster = await startRedisCluster();
  onTestFinished(() => cluster.stop());
  const client = clusterOf(cluster.urls);
  onTestFinished(() => client.disconnect());
  const store = await RedisTaskStore.open({ client, prefix: newPrefix() });
  const names = ['a', 'b', 'c', 'd', 'e'];
  await store.enqueue(names.map((labourer) => aTask(`task-${labourer}`, { labourer })));
  for (const node of client.nodes('master')) await node.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no').catch(() => {});
  expect(await persist(() => store.labourersWithDue(names))).toEqual(new Set(names));
  for (const labourer of names) expect((await persist(() => store.claim(claimOf({ labourer })))).leases).toHaveLength(1);
});
