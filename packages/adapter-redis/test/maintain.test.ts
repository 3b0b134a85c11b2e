import { startRedisCluster } from '@reeve/test-servers';
import { ManualClock } from '@reeve/testkit';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RedisTaskStore } from '../src/index.ts';
import { clusterOf } from './fixtures/bench.ts';
import { newPrefix, oneServer } from './fixtures/servers.ts';
import { aTask, claimOf, completed, idsOf, openStore, someTasks } from './fixtures/stores.ts';

const server = oneServer();

/** So many tasks, enqueued and completed. */
const complete = async (store: RedisTaskStore, count: number): Promise<void> => {
  await store.enqueue(someTasks(count));
  const { leases } = await store.claim(claimOf({ cap: count, limit: count }));
  await store.settle(leases.map(completed));
};

/** Everything that is kept under a prefix: names of keys, and how many entries each has. */
const contents = async (prefix: string): Promise<Readonly<Record<string, number>>> => {
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  const sizes: Record<string, number> = {};
  for (const key of await redis.keys(`*${prefix}*`)) {
    const type = await redis.type(key);
    const name = key.replace(`${prefix}:`, '');
    sizes[name] =
      type === 'hash'
        ? await redis.hlen(key)
        : type === 'list'
          ? await redis.llen(key)
          : type === 'zset'
            ? await redis.zcard(key)
            : type === 'set'
              ? await redis.scard(key)
              : 1;
  }
  return sizes;
};

describe('by age', () => {
  it('forgets ended tasks, their ids too, a page at a time', async () => {
    const { store, clock, prefix } = await openStore({ url: server.url, keepEnded: 10_000 });
    await complete(store, 1_500);
    expect(await store.enqueue([aTask('task-000000')])).toEqual(['duplicate']);
    await clock.advance(9_999);
    expect(await store.maintain(['mill'])).toEqual({ done: { purged: 0, trimmed: 0 }, more: false });
    await clock.advance(1);
    expect(await store.maintain(['mill'])).toEqual({ done: { purged: 1_000, trimmed: 0 }, more: true });
    expect(await store.maintain(['mill'])).toEqual({ done: { purged: 500, trimmed: 0 }, more: false });
    // Nothing is left that grows with what was done.
    expect(await contents(prefix)).toEqual({ schema: 1, '{mill}:m': expect.any(Number) });
    expect(await store.enqueue([aTask('task-000000', { labourer: 'other' })])).toEqual(['created']);
  });

  it('leaves nothing of tasks that were tried again, released or late', async () => {
    const { store, clock, prefix } = await openStore({ url: server.url, keepEnded: 0 });
    await store.enqueue(someTasks(6));
    const [a, b, ...rest] = (await store.claim(claimOf())).leases;
    await store.settle([
      { ...a!, kind: 'retry', after: 0, error: 'again' },
      { ...b!, kind: 'released' },
    ]);
    const again = (await store.claim(claimOf({ limit: 2 }))).leases;
    expect(await store.settle([...again, ...rest.slice(0, 2)].map(completed))).toEqual(Array(4).fill('applied'));
    await clock.advance(60_000);
    await store.reap([{ ...rest[2]!, kind: 'retry', after: 0, error: 'late' }]);
    await store.settle([completed(rest[3]!)]);
    await store.settle((await store.claim(claimOf())).leases.map((each) => ({ ...each, kind: 'dead', error: 'spent' })));
    await store.maintain(['mill']);
    expect(await contents(prefix)).toEqual({ schema: 1, '{mill}:m': expect.any(Number) });
  });

  it('finishes what a crash between forgetting and taking out of the registry left', async () => {
    const { store, clock, prefix } = await openStore({ url: server.url, keepEnded: 0 });
    await complete(store, 3);
    const redis = new Redis(server.url);
    onTestFinished(() => redis.disconnect());
    // As a process leaves it that died after the first step: all of the task is gone but its place in the registry.
    await redis.del(`{${prefix}:mill}:t`, `{${prefix}:mill}:e`, `{${prefix}:mill}:c`);
    await redis.sadd(`{${prefix}:mill}:u`, ...idsOf(someTasks(3)));
    expect(await store.enqueue([aTask('task-000001')])).toEqual(['created']); // it is known again, and stays so
    await clock.advance(1);
    await store.maintain(['mill']);
    expect(await contents(prefix)).toMatchObject({ '{mill}:t': 1, '{mill}:r': 1 });
    expect(await store.enqueue([aTask('task-000001', { labourer: 'other' }), aTask('task-000002', { labourer: 'other' })])).toEqual([
      'duplicate',
      'created',
    ]);
  });
});

