/** What keys cost whom, what one claim reads of many of them, and what a crash leaves of their pointers. */
import { MINUTE } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { beforeEach, expect, it } from 'vitest';
import { createNativeTable, DynamoDbNativeTaskStore } from '../../src/index.ts';
import { ids, ref, request, task } from '../fixtures/open.ts';
import { type Sent, tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';
import { LATER } from './bench.ts';

const db = testDynamoDb();
let clock: ManualClock;
let nativeTable: string;
let store: DynamoDbNativeTaskStore;
/** Requests since the beginning of what is measured. */
let sent: Sent[];
beforeEach(async () => {
  clock = new ManualClock(LATER);
  nativeTable = `${db.prefix()}reeve`;
  await createNativeTable(db.client, nativeTable);
  sent = [];
  const client = tapped(db.client, (each, go) => {
    sent.push(each);
    return go();
  });
  store = new DynamoDbNativeTaskStore({ client, nativeTable, clock });
});

const sentBy = async (work: () => Promise<unknown>): Promise<readonly Sent[]> => {
  sent = [];
  await work();
  return sent;
};
const partitionsOf = (requests: readonly Sent[]): readonly string[] =>
  requests.filter(({ name }) => name === 'Query').map(({ input }) => Object.values(input.ExpressionAttributeValues ?? {})[0]?.S ?? '');
const isOfKeys = (partition: string): boolean => /^(k|pk\d?)#/.test(partition);
const writesOf = (requests: readonly Sent[]): readonly string[] =>
  requests.filter(({ name }) => ['PutItem', 'UpdateItem', 'DeleteItem'].includes(name)).map(({ name }) => name);

const life = async (perKey?: number): Promise<readonly Sent[]> =>
  sentBy(async () => {
    const id = store.newId({ labourer: 'mill' }) ?? '';
    await store.enqueue([task(id)]);
    const { leases } = await store.claim(request(perKey === undefined ? {} : { perKey }));
    expect(ids(leases)).toEqual([id]);
    await store.settle(leases.map((each) => ({ ...ref(each), kind: 'completed' as const })));
  });

it('a task without a key costs the same whether or not claims count keys, and asks for none', async () => {
  await life();
  const [plain, counting] = [await life(), await life(3)];
  expect(counting.map(({ name }) => name)).toEqual(plain.map(({ name }) => name));
  expect(partitionsOf([...plain, ...counting]).filter(isOfKeys)).toEqual([]);
});

it('beside tasks with a key a task without one has the writes that it had', async () => {
  await life();
  const before = writesOf(await life());
  await store.enqueue([task('keyed', { key: 'a', due: clock.now() + 9 * MINUTE })]);
  expect(writesOf(await life(1))).toEqual(before);
  expect(writesOf(await life())).toEqual(before);
});

it('of a key with a thousand tasks a claim reads a page, and comes to those behind it', async () => {
  for (let n = 0; n < 10; n += 1) await store.enqueue(Array.from({ length: 100 }, (_, m) => task(`many-${n}-${m}`, { key: 'many' })));
  await store.enqueue([task('few', { key: 'few' }), task('none')]);
  await store.claim(request({ perKey: 1, limit: 1 }));
  const requests = await sentBy(async () => {
    const { leases, nextDueIn } = await store.claim(request({ perKey: 1 }));
    expect([ids(leases), nextDueIn]).toEqual([['few', 'none'], undefined]);
  });
  const reads = requests.filter((each) => partitionsOf([each]).includes('k#mill'));
  expect(reads.length).toBeLessThanOrEqual(4);
  expect(reads.reduce((sum, { input }) => sum + Number(input.Limit), 0)).toBeLessThanOrEqual(400);
});

it('of more keys than one claim looks at each has its turn, and none twice', async () => {
  const count = 2_100;
  for (let n = 0; n < count; n += 100)
    await store.enqueue(Array.from({ length: 100 }, (_, m) => task(`task-${n + m}`, { key: `key-${n + m}` })));
  const seen: string[] = [];
  let most = 0;
  for (let claims = 0; claims < 12 && seen.length < count; claims += 1) {
    const requests = await sentBy(async () => {
      const { leases } = await store.claim(request({ perKey: 1, cap: 5_000, limit: 400 }));
      seen.push(...ids(leases));
    });
    const rows = requests
      .filter((each) => partitionsOf([each]).includes('k#mill'))
      .reduce((sum, { input }) => sum + Number(input.Limit), 0);
    most = Math.max(most, rows);
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBe(count);
  expect(most).toBeLessThanOrEqual(4 * 1_500); // four rounds of a claim at the most
}, 120_000);

it('a pointer that one who died has left is taken away in time, wherever it is', async () => {
  let isMortal = false;
  const client = tapped(db.client, (each, go) =>
    isMortal && each.name === 'DeleteItem' && each.input.Key?.['pk']?.S?.startsWith('pk')
      ? Promise.reject(Object.assign(new Error('gone'), { name: 'TimeoutError' }))
      : go(),
  );
  const mortal = new DynamoDbNativeTaskStore({ client, nativeTable, clock });
  await mortal.enqueue([task('one', { key: 'a' })]);
  isMortal = true;
  await mortal.claim(request({ perKey: 1 })).catch(() => {});
  await clock.advance(3 * MINUTE);
  const expired = await store.expired(['mill'], 10);
  await store.reap(expired.map((each) => ({ ...ref(each), kind: 'dead' as const, error: 'gone' })));
  expect((await store.census(['mill']))[0]?.due).toBe(1);
  for (let n = 0; n < 3; n += 1) {
    await clock.advance(6 * MINUTE);
    await store.maintain(['mill']);
  }
  expect((await store.census(['mill']))[0]?.due).toBe(0);
});
