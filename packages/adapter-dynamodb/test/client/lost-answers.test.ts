/** A write that happened and whose answer was lost is asked for again by the SDK, and then fails at its own condition. */
import { TEST_CREDENTIALS } from '@reeve/test-servers';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { DynamoDbTaskStore } from '../../src/dynamodb-task-store.ts';
import { first, ids, json, type Open, openTables, ref, request, task } from '../fixtures/open.ts';
import { type Asked, type Fate, type Middleman, proxyTo } from '../fixtures/proxy.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
let open: Open;
beforeEach(async () => {
  open = await openTables(db);
});

const storeBehind = async (fateOf: (asked: Asked) => Fate): Promise<{ store: DynamoDbTaskStore; proxy: Middleman }> => {
  const proxy = await proxyTo(db.url, fateOf);
  const store = open.store({ endpoint: proxy.url, ...TEST_CREDENTIALS });
  onTestFinished(() => store.close());
  return { store, proxy };
};

const writes = (asked: Asked): boolean => ['PutItem', 'UpdateItem', 'TransactWriteItems'].includes(asked.name);
const keyOf = ({ body }: Asked): string => (body as { Key?: { task_id: { S: string } } }).Key?.task_id.S ?? '';

/** Cuts the first answer to each request that is worth it, and lets its repetition through. */
const cutOnce = (isWorthIt: (asked: Asked) => boolean): ((asked: Asked) => Fate) => {
  const seen = new Set<string>();
  return (asked) => {
    const text = JSON.stringify([asked.name, asked.body]);
    if (!isWorthIt(asked) || seen.has(text)) return 'pass';
    seen.add(text);
    return 'cut';
  };
};

it('an enqueued task was created, and only once', async () => {
  const { store, proxy } = await storeBehind(cutOnce(writes));
  expect(await store.enqueue([task('a')])).toEqual(['created']);
  expect(proxy.asked.filter(({ name }) => name === 'PutItem')).toHaveLength(2);
  expect(await store.enqueue([task('a')])).toEqual(['duplicate']);
});

it('a claimed task is held, and its attempt counted once', async () => {
  await open.store().enqueue([task('a'), task('b')]);
  const { store } = await storeBehind(cutOnce(writes));
  const { leases } = await store.claim(request());
  expect(ids(leases)).toEqual(['a', 'b']);
  expect(leases.map(({ attempt }) => attempt)).toEqual([1, 1]);
  expect(await open.places()).toEqual(['@a~1', '@b~1']);
});

describe.each(['completed', 'retry', 'dead', 'released'] as const)('%s', (kind) => {
  it('is applied, to exactly one caller', async () => {
    const peer = open.store();
    await peer.enqueue([task('a')]);
    const lease = first((await peer.claim(request())).leases);
    const verdict = { ...ref(lease), kind, after: 0, error: 'no' };
    const { store } = await storeBehind(cutOnce(writes));
    expect(await store.settle([verdict])).toEqual(['applied']);
    expect(await peer.settle([verdict])).toEqual(['repeated']);
    expect(await open.places()).toEqual([]);
    const attempts = (await peer.find(lease))?.attempts;
    expect(attempts).toBe(kind === 'released' ? 0 : 1);
  });
});

it.each([
  ['further', 2],
  ['nearer', 0.5],
])('a deadline that was moved %s is where it was said to be', async (_, factor) => {
  const peer = open.store();
  await peer.enqueue([task('a')]);
  const lease = first((await peer.claim(request())).leases);
  const { store } = await storeBehind(cutOnce(writes));
  const deadline = open.clock.now() + 60_000 * factor;
  expect(await store.renew([{ ...ref(lease), lease: 60_000 * factor }])).toEqual([{ kind: 'renewed', deadline }]);
  expect(await peer.find(lease)).toMatchObject({ state: 'running', deadline });
});

it('a broken row is reported, once', async () => {
  const peer = open.store();
  await peer.enqueue([task('a')]);
  await open.set('a', { payload: { M: {} } });
  const { store } = await storeBehind(cutOnce(writes));
  const { aside = [] } = await store.claim(request());
  expect(ids(aside)).toEqual(['a']);
  expect((await peer.claim(request())).aside).toBeUndefined();
});

