/** The store under the essentials, end to end. */
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  Chance,
  Clock,
  createReeve,
  DAY,
  Invoker,
  type Labourer,
  type Lease,
  Operator,
  Outbox,
  type Reeve,
  Register,
  TaskReader,
  TaskStore,
} from '@reeve/core';
import { TEST_CREDENTIALS } from '@reeve/test-servers';
import { ManualClock, ScriptedInvoker } from '@reeve/testkit';
import { Container, ContainerModule } from 'inversify';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { createTables, defaultTables, dynamodbStore, type GreenfieldTables } from '../../src/index.ts';
import { homeInId } from '../../src/native/codec/home-key.ts';
import { homeKey } from '../../src/native/keys.ts';
import { first } from '../fixtures/open.ts';
import { proxyTo } from '../fixtures/proxy.ts';
import { LATER } from '../native/bench.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
let clock: ManualClock;
let tables: GreenfieldTables;
beforeEach(async () => {
  clock = new ManualClock();
  tables = defaultTables(db.prefix());
  await createTables(db.client, tables);
});

const labourers = {
  mill: { target: 'mill', maxSimultaneousInvocations: 2, lease: { duration: 60_000, cooldown: 0 }, maxAttempts: 2 },
  bakery: { target: 'bakery', maxSimultaneousInvocations: 40, lease: { duration: 60_000, cooldown: 0 } },
};

const compose = (invoker: ScriptedInvoker, client: DynamoDBClient = db.client): Reeve => {
  let ids = 0;
  const parts = new ContainerModule(({ bind }) => {
    bind(Clock).toConstantValue(clock);
    bind(Chance).toConstantValue({ id: () => `${process.pid}-${Math.trunc(performance.now() * 1_000)}-${++ids}`, random: () => 0.5 });
    bind(Invoker).toConstantValue(invoker);
  });
  const reeve = createReeve({ labourers, use: [dynamodbStore({ client, tables }), parts] });
  onTestFinished(() => reeve.close());
  return reeve;
};

it('a process that only ends tasks knows from its labourers how long they are kept', async () => {
  const layout = { client: db.client, layout: 'native', nativeTable: `${db.prefix()}reeve`, atStart: 'create' } as const;
  clock = new ManualClock(LATER);
  const parts = new ContainerModule(({ bind }) => {
    bind(Clock).toConstantValue(clock);
    bind(Invoker).toConstantValue(new ScriptedInvoker());
  });
  const keep = { completed: { age: 90 * DAY }, others: { age: 30 * DAY } };
  const reeve = createReeve({ labourers: { mill: { ...labourers.mill, keep } }, use: [dynamodbStore(layout), parts] });
  onTestFinished(() => reeve.close());
  const { id } = await reeve.enqueue('mill', 1);
  expect(await reeve.cancel({ labourer: 'mill', id })).toBe('cancelled');
  const home = homeKey(homeInId(id) ?? { labourer: '', lane: 0, place: '' });
  const { Item } = await db.client.send(new GetItemCommand({ TableName: layout.nativeTable, Key: { ...home } }));
  expect(Item?.['ttl']).toEqual({ N: String((clock.now() + 30 * DAY) / 1_000) });
});

const leasesOf = (invoker: ScriptedInvoker): readonly Lease[] => invoker.calls.map(({ lease }) => lease);

it.each(['greenfield', 'native'] as const)('%s: every port is the one store', (layout) => {
  const container = new Container();
  container.load(dynamodbStore(layout === 'native' ? { client: db.client, layout } : { client: db.client, tables }));
  const store = container.get(TaskStore);
  for (const port of [TaskReader, Operator, Register, Outbox]) expect(container.get<unknown>(port)).toBe(store);
});

it('a task is enqueued, started, reported on by its worker, and kept', async () => {
  const invoker = new ScriptedInvoker();
  const reeve = compose(invoker);
  await reeve.enqueue('mill', { corn: 'rye' }, { id: 'a' });
  const report = await reeve.tick();
  expect(report.labourers).toMatchObject([
    { labourer: 'mill', claimed: 1, accepted: 1 },
    { labourer: 'bakery', idle: true },
  ]);
  const lease = first(leasesOf(invoker));
  expect(lease).toMatchObject({ id: 'a', payload: '{"corn":"rye"}', attempt: 1 });
  await clock.advance(30_000);
  expect(await reeve.assistant.heartbeat(lease)).toEqual({ alive: true, deadline: clock.now() + 60_000 });
  expect(await reeve.assistant.done(lease, { result: { flour: 7 }, stats: { seconds: 1.5 } })).toBe('applied');
  expect(await reeve.assistant.done(lease)).toBe('repeated');
  expect(await reeve.find({ labourer: 'mill', id: 'a' })).toMatchObject({
    state: 'completed',
    result: '{"flour":7}',
    stats: '{"seconds":1.5}',
  });
  expect(await reeve.enqueue('mill', {}, { id: 'a' })).toMatchObject({ outcome: 'duplicate' });
});