describe('by number', () => {
  it('keeps the newest whole, and of the others that they ended', async () => {
    const { store, prefix } = await openStore({ url: server.url, keepHistory: 10 });
    await complete(store, 1_100);
    expect(await store.maintain(['mill'])).toEqual({ done: { purged: 0, trimmed: 1_000 }, more: true });
    expect(await store.maintain(['mill'])).toEqual({ done: { purged: 0, trimmed: 90 }, more: false });
    expect(await contents(prefix)).toMatchObject({ '{mill}:t': 10, '{mill}:e': 1_100 });
    const { tasks, cursor } = await store.list({ labourer: 'mill', state: 'completed', limit: 100 });
    expect([tasks.length, tasks.at(-1)!.id, cursor]).toEqual([10, 'task-001090', undefined]);
    expect(await store.find({ labourer: 'mill', id: 'task-000000' })).toBeUndefined();
    expect(await store.enqueue([aTask('task-000000'), aTask('task-000001', { labourer: 'other' })])).toEqual(['duplicate', 'duplicate']);
  });

  it('still tells a repeated verdict from a stranger, and forgets in the end', async () => {
    const { store, clock, prefix } = await openStore({ url: server.url, keepHistory: 0, keepEnded: 5_000 });
    await store.enqueue(someTasks(2));
    const { leases } = await store.claim(claimOf());
    await store.settle(leases.map((each) => ({ ...completed(each), kind: 'completed', result: '"long"' as never })));
    await store.maintain(['mill']);
    expect(await store.settle([completed(leases[0]!), { ...completed(leases[1]!), token: 'other' }])).toEqual(['repeated', 'stale']);
    await clock.advance(5_000);
    expect((await store.maintain(['mill'])).done).toEqual({ purged: 2, trimmed: 0 });
    expect(await contents(prefix)).toEqual({ schema: 1, '{mill}:m': expect.any(Number) });
  });
});

it('pages through ended tasks while the old end is taken off', async () => {
  const { store, clock } = await openStore({ url: server.url, keepEnded: 10_000 });
  await complete(store, 6);
  await clock.advance(8_000);
  await store.enqueue(someTasks(4).map((each) => ({ ...each, id: `new-${each.id}` })));
  await store.settle((await store.claim(claimOf())).leases.map(completed));
  const first = await store.list({ labourer: 'mill', state: 'completed', limit: 2 });
  await clock.advance(2_000);
  await store.maintain(['mill']);
  const second = await store.list({ labourer: 'mill', state: 'completed', limit: 5, ...(first.cursor && { cursor: first.cursor }) });
  expect([...idsOf(first.tasks), ...idsOf(second.tasks)]).toEqual([3, 2, 1, 0].map((n) => `new-task-00000${n}`));
  expect(second.cursor).toBeUndefined();
});

it('takes ids out of the registry of a Cluster once nobody can store on their word any more', async () => {
  const cluster = await startRedisCluster();
  onTestFinished(() => cluster.stop());
  const client = clusterOf(cluster.urls);
  onTestFinished(() => client.disconnect());
  const clock = new ManualClock();
  const store = await RedisTaskStore.open({ client, prefix: newPrefix(), keepEnded: 0, now: () => clock.now() });
  await complete(store, 3);
  await store.maintain(['mill']);
  expect(await store.enqueue([aTask('task-000000')])).toEqual(['created']); // while its entry is young, and it renews it
  await clock.advance(60_001);
  await store.maintain(['mill']);
  const other = { labourer: 'other' };
  expect(await store.enqueue([aTask('task-000000', other), aTask('task-000001', other)])).toEqual(['duplicate', 'created']);
});
