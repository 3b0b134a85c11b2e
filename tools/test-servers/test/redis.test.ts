import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { redisPrograms, redisServers, startRedis, startRedisCluster } from '../src/index.ts';
import { askRedis } from '../src/redis-ask.ts';

const portOf = (url: string): number => Number(new URL(url).port);
const gone = (url: string) => expect.poll(() => askRedis(portOf(url), ['PING']).catch(() => 'gone')).toBe('gone');

test('a Redis starts, answers, stops, stops again, and leaves no folder behind', async () => {
  const server = await startRedis({ env: {} });
  expect(server.url).toMatch(/^redis:\/\/127\.0\.0\.1:\d+$/);
  expect(await askRedis(portOf(server.url), ['PING'])).toBe('+PONG');
  const [, folder = ''] = /\n(\/\S+reeve-redis-\S+)/.exec(await askRedis(portOf(server.url), ['CONFIG', 'GET', 'dir'])) ?? [];
  expect(existsSync(folder)).toBe(true);
  await server.stop();
  await server.stop();
  await gone(server.url);
  expect(existsSync(folder)).toBe(false);
});

test('a Redis takes options, a folder that it leaves alone, and its old port', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-redis-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const start = (port?: number) => startRedis({ env: {}, folder, args: ['--appendonly', 'yes'], ...(port !== undefined && { port }) });
  const first = await start();
  await askRedis(portOf(first.url), ['SET', 'a', 'kept']);
  await first.stop();
  expect(readdirSync(folder)).not.toEqual([]);
  const second = await start(portOf(first.url));
  onTestFinished(() => second.stop());
  expect(second.url).toBe(first.url);
  expect(await askRedis(portOf(second.url), ['GET', 'a'])).toMatch(/kept$/);
});

test('an address in the environment is taken as it is, but not for what needs a server of its own', async () => {
  const env = { REEVE_TEST_REDIS_URL: 'redis://10.0.0.1:6379/' };
  expect(await startRedis({ env })).toMatchObject({ url: 'redis://10.0.0.1:6379', name: 'REEVE_TEST_REDIS_URL' });
  expect((await redisServers({ env })).map(({ name }) => name)).toEqual(['REEVE_TEST_REDIS_URL']);
  const own = await startRedis({ env, args: ['--maxmemory', '10mb'] });
  expect(await askRedis(portOf(own.url), ['PING'])).toBe('+PONG');
  await own.stop();
});

test('there is a program at least, and each of them starts', async () => {
  expect((await redisPrograms()).length).toBeGreaterThan(0);
  for (const { start } of await redisServers({ env: {} })) await (await start()).stop();
});

test('a Redis that does not start says what it printed', async () => {
  await expect(startRedis({ env: {}, args: ['--no-such-option', 'x'] })).rejects.toThrow(/redis-server did not start|no-such-option/s);
});

test('a Cluster comes together, and is gone when it is stopped', async () => {
  const cluster = await startRedisCluster();
  expect(cluster.urls).toHaveLength(3);
  for (const url of cluster.urls) expect(await askRedis(portOf(url), ['CLUSTER', 'INFO'])).toContain('cluster_slots_ok:16384');
  await cluster.stop();
  for (const url of cluster.urls) await gone(url);
});