it('what nobody reports on is swept, retried after its wait, and dead after its attempts', async () => {
  const invoker = new ScriptedInvoker();
  const reeve = compose(invoker);
  const dead: unknown[] = [];
  reeve.on('task.dead', (event) => dead.push(event));
  await reeve.enqueue('mill', {}, { id: 'a' });
  for (const attempt of [1, 2]) {
    for (let waits = 0; leasesOf(invoker).length < attempt; waits += 1) {
      expect(waits).toBeLessThan(100);
      await reeve.tick();
      await clock.advance(60_000);
    }
    await clock.advance(62_000);
    expect(await reeve.sweep()).toMatchObject({ expired: 1, errors: [] });
  }
  expect(dead).toMatchObject([{ labourer: 'mill', id: 'a' }]);
  expect(await reeve.find({ labourer: 'mill', id: 'a' })).toMatchObject({ state: 'dead', attempts: 2 });
  expect(await reeve.sweep()).toMatchObject({ expired: 0, errors: [] });
});

it('two orchestrators together keep to the cap, and what is refused is given back', async () => {
  const refusing = new ScriptedInvoker({ kind: 'refused', reason: 'throttled' });
  const [one, other] = [compose(refusing), compose(new ScriptedInvoker())];
  await one.enqueueMany(
    'mill',
    Array.from({ length: 10 }, (_, n) => ({ payload: { n } })),
  );
  expect((await one.tick()).labourers[0]).toMatchObject({ claimed: 2, refused: 2 });
  expect(first(await one.census(['mill']))).toMatchObject({ due: 10, running: 0 });
  expect((await other.tick()).labourers[0]).toMatchObject({ claimed: 2, accepted: 2 });
  expect((await one.tick()).labourers[0]?.claimed ?? 0).toBe(0);
  expect(first(await one.census(['mill']))).toMatchObject({ due: 8, running: 2 });
});

it('a labourer whose requests fail stops no other, and goes on when they work again', async () => {
  const isMill = (body: unknown): boolean => JSON.stringify(body).includes('"mill"');
  let isBroken = true;
  const proxy = await proxyTo(db.url, ({ name, body }) => (isBroken && name === 'Query' && isMill(body) ? 'drop' : 'pass'));
  const client = new DynamoDBClient({ endpoint: proxy.url, ...TEST_CREDENTIALS, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  const invoker = new ScriptedInvoker();
  const reeve = compose(invoker, client);
  for (const labourer of ['mill', 'bakery']) await reeve.enqueue(labourer, {}, { id: labourer });
  const { labourers: reports } = await reeve.tick();
  expect(reports).toMatchObject([
    { labourer: 'mill', error: { code: 'STORE_UNREACHABLE' } },
    { labourer: 'bakery', claimed: 1, accepted: 1 },
  ]);
  isBroken = false;
  expect((await reeve.tick()).labourers[0]).toMatchObject({ labourer: 'mill', claimed: 1 });
  expect(leasesOf(invoker).map(({ id }) => id)).toEqual(['bakery', 'mill']);
});

it('a server that is gone midway is a fault of the calls meanwhile, and nothing is lost', async () => {
  let isGone = false;
  const proxy = await proxyTo(db.url, () => (isGone ? 'drop' : 'pass'));
  const client = new DynamoDBClient({ endpoint: proxy.url, ...TEST_CREDENTIALS, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  const invoker = new ScriptedInvoker();
  const reeve = compose(invoker, client);
  await reeve.enqueueMany('bakery', [
    { payload: 1, id: 'a' },
    { payload: 2, id: 'b' },
  ]);
  await reeve.tick();
  isGone = true;
  const [lease] = leasesOf(invoker);
  await expect(reeve.assistant.done(lease!)).rejects.toMatchObject({ kind: 'unavailable', code: 'STORE_UNREACHABLE' });
  // What has expired, what is to be kept in order, and what is to follow.
  expect((await reeve.sweep()).errors).toMatchObject(Array.from({ length: 3 }, () => ({ code: 'STORE_UNREACHABLE' })));
  isGone = false;
  expect(await reeve.assistant.done(lease!)).toBe('applied');
  await clock.advance(62_000);
  expect(await reeve.sweep()).toMatchObject({ expired: 1, retried: 1, errors: [] });
});

it("the ledger goes by the cap that a labourer is defined with, though its health lowers the first claim's", async () => {
  const reeve = compose(new ScriptedInvoker());
  await reeve.enqueue('bakery', {}, { id: 'a' });
  await reeve.tick();
  const { Item } = await import('@aws-sdk/client-dynamodb').then(({ GetItemCommand }) =>
    db.client.send(new GetItemCommand({ TableName: tables.tasks, Key: { task_id: { S: 'reeve:places:bakery:0' } } })),
  );
  expect(Item).toMatchObject({ reeve_groups: { N: '3' } });
  const defined: Labourer | undefined = reeve.labourers.find(({ id }) => id === 'bakery');
  expect(defined?.cap).toBe(40);
});
