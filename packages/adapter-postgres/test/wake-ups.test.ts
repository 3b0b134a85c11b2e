import { createServer } from 'node:net';
import { ManualClock } from '@reeve/testkit';
import { expect, it, onTestFinished, vi } from 'vitest';
import { PostgresTaskStore } from '../src/index.ts';
import { newSchema, run, useServer } from './fixtures/server.ts';
import { aTask, claimOf, completed, openStore, someTasks } from './fixtures/stores.ts';

const server = useServer();

/** Two stores on one schema, and what the first hears. */
const listening = async (labourers: readonly string[], clock = new ManualClock()) => {
  const { store, schema } = await openStore(server.url, { clock });
  const { store: peer } = await openStore(server.url, { schema, listen: false });
  const heard = vi.fn<(labourer: string) => void>();
  const stop = await store.listen(labourers, heard);
  return { store, peer, schema, heard, stop, clock };
};

it('hears of tasks that another connection enqueues, each labourer its own', async () => {
  const { peer, heard, stop, schema } = await listening(['mill', 'bakery']);
  await peer.enqueue([aTask('one'), aTask('two'), aTask('three', { labourer: 'smithy' })]);
  await expect.poll(() => heard.mock.calls).toEqual([['mill']]);
  await run(server.url, `SELECT ${schema}.enqueue('bakery', '1')`);
  await expect.poll(() => heard.mock.calls).toEqual([['mill'], ['bakery']]);
  await stop();
});

it('hears nothing of tasks for later', async () => {
  const { peer, heard } = await listening(['mill']);
  await peer.enqueue([aTask('later', { due: Date.now() + 3_600_000 })]);
  await peer.enqueue([aTask('now')]);
  await expect.poll(() => heard.mock.calls).toEqual([['mill']]);
});

it('hears of places that are freed while tasks wait, and of none while nothing waits', async () => {
  const { peer, heard } = await listening(['mill']);
  await peer.enqueue(someTasks(3));
  const { leases } = await peer.claim(claimOf({ cap: 2 }));
  await expect.poll(() => heard.mock.calls.length).toBe(1);
  await peer.settle(leases.slice(0, 1).map(completed));
  await expect.poll(() => heard.mock.calls.length).toBe(2);
  const last = await peer.exchange(leases.slice(1).map(completed), claimOf({ cap: 2 }));
  await peer.settle(last.leases.map(completed));
  await peer.enqueue([aTask('mark', { labourer: 'mill' })]);
  await expect.poll(() => heard.mock.calls.length).toBe(3);
});

it('listens again after the connection is lost, and then calls for all', async () => {
  const { heard, clock, peer } = await listening(['mill', 'bakery']);
  await run(server.url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'`);
  await expect.poll(() => clock.sleeping).toBe(1);
  await clock.advance(60_000);
  await expect.poll(() => heard.mock.calls).toEqual([['mill'], ['bakery']]);
  await peer.enqueue([aTask('one')]);
  await expect.poll(() => heard.mock.calls).toEqual([['mill'], ['bakery'], ['mill']]);
});

it('answers all the same where it cannot listen, and tries again at growing intervals', async () => {
  const clock = new ManualClock();
  const { store } = await openStore(server.url, { clock, listen: 'postgres://postgres@127.0.0.1:1/none' });
  const stop = await store.listen(['mill'], () => {});
  await expect.poll(() => clock.sleeping).toBe(1);
  await clock.advance(500);
  await expect.poll(() => clock.sleeping).toBe(1);
  await stop();
  expect(clock.sleeping).toBe(0);
});

it('listens nowhere when it is told not to, and leaves no connection behind', async () => {
  const schema = newSchema();
  const { store } = await openStore(server.url, { schema, listen: false });
  await (await store.listen(['mill'], () => {}))();
  const listener = await PostgresTaskStore.open({ connection: server.url, schema });
  await listener.listen(['mill'], () => {});
  await listener.close();
  const left = () => run(server.url, `SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN "${schema}"%'`);
  await expect.poll(left).toEqual([]);
});

it('may be closed while whoever it calls neither lets it in nor sends it away', async () => {
  const silent = createServer();
  const called = new Promise<void>((resolve) => silent.once('connection', () => resolve()));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as { readonly port: number };
  const { store } = await openStore(server.url, { listen: `postgres://postgres@127.0.0.1:${port}/none` });
  const listening = store.listen(['mill'], () => {});
  await called;
  const since = performance.now();
  await store.close();
  await (await listening)();
  expect(performance.now() - since).toBeLessThan(5_000); // and not the ten seconds that a connection has to come about
});
