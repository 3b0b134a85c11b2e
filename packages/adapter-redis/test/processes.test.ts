import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startRedisCluster } from '@reeve/test-servers';
import { checkIntervals, contend, ManualClock } from '@reeve/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { RedisTaskStore } from '../src/index.ts';
import { clusterOf } from './fixtures/bench.ts';
import { oneServer } from './fixtures/servers.ts';
import { idsOf, openStore, someTasks } from './fixtures/stores.ts';

const CAP = 3;
const SCRIPT = new URL('fixtures/contender.mjs', import.meta.url);
const server = oneServer();

it('gives each task once and keeps to the cap when four processes race', async () => {
  const { store, prefix } = await openStore({ url: server.url }, 'real');
  const tasks = someTasks(600);
  await store.enqueue(tasks);
  const intervals = await contend({ script: SCRIPT, processes: 4, args: [server.url, prefix, String(CAP)] });
  const report = checkIntervals(intervals, CAP, idsOf(tasks));
  expect(report).toMatchObject({ overCap: false, doubles: [], losses: [] });
  expect(report.most).toBe(CAP);
  expect(intervals).toHaveLength(tasks.length);
  expect(await store.census(['mill'])).toEqual([{ due: 0, waiting: 0, running: 0, expired: 0 }]);
});

/** A process that holds one task and works without a break. */
const startMortal = async (prefix: string): Promise<{ readonly held: string; readonly kill: () => Promise<unknown> }> => {
  const script = fileURLToPath(new URL('fixtures/mortal.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, server.url, prefix], { stdio: ['ignore', 'pipe', 'inherit'] });
  const dead = new Promise((resolve) => child.once('close', resolve));
  onTestFinished(() => void child.kill('SIGKILL'));
  const held = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).on('line', resolve));
  const kill = () => {
    child.kill('SIGKILL');
    return dead;
  };
  return { held, kill };
};

it('goes on in the others when one process is killed in the midst of its work, and loses nothing', async () => {
  const { store, prefix } = await openStore({ url: server.url }, 'real');
  const tasks = someTasks(400);
  await store.enqueue(tasks);
  const mortal = await startMortal(prefix);
  const race = contend({ script: SCRIPT, processes: 3, args: [server.url, prefix, '4'] });
  await expect.poll(async () => (await store.census(['mill']))[0]?.due, { interval: 1, timeout: 30_000 }).toBeLessThan(200);
  await mortal.kill();
  const intervals = await race;
  const others = idsOf(tasks).filter((id) => id !== mortal.held);
  expect(others).toHaveLength(tasks.length - 1);
  expect(checkIntervals(intervals, 4, others)).toMatchObject({ overCap: false, doubles: [], losses: [] });
  // What the dead one held is held until its lease is over, and then it is anybody's.
  const clock = new ManualClock(Date.now());
  const later = await RedisTaskStore.open({ url: server.url, prefix, now: () => clock.now() });
  onTestFinished(() => later.close());
  expect(await later.census(['mill'])).toEqual([{ due: 0, waiting: 0, running: 1, expired: 0 }]);
  await clock.advance(60_000);
  expect(idsOf(await later.expired(['mill'], 10))).toEqual([mortal.held]);
  // Of its own work each task is queued, held or ended: whole, wherever it was struck.
  const [other] = await later.census(['other']);
  const ended = await later.list({ labourer: 'other', state: 'completed', limit: 1_000 });
  const open = other!.due + other!.waiting + other!.running + other!.expired;
  expect((open + ended.tasks.length) % 20).toBe(0);
});

it('keeps to the cap over a Cluster too', async () => {
  const cluster = await startRedisCluster();
  onTestFinished(() => cluster.stop());
  const clients = [clusterOf(cluster.urls), clusterOf(cluster.urls), clusterOf(cluster.urls)];
  onTestFinished(() => {
    for (const each of clients) each.disconnect();
  });
  const stores = await Promise.all(clients.map((client) => RedisTaskStore.open({ client, prefix: 'race' })));
  await stores[0]!.enqueue(someTasks(300));
  let most = 0;
  let held = 0;
  const done: string[] = [];
  const member = async (store: RedisTaskStore, name: number): Promise<void> => {
    for (let n = 0; done.length < 300; n += 1) {
      const { leases } = await store.claim({ labourer: 'mill', token: `${name}-${n}`, cap: CAP, limit: 2, lease: 60_000 });
      held += leases.length;
      most = Math.max(most, held);
      await new Promise<void>((resolve) => setImmediate(resolve));
      held -= leases.length;
      done.push(...idsOf(leases));
      await store.settle(leases.map(({ labourer, id, token }) => ({ labourer, id, token, kind: 'completed' })));
    }
  };
  await Promise.all(stores.map(member));
  expect(most).toBeLessThanOrEqual(CAP);
  expect([...new Set(done)]).toHaveLength(300);
  expect(done).toHaveLength(300);
});
