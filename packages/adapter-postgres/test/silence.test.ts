/** Connections that are half open: the server is gone, or is not, and nobody says so. */
import type { Chance } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { type PostgresStoreOptions, PostgresTaskStore } from '../src/index.ts';
import { settingsOf } from '../src/options.ts';
import { proxyTo } from './fixtures/proxy.ts';
import { newSchema, useServer } from './fixtures/server.ts';
import { aTask, claimOf } from './fixtures/stores.ts';

const server = useServer();

/** A store behind a proxy, with a time limit that a test can wait for. */
const behindProxy = async (
  query_timeout: number,
  max: number,
  rest: Partial<PostgresStoreOptions> = { listen: false },
  chance?: Pick<Chance, 'random'>,
) => {
  const { proxy, url } = await proxyTo(server.url, chance);
  const connection = { connectionString: url, query_timeout, connectionTimeoutMillis: query_timeout, max };
  const store = await PostgresTaskStore.open({ connection, schema: newSchema(), ...rest });
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

it('listens anew when its connection is half open, though nothing tells it so', async () => {
  const clock = new ManualClock();
  const { proxy, store } = await behindProxy(10_000, 1, { clock });
  const heard: string[] = [];
  const stop = await store.listen(['mill'], (labourer) => void heard.push(labourer));
  expect(proxy.halfOpen()).toBe(2);
  const asked = proxy.connections;
  await clock.advance(30_000); // it asks, and is not answered
  await expect.poll(() => clock.sleeping, { timeout: 20_000 }).toBe(1); // it pauses
  expect(heard).toEqual([]);
  await clock.advance(1_000);
  await expect.poll(() => heard, { timeout: 20_000 }).toEqual(['mill']); // and speaks for what it may have missed
  expect(proxy.connections).toBeGreaterThan(asked);
  await stop();
}, 60_000);

it('may be closed while its LISTEN has no answer', async () => {
  // Three pieces come from the server until the listener is let in; the next is the answer to its LISTEN.
  let pieces = 0;
  const { proxy, store } = await behindProxy(10_000, 1, {}, { random: () => (++pieces > 3 ? 0 : 1) });
  proxy.add({ kind: 'blackHole', way: 'toClient', share: 0.5 });
  const listening = store.listen(['mill'], () => {});
  await expect.poll(() => proxy.hits.blackHole).toBe(1);
  const since = performance.now();
  await store.close();
  await (await listening)();
  expect([pieces, performance.now() - since < 5_000]).toEqual([4, true]);
});

it('listens anew any number of times, and leaves nothing of the times before', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  const clock = new ManualClock();
  const { proxy, store } = await behindProxy(10_000, 1, { clock });
  let heard = 0;
  const stop = await store.listen(['mill'], () => {
    heard += 1;
  });
  for (let times = 1; times <= 12; times += 1) {
    proxy.cut();
    const again = async () => {
      await clock.advance(1_000); // its pauses
      return heard;
    };
    await expect.poll(again, { timeout: 10_000 }).toBe(times);
  }
  await stop();
  expect(warnings).toEqual([]);
  expect(clock.sleeping).toBe(0);
});