describe('an operator', () => {
  it('has ended, buried and queued again what he is told he has', async () => {
    const peer = open.store();
    await peer.enqueue([task('a'), task('b'), task('c')]);
    const { store, proxy } = await storeBehind(cutOnce(writes));
    expect(await store.replace([{ ...task('a'), payload: json('{"n": 2}') }])).toEqual(['replaced']);
    expect(await store.cancel([task('a')])).toEqual(['cancelled']);
    expect(await store.bury([{ ...task('b'), error: 'no' }])).toEqual(['buried']);
    await open.clock.advance(1);
    expect(await store.redrive([task('a'), task('b')])).toEqual(['queued', 'queued']);
    expect(await peer.redrive([task('a')])).toEqual(['open']);
    expect(proxy.asked.filter(({ name }) => name === 'TransactWriteItems')).toHaveLength(4);
    expect(await peer.find(task('a'))).toMatchObject({ state: 'queued', payload: '{"n": 2}' });
    expect(ids((await peer.claim(request())).leases)).toEqual(['c', 'a', 'b']);
  });

  it.each(['completed', 'retry', 'released'] as const)('has cancelled what runs: with %s it ends, and one caller is told', async (kind) => {
    const peer = open.store();
    await peer.enqueue([task('a')]);
    const lease = first((await peer.claim(request())).leases);
    const { store } = await storeBehind(cutOnce(writes));
    expect(await store.cancel([task('a')])).toEqual(['cancelling']);
    const verdict = { ...ref(lease), kind, after: 0, error: 'no' };
    expect(await store.settle([verdict])).toEqual(['cancelled']);
    expect(await peer.settle([verdict])).toEqual(['stale']);
    expect(await open.places()).toEqual([]);
    expect(await open.closed('a')).toMatchObject({ labourer_id_task_status: { S: 'mill_cancelled' } });
  });
});

it('a task that ran out of time is dropped, and reported once', async () => {
  const peer = open.store();
  await peer.enqueue([task('a', { expiresAt: open.clock.now() })]);
  const { store } = await storeBehind(cutOnce(writes));
  expect((await store.claim(request())).dropped).toEqual([{ labourer: 'mill', id: 'a' }]);
  expect((await peer.claim(request())).dropped).toBeUndefined();
});

it('an end that something follows from is in the outbox once', async () => {
  const peer = open.store();
  const { store } = await storeBehind(cutOnce(writes));
  await store.enqueue([task('a', { follow: json('["b"]') })]);
  const lease = first((await store.claim(request())).leases);
  expect(await store.settle([{ ...ref(lease), kind: 'completed' }])).toEqual(['applied']);
  const ends = await peer.outbox(['mill'], 10);
  expect(ids(ends)).toEqual(['a']);
  await store.takeOut(ends);
  expect(await peer.outbox(['mill'], 10)).toEqual([]);
});

it('an entry of the register that was written twice bears the stamp of whoever wrote it', async () => {
  const { store } = await storeBehind(cutOnce(writes));
  const change = { name: 'paused', value: json('true'), stamp: 's1', expected: null };
  expect((await store.change([change])).outcomes).toEqual([{ kind: 'stale', entry: { value: 'true', stamp: 's1' } }]);
});

it('an answer that is lost every time is a fault that says so, and what happened is found by the next call', async () => {
  const peer = open.store();
  await peer.enqueue([task('a')]);
  const lease = first((await peer.claim(request())).leases);
  const proxy = await proxyTo(db.url, (asked) => (asked.name === 'UpdateItem' && keyOf(asked) === 'a' ? 'cut' : 'pass'));
  const store = open.store({ endpoint: proxy.url, ...TEST_CREDENTIALS });
  onTestFinished(() => store.close());
  await expect(store.settle([{ ...ref(lease), kind: 'completed' }])).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'STORE_UNREACHABLE',
  });
  expect(await peer.settle([{ ...ref(lease), kind: 'completed' }])).toEqual(['repeated']);
  expect(await open.places()).toEqual([]);
});
