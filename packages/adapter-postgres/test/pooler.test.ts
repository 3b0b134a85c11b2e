/** Behind a pooler that hands each transaction to another connection of the server. */
import { Client, Pool } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { PostgresTaskStore } from '../src/index.ts';
import { Pooler } from './fixtures/pooler.ts';
import { newSchema, run, useServer } from './fixtures/server.ts';
import { claimOf, completed, idsOf, openStore, someTasks } from './fixtures/stores.ts';

const server = useServer();

const pooled = async (connections: number): Promise<{ readonly url: string; readonly pooler: Pooler }> => {
  const pooler = new Pooler(server.url);
  const url = await pooler.open(connections);
  onTestFinished(() => pooler.close());
  return { url, pooler };
};

it('is a pooler that keeps nothing of a session, or these tests would show nothing', async () => {
  const { url, pooler } = await pooled(2);
  const client = new Client(url);
  await client.connect();
  await client.query(`SET application_name = 'kept'`);
  expect((await client.query('SHOW application_name')).rows).not.toEqual([{ application_name: 'kept' }]);
  await client.query({ name: 'named', text: 'SELECT 1' });
  await expect(client.query({ name: 'named', text: 'SELECT 1' })).rejects.toThrow(/prepared statement "named" does not exist/);
  await client.query('BEGIN');
  await client.query(`SET LOCAL application_name = 'kept'`);
  expect((await client.query('SHOW application_name')).rows).toEqual([{ application_name: 'kept' }]);
  await client.query('COMMIT');
  expect(pooler.moves).toBeGreaterThan(2);
  await client.end();
});

it('lets twenty start at once, who make one schema', async () => {
  const { url } = await pooled(5);
  const schema = newSchema();
  const open = () => PostgresTaskStore.open({ connection: url, schema, listen: false, maxConnections: 1 });
  const stores = await Promise.all(Array.from({ length: 20 }, open));
  expect(await run(server.url, `SELECT count(*)::integer AS count FROM ${schema}.meta`)).toEqual([{ count: 1 }]);
  await Promise.all(stores.map((store) => store.close()));
});

it('has every verb work, and the cap hold between two stores', async () => {
  const { url, pooler } = await pooled(3);
  const { store, schema } = await openStore(url, { listen: false });
  const { store: peer } = await openStore(url, { schema, listen: false });
  const tasks = someTasks(200);
  await Promise.all(tasks.map((task, n) => (n % 2 ? peer : store).enqueue([task])));
  expect(await store.labourersWithDue(['mill', 'idle'])).toEqual(new Set(['mill']));
  const done: string[] = [];
  const work = async (each: PostgresTaskStore): Promise<void> => {
    let { leases } = await each.claim(claimOf({ cap: 6, limit: 4 }));
    for (let misses = 0; misses < 20; misses += leases.length === 0 ? 1 : 0) {
      expect(new Set((await each.renew(leases.map((lease) => ({ ...lease, lease: 60_000 })))).map(({ kind }) => kind))).toEqual(
        new Set(leases.length === 0 ? [] : ['renewed']),
      );
      const [row] = await run<{ count: number }>(server.url, `SELECT count(token)::integer AS count FROM ${schema}.slot`);
      expect(row?.count).toBeLessThanOrEqual(6);
      done.push(...idsOf(leases));
      const { outcomes, leases: next } = await each.exchange(leases.map(completed), claimOf({ cap: 6, limit: 4 }));
      expect(outcomes.filter((outcome) => outcome !== 'applied')).toEqual([]);
      leases = next;
    }
  };
  await Promise.all([store, peer, store, peer].map(work));
  expect(done.sort()).toEqual(idsOf(tasks).sort());
  expect(await store.census(['mill'])).toEqual([{ due: 0, waiting: 0, running: 0, expired: 0 }]);
  expect((await store.list({ labourer: 'mill', state: 'completed', limit: 10 })).tasks).toHaveLength(10);
  expect(await store.maintain(['mill'])).toEqual({ done: { purged: 0 }, more: false });
  expect(pooler.moves).toBeGreaterThan(100);
});

it('is found out late where it gives itself out for the server: then names are given up, and nothing is done twice', async () => {
  const { url, pooler } = await pooled(2);
  // It is believed once, when it gives itself out for the one of the two that happens to be asked.
  for (const processId of pooler.processes) {
    pooler.processId = processId;
    const { store } = await openStore(url, { listen: false, maxConnections: 1 });
    const tasks = someTasks(6).map((task) => ({ ...task, id: `${task.id}-${processId}` }));
    for (const task of tasks) expect(await store.enqueue([task])).toEqual(['created']);
    expect(idsOf((await store.claim(claimOf())).leases)).toEqual(idsOf(tasks));
    expect(await store.census(['mill'])).toEqual([{ due: 0, waiting: 0, running: 6, expired: 0 }]);
  }
  const client = new Client(url);
  await client.connect();
  const named = await Promise.all(pooler.processes.map(() => client.query('SELECT statement FROM pg_prepared_statements')));
  expect(named.flatMap(({ rows }) => rows)).toHaveLength(1);
  await client.end();
});

it('has statements named that come often, where there is no pooler', async () => {
  const pool = new Pool({ connectionString: server.url, max: 1 });
  const { schema } = await openStore(server.url, { listen: false });
  const store = await PostgresTaskStore.open({ pool, schema, listen: false });
  onTestFinished(async () => {
    await store.close();
    await pool.end();
  });
  for (const task of someTasks(3)) await store.enqueue([task]);
  await store.claim(claimOf());
  const { rows } = await pool.query(
    `SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%"${schema}"%' ORDER BY prepare_time`,
  );
  expect(rows.map(({ statement }) => /\.(\w+)\(/.exec(statement as string)?.[1])).toEqual(['enqueue_many', 'claim_in_order']);
});
