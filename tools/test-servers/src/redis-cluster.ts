/** A Redis Cluster of three servers, each with a third of the slots. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestServer } from './process.ts';
import { startRedis } from './redis.ts';
import { askRedis } from './redis-ask.ts';

export interface TestRedisCluster {
  /** "redis://127.0.0.1:41234" of each server. */
  readonly urls: readonly string[];
  /** Ends all of them; resolves when their processes are gone. May be called twice. */
  stop(): Promise<void>;
}

const SERVERS = 3;
const SLOTS = 16_384;
const PATIENCE = 30_000;

/** @throws if it does not come together */
export const startRedisCluster = async (): Promise<TestRedisCluster> => {
  const servers: TestServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((each) => each.stop()));
  };
  try {
    for (let n = 0; n < SERVERS; n += 1)
      servers.push(await startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf'] }));
    const ports = servers.map(({ url }) => Number(new URL(url).port));
    await join(ports);
    return { urls: servers.map(({ url }) => url), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const join = async (ports: readonly number[]): Promise<void> => {
  for (const [n, port] of ports.entries()) {
    const from = Math.floor((n * SLOTS) / ports.length);
    const to = Math.floor(((n + 1) * SLOTS) / ports.length);
    await tell(port, ['CLUSTER', 'ADDSLOTS', ...Array.from({ length: to - from }, (_, slot) => String(from + slot))]);
    await tell(port, ['CLUSTER', 'SET-CONFIG-EPOCH', String(n + 1)]);
  }
  for (const port of ports.slice(1)) await tell(port, ['CLUSTER', 'MEET', '127.0.0.1', String(ports[0])]);
  const until = Date.now() + PATIENCE;
  while (!(await Promise.all(ports.map((port) => knowsAll(port, ports.length)))).every(Boolean)) {
    if (Date.now() > until) throw new Error('the servers of the Redis Cluster do not find each other');
    await sleep(20);
  }
};

const tell = async (port: number, command: readonly string[]): Promise<void> => {
  const answer = await askRedis(port, command);
  if (answer.startsWith('-')) throw new Error(`${command.slice(0, 2).join(' ')}: ${answer}`);
};

const knowsAll = async (port: number, servers: number): Promise<boolean> => {
  const info = await askRedis(port, ['CLUSTER', 'INFO']);
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${servers}`) && info.includes(`cluster_size:${servers}`);
};
