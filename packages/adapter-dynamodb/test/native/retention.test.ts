/** How long ends last by what `maintain` was told, whoever writes them; and how often it looks. */
import { GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DAY, MINUTE, type Retention } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { beforeEach, expect, it } from 'vitest';
import { createNativeTable, DynamoDbNativeTaskStore } from '../../src/index.ts';
import { homeInId } from '../../src/native/codec/home-key.ts';
import { homeKey } from '../../src/native/keys.ts';
import { ref, request, task } from '../fixtures/open.ts';
import { tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';
import { LATER } from './bench.ts';

const db = testDynamoDb();
let clock: ManualClock;
let nativeTable: string;
let asked: string[];
beforeEach(async () => {
  clock = new ManualClock(LATER);
  nativeTable = `${db.prefix()}reeve`;
  await createNativeTable(db.client, nativeTable);
  asked = [];
});

const open = (): DynamoDbNativeTaskStore => {
  const client = tapped(db.client, (sent, go) => {
    if (sent.name === 'Query') asked.push(Object.values(sent.input.ExpressionAttributeValues ?? {})[0]?.S ?? '');
    return go();
  });
  return new DynamoDbNativeTaskStore({ client, nativeTable, clock });
};
const keep = (retention: Retention): ReadonlyMap<string, Retention> => new Map([['mill', retention]]);
const complete = async (store: DynamoDbNativeTaskStore): Promise<string> => {
  const id = store.newId({ labourer: 'mill' }) ?? '';
  await store.enqueue([task(id)]);
  await store.settle((await store.claim(request())).leases.map((each) => ({ ...ref(each), kind: 'completed' as const })));
  return id;
};
const lastsFor = async (id: string): Promise<number> => {
  const home = homeInId(id);
  const { Item } = await db.client.send(new GetItemCommand({ TableName: nativeTable, Key: { ...homeKey(home ?? never()) } }));
  return Number(Item?.['ttl']?.N ?? 0) * 1_000 - clock.now();
};
const never = (): never => {
  throw new Error('no home in the id');
};

it('ends last as long as their labourer says, in a process that was told so and in one that claims', async () => {
  const [told, other] = [open(), open()];
  expect(await lastsFor(await complete(told))).toBe(7 * DAY);
  await told.maintain(['mill'], keep({ completed: { age: 90 * DAY } }));
  expect(await lastsFor(await complete(told))).toBe(90 * DAY);
  expect(await lastsFor(await complete(other))).toBe(90 * DAY);
  await told.maintain(['mill'], keep({ others: { age: DAY } }));
  expect(await lastsFor(await complete(other))).toBe(7 * DAY);
});

it('of what is forgotten nothing is left but the groups', async () => {
  const store = open();
  for (let n = 0; n < 40; n += 1) {
    await complete(store);
    await clock.advance(1_000);
  }
  for (let more = true; more; ) ({ more } = await store.maintain(['mill'], keep({ completed: { count: 0 } })));
  const { Items = [] } = await db.client.send(new ScanCommand({ TableName: nativeTable }));
  expect(Items.map((row) => row['pk']?.S).filter((pk) => !pk?.startsWith('s#'))).toEqual([]);
});

it('who knew a task that was forgotten finds the one that was enqueued anew under its id', async () => {
  const [knows, other] = [open(), open()];
  await knows.enqueue([task('one')]);
  await knows.settle((await knows.claim(request())).leases.map((each) => ({ ...ref(each), kind: 'completed' as const })));
  await clock.advance(5 * MINUTE);
  await other.maintain(['mill'], keep({ completed: { age: 0 } }));
  expect(await other.enqueue([task('one', { due: clock.now() + MINUTE })])).toEqual(['created']);
  expect(await knows.find({ labourer: 'mill', id: 'one' })).toMatchObject({ state: 'queued' });
  expect(await knows.cancel([{ labourer: 'mill', id: 'one' }])).toEqual(['cancelled']);
});

it('a guard that is read a little late, and leads to the home that was forgotten, is read once more', async () => {
  const other = open();
  await other.enqueue([task('one')]);
  let late: unknown;
  const client = tapped(db.client, async ({ name, input }, go) => {
    if (name !== 'GetItem' || input.Key?.['pk']?.S !== 'i#one' || input.ConsistentRead) return go();
    late ??= await go();
    return late;
  });
  const reader = (): DynamoDbNativeTaskStore => new DynamoDbNativeTaskStore({ client, nativeTable, clock });
  expect(await reader().find({ labourer: 'mill', id: 'one' })).toMatchObject({ state: 'queued' });
  await other.cancel([{ labourer: 'mill', id: 'one' }]);
  await clock.advance(5 * MINUTE);
  await other.maintain(['mill'], keep({ others: { age: 0 } }));
  expect(await reader().find({ labourer: 'mill', id: 'one' })).toBeUndefined();
  await other.enqueue([task('one')]);
  expect(await reader().find({ labourer: 'mill', id: 'one' })).toMatchObject({ state: 'queued' });
});

it('a labourer of which nothing is to be forgotten is looked at more and more seldom, and anew once another is said', async () => {
  const store = open();
  const looks = async (retention: Retention): Promise<boolean> => {
    asked = [];
    await store.maintain(['mill'], keep(retention));
    return asked.includes('h#mill#completed');
  };
  const said: boolean[] = [];
  for (let n = 0; n < 10; n += 1) said.push(await looks({ completed: { count: 3 } }));
  expect(said).toEqual([true, true, true, true, true, true, true, true, true, false]);
  await clock.advance(MINUTE);
  expect(await looks({ completed: { count: 3 } })).toBe(true);
  await clock.advance(MINUTE);
  expect(await looks({ completed: { count: 3 } })).toBe(false);
  expect(await looks({ completed: { count: 4 } })).toBe(true);
  // So many are dear to count.
  expect([await looks({ completed: { count: 1_000 } }), await looks({ completed: { count: 1_000 } })]).toEqual([true, false]);
  await clock.advance(4 * MINUTE);
  expect(await looks({ completed: { count: 1_000 } })).toBe(true);
  expect(await looks({})).toBe(true);
});
