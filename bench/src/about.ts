import { createRequire } from 'node:module';
import { cpus, release, totalmem, type } from 'node:os';
import { rivalsAreHere, versionOfRival } from './contenders/rivals.ts';
import type { About } from './figures/book.ts';
import type { StoreName } from './plan/workloads.ts';
import { describePostgres } from './stores/postgres.ts';
import { describeRedis } from './stores/redis.ts';

const modules = createRequire(import.meta.url);
const GIBIBYTE = 2 ** 30;

const own = (name: string): string => {
  const { version } = modules(`${name}/package.json`) as { readonly version: string };
  return `${name} ${version}`;
};

const machine = (): string => {
  const all = cpus();
  return `${all.length} x ${all[0]?.model.trim() || 'CPU'}, ${Math.round(totalmem() / GIBIBYTE)} GiB, ${type()} ${release()}; producers, workers and servers share it`;
};

/** What the figures rest on, but for how long it took. */
export const describe = async (urls: Readonly<Partial<Record<StoreName, string>>>, rounds: number): Promise<Omit<About, 'minutes'>> => ({
  date: new Date().toISOString().slice(0, 10),
  machine: machine(),
  node: process.versions.node,
  servers: [...(urls.redis ? [await describeRedis(urls.redis)] : []), ...(urls.postgres ? [await describePostgres(urls.postgres)] : [])],
  versions: [
    own('@reeve/adapter-redis'),
    own('ioredis'),
    own('@reeve/adapter-postgres'),
    own('pg'),
    ...(rivalsAreHere() ? ['bullmq', 'pg-boss', 'graphile-worker'].map((name) => `${name} ${versionOfRival(name)}`) : []),
  ],
  rounds,
});
