import type { JsonText, NewTask } from '@reeve/core';
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
const GROWING = ['task', 'ready', 'keyed', 'again', 'turn', 'history', 'outbox', 'failure', 'entry'];

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
  // Thousands of every priority are due later, thousands more are out of time, and there are many of those that are due.
  'claim of the most urgent': (store) => store.claim(claimOf({ labourer: 'press', limit: BATCH })),
  'exchange of tasks with priorities': async (store) => {
    const { leases } = await store.claim(claimOf({ labourer: 'press', limit: BATCH }));
    const { leases: next } = await store.exchange(leases.map(completed), claimOf({ labourer: 'press', limit: BATCH }));
    await store.settle(next.map(completed));
  },
  'enqueue of tasks with all there is': (store) =>
    store.enqueue(someTasks(BATCH, { ...PARTICULAR, labourer: 'sieve' }).map((each) => ({ ...each, id: `more-${each.id}` }))),
  'claim that drops': (store) => store.claim(claimOf({ labourer: 'sieve', limit: BATCH })),
  // Thousands of one key are before thousands of keys with one task each.
  'claim by turns': (store) => store.claim({ ...claimOf({ labourer: 'loom', limit: BATCH }), perKey: 2 }),
  'exchange by turns': async (store) => {
    const request = () => ({ ...claimOf({ labourer: 'loom', limit: BATCH }), perKey: 2 });
    let { leases } = await store.claim(request());
    for (let n = 0; n < 3; n += 1) ({ leases } = await store.exchange(leases.map(completed), request()));
    await store.settle(leases.map((lease) => ({ ...completed(lease), kind: 'retry', after: 3_600_000, error: 'again' })));
  },
  // The keys that stand first have no room, and so has the one that has thousands.
  'claim and exchange by turns within the room of keys': async (store) => {
    const of = new Map([['flood', 0], ...someTasks(499).map(({ id }) => [id, 0] as const)]);
    const request = (limit: number) => ({ ...claimOf({ labourer: 'loom', limit }), room: { of, others: 1 } });
    const { leases } = await store.claim(request(BATCH));
    expect(leases).toHaveLength(BATCH);
    const { leases: next } = await store.exchange(leases.slice(0, 30).map(completed), request(BATCH));
    await store.settle([...leases.slice(30), ...next].map(completed));
  },
  'claim of tasks with keys, without turns': (store) => store.claim(claimOf({ labourer: 'loom', limit: BATCH })),
  expired: (store) => store.expired(['mill'], BATCH),
  operate: async (store) => {
    const keys = (prefix: string, labourer = 'press') => someTasks(BATCH, { labourer }).map(({ id }) => ({ labourer, id: prefix + id }));
    await store.replace(keys('p9-').map((key) => ({ ...key, payload: '[]' as JsonText })));
    await store.bury(keys('p9-').map((key) => ({ ...key, error: 'no' })));
    await store.redrive(keys('p9-'));
    await store.cancel([...keys('p9-'), ...keys('ended-')]);
    const { leases } = await store.claim(claimOf({ labourer: 'press', limit: BATCH }));
    await store.cancel(leases);
    await store.settle(leases.map(completed));
  },
  outbox: async (store) => {
    const ends = await store.outbox(['press', 'mill'], BATCH);
    await store.takeOut(ends);
  },
  register: async (store) => {
    await store.look(['entry-1', 'entry-2', 'none']);
    await store.change([
      { name: 'entry-1', value: '1' as JsonText, stamp: 'new', expected: 'old' },
      { name: 'entry-2', stamp: 'new' },
      { name: `new-${Math.random()}`, value: '1' as JsonText, stamp: 'new', expected: null, keep: 1 },
    ]);
  },
  maintain: (store) => store.maintain(['mill', 'loom'], new Map([['mill', { completed: { count: 100 }, others: { count: 0 } }]])),
  find: (store) =>
    Promise.all(
      ['task-0000000', 'task-0000100', `task-${String(BACKLOG - 1).padStart(7, '0')}`].map((id) => store.find({ labourer: 'mill', id })),
    ),
  list: async (store) => {
    for (const labourer of ['mill', 'press'])
      for (const state of ['queued', 'running', 'completed', 'dead', 'cancelled', 'dropped'] as const) {
        const { cursor } = await store.list({ labourer, state, limit: BATCH });
        if (cursor !== undefined) await store.list({ labourer, state, limit: BATCH, cursor });
      }
  },
};

const PARTICULAR = { priority: 4, expiresAt: Date.now() + 3_600_000, follow: '"next"' as JsonText };

/** A backlog of a labourer whose tasks all have something particular: due later, due, out of time, and ended with something to follow. */
const fillWithParticulars = async (store: PostgresTaskStore): Promise<void> => {
  const enqueue = async (prefix: string, more: Partial<NewTask>): Promise<void> => {
    const tasks = someTasks(BACKLOG / 10, { labourer: 'press', ...more });
    await store.enqueue(tasks.map((each) => ({ ...each, id: prefix + each.id })));
  };
  await enqueue('ended-', { follow: PARTICULAR.follow });
  for (let left = BACKLOG / 10; left > 0; left -= 500) {
    const { leases } = await store.claim(claimOf({ labourer: 'press', limit: 500 }));
    await store.settle(leases.map(completed));
  }
  for (const priority of [1, 5, 9]) await enqueue(`p${priority}-`, { priority, due: Date.now() + 3_600_000 });
  for (const priority of [0, 3]) await enqueue(`due${priority}-`, { ...PARTICULAR, priority });
  const flood = someTasks(BACKLOG / 4, { labourer: 'loom', key: 'flood' }).map((each) => ({ ...each, id: `flood-${each.id}` }));
  await store.enqueue(flood);
  await store.enqueue(someTasks(BACKLOG / 4, { labourer: 'loom' }).map((each) => ({ ...each, id: `few-${each.id}`, key: each.id })));
  await enqueue('late-', { labourer: 'sieve', expiresAt: 1 });
  const entries = Array.from({ length: BACKLOG / 10 }, (_, n) => ({
    name: `entry-${n}`,
    value: '0' as JsonText,
    stamp: 'old',
    keep: 1 + n,
  }));
  for (let from = 0; from < entries.length; from += 1_000) await store.change(entries.slice(from, from + 1_000));
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
  await fillWithParticulars(store);
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
