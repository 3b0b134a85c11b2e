/** Ids over the servers of a Cluster: what is left by a process that died between registering an id and storing its task. */
import { startRedisCluster, type TestRedisCluster } from '@reeve/test-servers';
import { ManualClock } from '@reeve/testkit';
import type { Cluster } from 'ioredis';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { RedisTaskStore } from '../src/index.ts';
import { bucketOf } from '../src/keys.ts';
import { clusterOf } from './fixtures/bench.ts';
import { newPrefix } from './fixtures/servers.ts';
import { aTask, claimOf, completed } from './fixtures/stores.ts';

let cluster: TestRedisCluster | undefined;
beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster?.stop());

const open = async () => {
  const client = clusterOf(cluster!.urls);
  onTestFinished(() => client.disconnect());
  const clock = new ManualClock();
  const prefix = newPrefix();
  const store = await RedisTaskStore.open({ client, prefix, now: () => clock.now() });
  const bucket = `{${prefix}:ids:${bucketOf('a')}}`;
  /** As if a process had registered the id "a" and died. */
  const orphan = (labourer = 'mill') => client.hset(bucket, 'a', `${String(clock.now()).padStart(15, '0')}${labourer}`);
  return { store, client, clock, bucket, orphan };
};

/** A client whose next ENQUEUE waits for a word, as if it had been held up on its way. */
const heldUp = (
  client: Cluster,
  clock: ManualClock,
): { readonly client: Cluster; readonly arrived: Promise<void>; readonly go: () => void } => {
  let go!: () => void;
  let arrive!: () => void;
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  let isFirst = true;
  type Call = (args: (string | number)[]) => Promise<unknown>;
  const late =
    (name: 'evalsha' | 'eval'): Call =>
    async (args) => {
      if (args[1] === 5 && isFirst) {
        isFirst = false;
        arrive();
        await gate;
      }
      // The server reads its clock when the call arrives, and not when it was sent.
      const arriving = args.with(2 + Number(args[1]), clock.now());
      return (client[name] as unknown as Call).call(client, arriving);
    };
  const held = new Proxy(client, {
    get: (target, name) => {
      if (name === 'evalsha' || name === 'eval') return late(name);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { client: held, arrived, go };
};

it('the same labourer stores it all the same, at once', async () => {
  const { store, orphan } = await open();
  await orphan();
  expect(await store.enqueue([aTask('a'), aTask('b')])).toEqual(['created', 'created']);
});

it('another labourer is told to wait while the task may be on its way, and then takes it over', async () => {
  const { store, clock, orphan, bucket, client } = await open();
  await orphan();
  const call = () => store.enqueue([aTask('a', { labourer: 'forge' }), aTask('b', { labourer: 'forge' })]);
  await clock.advance(60_000);
  await expect(call()).rejects.toMatchObject({ kind: 'unavailable', code: 'STORE_BUSY', message: /"a".*"mill"/ });
  expect(await store.find({ labourer: 'forge', id: 'a' })).toBeUndefined();
  await clock.advance(1);
  expect(await call()).toEqual(['created', 'duplicate']);
  expect(await client.hget(bucket, 'a')).toMatch(/^\d{15}forge$/);
  expect(await store.enqueue([aTask('a')])).toEqual(['duplicate']);
});

it('who comes so late that his id was taken over stores nothing on his old word', async () => {
  const { store, client, clock } = await open();
  const { client: slow, arrived, go } = heldUp(client, clock);
  const prefix = newPrefix();
  const [late, prompt] = await Promise.all(
    [slow, client].map((each) => RedisTaskStore.open({ client: each, prefix, now: () => clock.now() })),
  );
  const call = late!.enqueue([aTask('a')]);
  await arrived;
  await clock.advance(60_001);
  expect(await prompt!.enqueue([aTask('a', { labourer: 'forge' })])).toEqual(['created']);
  go();
  expect(await call).toEqual(['duplicate']);
  expect(await store.find({ labourer: 'mill', id: 'a' })).toBeUndefined();
  expect(await prompt!.find({ labourer: 'mill', id: 'a' })).toBeUndefined();
});

it('who is late and alone registers anew', async () => {
  const { client, clock } = await open();
  const { client: slow, arrived, go } = heldUp(client, clock);
  const late = await RedisTaskStore.open({ client: slow, prefix: newPrefix(), now: () => clock.now() });
  const call = late.enqueue([aTask('a'), aTask('b')]);
  await arrived;
  await clock.advance(30_001);
  go();
  expect(await call).toEqual(['created', 'created']);
});

it('an id that another labourer has is a duplicate in each of its states', async () => {
  const { store, clock } = await open();
  const other = [aTask('a', { labourer: 'forge' })];
  await store.enqueue([aTask('a')]);
  await clock.advance(120_000);
  expect(await store.enqueue(other)).toEqual(['duplicate']);
  const { leases } = await store.claim(claimOf());
  expect(await store.enqueue(other)).toEqual(['duplicate']);
  await store.settle(leases.map(completed));
  expect(await store.enqueue(other)).toEqual(['duplicate']);
});
