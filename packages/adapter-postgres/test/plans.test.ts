import { beforeAll, describe, expect, it } from 'vitest';
import { PostgresTaskStore } from '../src/index.ts';
import { type Explained, explain, nodesOf, rowsOf } from './fixtures/explained.ts';
import { newSchema, run, useServer } from './fixtures/server.ts';
import { claimOf, completed, openStore, someTasks } from './fixtures/stores.ts';

/** REEVE_TEST_BACKLOG=1000000 for a real one. */
const BACKLOG = Number(process.env['REEVE_TEST_BACKLOG'] ?? 20_000);
const BATCH = 50;
/** What a statement about a batch may look at; it is far below the backlog. */
const MOST_ROWS = 40 * BATCH;

const server = useServer();
const schema = newSchema();
/** What grows with the backlog. The others have as many rows as the caps allow. */
const GROWING = ['task', 'ready', 'again', 'history'];

/** Steps over what other steps of the statement have found. */
const IN_MEMORY = ['CTE Scan', 'Function Scan'];

/** What people and tools ask for. It is planned by the statistics, which the server gathers within minutes. */
const READING = ['find', 'list'];

const CALLS: Readonly<Record<string, (store: PostgresTaskStore) => Promise<unknown>>> = {
  enqueue: (store) => store.enqueue(someTasks(BATCH).map((each) => ({ ...each, id: `new-${each.id}` }))),
  due: (store) => store.labourersWithDue(Array.from({ length: 100 }, (_, n) => (n === 50 ? 'mill' : `idle-${n}`))),
  claim: (store) => store.claim(claimOf({ limit: BATCH })),
  'exchange of what has completed': async (store) => {
    const { leases } = await store.claim(claimOf({ limit: BATCH }));
    const { leases: next } = await store.exchange(leases.map(completed), claimOf({ limit: BATCH }));
    await store.settle(next.map(completed));
  },
  'claim, settle by another, exchange': async (store) => {
    const { leases } = await store.claim(claimOf({ limit: 3 * BATCH }));
    const parts = [0, 1, 2].map((n) => leases.slice(n * BATCH, (n + 1) * BATCH));
    await store.settle(parts[0]!.map((lease) => ({ ...completed(lease), kind: 'retry', after: 0, error: 'again' })));
    await store.settle(parts[0]!.map(completed)); // stale: all the places are looked through
    await store.exchange(parts[1]!.map(completed), claimOf({ limit: BATCH }));
    await store.renew(parts[2]!.map((lease) => ({ ...lease, lease: 60_000 })));
  },
  expired: (store) => store.expired(['mill'], BATCH),
  maintain: (store) => store.maintain(['mill']),
  find: (store) =>
    Promise.all(
      ['task-0000000', 'task-0000100', `task-${String(BACKLOG - 1).padStart(7, '0')}`].map((id) => store.find({ labourer: 'mill', id })),
    ),
  list: async (store) => {
    for (const state of ['queued', 'running', 'completed', 'dead'] as const) {
      const { cursor } = await store.list({ labourer: 'mill', state, limit: BATCH });
      if (cursor !== undefined) await store.list({ labourer: 'mill', state, limit: BATCH, cursor });
    }
  },
};

/** A tenth has ended, a tenth waits for another try, the rest waits for its first. */
beforeAll(async () => {
  const store = await PostgresTaskStore.open({ connection: server.url, schema, listen: false });
  for (let from = 0; from < BACKLOG; from += 10_000) await store.enqueue(someTasks(BACKLOG).slice(from, from + 10_000));
  for (let left = BACKLOG / 5; left > 0; left -= 1_000) {
    const { leases } = await store.claim(claimOf());
    const kind = left > BACKLOG / 10 ? 'completed' : 'retry';
    await store.settle(
      leases.map(({ labourer, id, token }) => ({
        labourer,
        id,
        token,
        ...(kind === 'completed' ? { kind } : { kind, after: 3_600_000, error: 'again' }),
      })),
    );
  }
  await store.close();
}, 600_000);

const complaints = (told: readonly Explained[]): string[] =>
  told.flatMap(({ statement, plan }) =>
    nodesOf(plan)
      .filter((node) => !IN_MEMORY.includes(node['Node Type']))
      .filter((node) => (node['Node Type'] === 'Seq Scan' && GROWING.includes(node['Relation Name'] ?? '')) || rowsOf(node) > MOST_ROWS)
      .map((node) => `${node['Node Type']} of ${node['Relation Name']}, ${rowsOf(node)} rows: ${statement}`),
  );

describe.each([
  ['without statistics', `SELECT 1`, Object.entries(CALLS).filter(([name]) => !READING.includes(name))],
  ['with statistics', `ANALYZE`, Object.entries(CALLS)],
] as const)('no statement reads in proportion to the backlog, %s', (_, prepare, calls) => {
  it.each(calls)('%s', async (_name, call) => {
    await run(server.url, prepare);
    const told = await explain(server.url, schema, call);
    expect(told.length).toBeGreaterThan(0);
    expect(complaints(told)).toEqual([]);
  });
});

it('updates places within their page, and leaves no index to grow', async () => {
  const { store } = await openStore(server.url, { schema });
  let { leases } = await store.claim(claimOf({ limit: BATCH }));
  for (let n = 0; n < 40; n += 1) ({ leases } = await store.exchange(leases.map(completed), claimOf({ limit: BATCH })));
  const size = `SELECT pg_relation_size('${schema}.slot_pkey')::integer AS size`;
  const [before] = await run<{ size: number }>(server.url, size);
  for (let n = 0; n < 40; n += 1) ({ leases } = await store.exchange(leases.map(completed), claimOf({ limit: BATCH })));
  expect(await run(server.url, size)).toEqual([before]);
  await store.close();
  const stats = `SELECT n_tup_upd::integer AS updates, n_tup_hot_upd::integer AS hot FROM pg_stat_user_tables WHERE schemaname = '${schema}' AND relname = 'slot'`;
  const hotShare = async () => {
    const [row] = await run<{ updates: number; hot: number }>(server.url, stats);
    return row!.updates < 80 * BATCH ? 0 : row!.hot / row!.updates;
  };
  await expect.poll(hotShare, { timeout: 20_000 }).toBeGreaterThan(0.95);
});
