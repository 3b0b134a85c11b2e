/** 400 KB of an item, and the text of one write. */
import { ManualClock } from '@reeve/testkit';
import { beforeEach, expect, it } from 'vitest';
import { createNativeTable, DynamoDbNativeTaskStore } from '../../src/index.ts';
import { MAX_PAYLOAD_BYTES } from '../../src/verbs/enqueue.ts';
import { first, ids, json, ref, request, task, tasks } from '../fixtures/open.ts';
import { tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';
import { LATER } from './bench.ts';

const db = testDynamoDb();
const clock = new ManualClock(LATER);
let nativeTable: string;
let store: DynamoDbNativeTaskStore;
beforeEach(async () => {
  nativeTable = `${db.prefix()}reeve`;
  await createNativeTable(db.client, nativeTable);
  store = new DynamoDbNativeTaskStore({ client: db.client, nativeTable, clock });
});

const sized = (bytes: number) => json(`"${'x'.repeat(bytes - 2)}"`);
const running = async (): Promise<number> => (await store.list({ labourer: 'mill', state: 'running', limit: 1_000 })).tasks.length;

it('a payload as long as may be goes through a whole life, with an error of the longest kind', async () => {
  const id = '\u{1f33e}'.repeat(64);
  expect(await store.enqueue([task(id, { payload: sized(MAX_PAYLOAD_BYTES) })])).toEqual(['created']);
  const lease = first((await store.claim(request())).leases);
  expect(await store.settle([{ ...ref(lease), kind: 'retry', after: 0, error: '€'.repeat(2_048) }])).toEqual(['applied']);
  const again = first((await store.claim(request())).leases);
  expect(again.payload).toHaveLength(MAX_PAYLOAD_BYTES);
  expect(await store.settle([{ ...ref(again), kind: 'completed', result: json('{"rows": 7}') }])).toEqual(['applied']);
  expect(await store.find(lease)).toMatchObject({ state: 'completed', result: '{"rows": 7}' });
});

it('a result that does not fit beside the payload fails the call before anything is written, also of the others', async () => {
  await store.enqueue([task('small'), task('large', { payload: sized(300_000) }), task('third')]);
  const { leases } = await store.claim(request());
  const verdicts = leases.map((each) => ({ ...ref(each), kind: 'completed' as const, result: sized(200_000) }));
  await expect(store.settle(verdicts)).rejects.toMatchObject({
    kind: 'input',
    code: 'PAYLOAD_TOO_LARGE',
    message: expect.stringContaining('"large"'),
  });
  expect(await running()).toBe(3);
  expect(await store.settle(verdicts.filter(({ id }) => id !== 'large'))).toEqual(['applied', 'applied']);
  const large = first(leases.filter(({ id }) => id === 'large'));
  expect(await store.settle([{ ...ref(large), kind: 'dead', error: 'too long' }])).toEqual(['applied']);
  expect(await running()).toBe(0);
  expect(await store.settle(verdicts.map((each) => ({ ...each, token: 'another' })))).toEqual(['stale', 'stale', 'stale']);
});

it('of verdicts that go out together, one that fails does not keep the places of the others', async () => {
  await store.enqueue([task('a'), task('b'), task('c')]);
  const { leases } = await store.claim(request({ cap: 3 }));
  const client = tapped(db.client, (sent, go) => {
    const isEnd = sent.name === 'UpdateItem' && Object.values(sent.input.ExpressionAttributeNames ?? {}).includes('end');
    fails = isEnd && !fails;
    return fails ? Promise.reject(Object.assign(new Error('gone'), { name: 'TimeoutError' })) : go();
  });
  let fails = false;
  const peer = new DynamoDbNativeTaskStore({ client, nativeTable, clock });
  const two = leases.slice(0, 2).map((each) => ({ ...ref(each), kind: 'completed' as const }));
  await expect(peer.settle(two)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  await store.enqueue([task('d'), task('e')]);
  expect(ids((await store.claim(request({ cap: 3 }))).leases)).toHaveLength(1);
});

it('a thousand verdicts of one group are settled in one call, and all of them are listed', async () => {
  await store.enqueue(tasks(1_000));
  await store.claim(request({ cap: 1, limit: 1 }));
  const { leases } = await store.claim(request({ cap: 1_000, limit: 999 }));
  expect(leases).toHaveLength(999);
  const outcomes = await store.settle(leases.map((each) => ({ ...ref(each), kind: 'completed' as const })));
  expect(new Set(outcomes)).toEqual(new Set(['applied']));
  expect(await running()).toBe(1);
  const { tasks: ended } = await store.list({ labourer: 'mill', state: 'completed', limit: 1_000 });
  expect(new Set(ids(ended)).size).toBe(999);
});

it('of hundreds of expired leases the oldest are found first', async () => {
  await store.enqueue(tasks(400));
  for (let n = 0; n < 4; n += 1) {
    await store.claim(request({ cap: 1_000, limit: 100 }));
    await clock.advance(1_000);
  }
  await clock.advance(120_000);
  const expired = await store.expired(['mill'], 20);
  expect(expired).toHaveLength(20);
  expect(new Set(expired.map(({ claimedAt }) => claimedAt))).toEqual(new Set([clock.now() - 124_000]));
});

it('beside a payload as long as may be the last error is kept, and as many before it as there is room for', async () => {
  await store.enqueue([task('a', { payload: sized(MAX_PAYLOAD_BYTES) })]);
  for (const n of [1, 2, 3, 4]) {
    const lease = first((await store.claim(request())).leases);
    expect(await store.settle([{ ...ref(lease), kind: n === 4 ? 'dead' : 'retry', after: 0, error: `${n}${'€'.repeat(2_047)}` }])).toEqual([
      'applied',
    ]);
    await clock.advance(1_000);
  }
  const record = await store.find({ labourer: 'mill', id: 'a' });
  expect(record?.state).toBe('dead');
  expect(record?.errors.map(({ attempt, error }) => [attempt, error.length])).toEqual([
    [3, 2_048],
    [4, 2_048],
  ]);
});
