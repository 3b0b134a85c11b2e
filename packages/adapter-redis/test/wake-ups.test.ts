import { startRedisCluster } from '@reeve/test-servers';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { RedisTaskStore } from '../src/index.ts';
import { clusterOf } from './fixtures/bench.ts';
import { newPrefix, oneServer, ownServer } from './fixtures/servers.ts';
import { aTask, claimOf, completed, openStore, someTasks } from './fixtures/stores.ts';

const server = oneServer();

/** What one connection hears while others work. */
const listening = async (url: string, labourers: readonly string[] = ['mill']) => {
  const { store, prefix, clock } = await openStore({ url });
  const { store: peer, clock: peerClock } = await openStore({ url, prefix });
  const heard: string[] = [];
  const end = await peer.listen(labourers, (labourer) => void heard.push(labourer));
  /** Resolves when all that was said before it has arrived: what is said to `last` arrives after it. */
  const settled = async (): Promise<readonly string[]> => {
    const last = `last-${Math.random()}`;
    const ends = await peer.listen([last], () => void heard.push(last));
    await store.enqueue([aTask(last, { labourer: last })]);
    await expect.poll(() => heard.includes(last)).toBe(true);
    await ends();
    return heard.splice(0).filter((each) => each !== last);
  };
  return { store, peer, clock, peerClock, heard, settled, end };
};

it('hears of new work from another connection', async () => {
  const { store, heard } = await listening(server.url, ['mill', 'forge']);
  await store.enqueue([aTask('a'), aTask('b', { labourer: 'forge' }), aTask('c', { labourer: 'nobody' })]);
  await expect.poll(() => [...heard].sort()).toEqual(['forge', 'mill']);
});

it('is told when work comes, and not of each task while some is due', async () => {
  const { store, clock, settled } = await listening(server.url);
  await store.enqueue([aTask('later', { due: clock.now() + 5_000 })]);
  expect(await settled()).toEqual([]);
  for (const task of someTasks(20)) await store.enqueue([task]);
  expect(await settled()).toEqual(['mill']);
});

it('is told of a place that came free while something is due', async () => {
  const { store, settled } = await listening(server.url);
  await store.enqueue(someTasks(3));
  const { leases } = await store.claim(claimOf({ cap: 2 }));
  await settled();
  const next = await store.exchange(leases.slice(0, 1).map(completed), claimOf({ cap: 2, limit: 1 }));
  expect([next.leases.length, await settled()]).toEqual([1, []]); // it took the place itself
  await store.settle([{ ...leases[1]!, kind: 'retry', after: 0, error: 'again' }]);
  expect(await settled()).toEqual(['mill']);
});

it('hears nothing more once it has ended', async () => {
  const { store, peer, heard, end } = await listening(server.url);
  await end();
  await end();
  await store.enqueue([aTask('a')]);
  const other = await peer.listen(['forge'], (labourer) => void heard.push(labourer));
  await store.enqueue([aTask('b', { labourer: 'forge' })]);
  await expect.poll(() => heard).toEqual(['forge']);
  await other();
});

it('listens again after its connection was lost, and then calls for everybody', async () => {
  const { url } = await ownServer();
  const { store, peerClock, heard } = await listening(url, ['mill', 'forge']);
  const admin = new Redis(url);
  onTestFinished(() => admin.disconnect());
  await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  const afterPauses = async () => {
    await peerClock.advance(100);
    return [...heard].sort();
  };
  await expect.poll(afterPauses).toEqual(['forge', 'mill']);
  heard.length = 0;
  await store.enqueue([aTask('a')]);
  await expect.poll(() => heard).toEqual(['mill']);
});

it('tries until the server is back', async () => {
  const first = await ownServer();
  const { peerClock, heard } = await listening(first.url);
  await first.stop();
  for (let tries = 0; tries < 4; tries += 1) {
    await expect.poll(() => peerClock.sleeping).toBe(1);
    await peerClock.advance(2_000);
  }
  await expect.poll(() => peerClock.sleeping).toBe(1);
  await ownServer({ port: Number(new URL(first.url).port) });
  await peerClock.advance(2_000);
  await expect.poll(() => heard).toEqual(['mill']);
});

it('hears over a Cluster, and through another server once the first is gone', async () => {
  const cluster = await startRedisCluster();
  onTestFinished(() => cluster.stop());
  const client = clusterOf(cluster.urls);
  onTestFinished(() => client.disconnect());
  const store = await RedisTaskStore.open({ client, prefix: newPrefix() });
  onTestFinished(() => store.close());
  const heard: string[] = [];
  await store.listen(['mill', 'forge'], (labourer) => void heard.push(labourer));
  await store.enqueue([aTask('a'), aTask('b', { labourer: 'forge' })]);
  await expect.poll(() => [...heard].sort()).toEqual(['forge', 'mill']);
  heard.length = 0;
  for (const node of client.nodes('master')) await node.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
  await expect.poll(() => [...heard].sort()).toEqual(['forge', 'mill']);
});
