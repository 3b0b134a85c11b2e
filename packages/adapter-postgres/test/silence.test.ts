/** Connections that are half open: the server is gone, or is not, and nobody says so. */
import { CountingChance, startFaultyProxy } from '@reeve/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { PostgresTaskStore } from '../src/index.ts';
import { settingsOf } from '../src/options.ts';
import { newSchema, useServer } from './fixtures/server.ts';
import { aTask, claimOf } from './fixtures/stores.ts';

const server = useServer();

/** A store behind a proxy, with a time limit that a test can wait for. */
const behindProxy = async (query_timeout: number, max: number) => {
  const { hostname, port } = new URL(server.url);
  const proxy = await startFaultyProxy({ target: { host: hostname, port: Number(port) }, chance: new CountingChance(1) });
  onTestFinished(() => proxy.close());
  const url = new URL(server.url);
  url.hostname = proxy.host;
  url.port = String(proxy.port);
  const connection = { connectionString: url.href, query_timeout, connectionTimeoutMillis: query_timeout, max };
  const store = await PostgresTaskStore.open({ connection, schema: newSchema(), listen: false });
  onTestFinished(() => store.close());
  return { proxy, store };
};

it('has a time limit for answers, below the one of core', () => {
  expect(settingsOf({ connection: 'postgres://localhost/app' }).pool.query_timeout).toBe(10_000);
  expect(settingsOf({ connection: { host: 'localhost', query_timeout: 500 } }).pool.query_timeout).toBe(500);
});

it.each(['blackHole', 'halfOpen'] as const)('throws connections away that do not answer, and goes on over new ones: %s', async (kind) => {
  const { proxy, store } = await behindProxy(300, 2);
  await store.enqueue([aTask('before')]);
  const remove = proxy.add({ kind });
  // More calls than the pool has connections: those that wait for one are not to wait behind the dead.
  const calls = await Promise.allSettled([1, 2, 3].map(() => store.claim(claimOf())));
  expect(calls.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  for (const each of calls) expect(each).toMatchObject({ reason: { kind: 'unavailable', code: 'STORE_UNREACHABLE' } });
  remove();
  const { leases } = await store.claim(claimOf());
  expect(leases.map(({ id }) => id)).toEqual(['before']);
});
