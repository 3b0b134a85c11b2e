/** What priorities and expiry cost, what an earlier version left, and what a claim meets that is out of time. */
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DAY, MINUTE, SECOND } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { beforeEach, expect, it } from 'vitest';
import { createNativeTable, DynamoDbNativeTaskStore } from '../../src/index.ts';
import { first, ids, ref, request, task } from '../fixtures/open.ts';
import { tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';
import { LATER } from './bench.ts';

const db = testDynamoDb();
let clock: ManualClock;
let nativeTable: string;
let store: DynamoDbNativeTaskStore;
/** Partitions that were asked for since the beginning of a test. */
let asked: string[];
beforeEach(async () => {
  clock = new ManualClock(LATER);
  nativeTable = `${db.prefix()}reeve`;
  await createNativeTable(db.client, nativeTable);
  asked = [];
  const client = tapped(db.client, (sent, go) => {
    if (sent.name === 'Query') asked.push(Object.values(sent.input.ExpressionAttributeValues ?? {})[0]?.S ?? '');
    return go();
  });
  store = new DynamoDbNativeTaskStore({ client, nativeTable, clock });
});

const own = (): string => store.newId({ labourer: 'mill' }) ?? '';
const askedBy = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
  asked = [];
  await work();
  return [...new Set(asked)].filter((each) => !each.startsWith('s#')).sort();
};
let token = '';
const claim = () => {
  const asking = request();
  ({ token } = asking);
  return store.claim(asking);
};

it('asks for the priorities that there are, and for no other', async () => {
  await store.enqueue([task('plain')]);
  expect(await askedBy(claim)).toEqual(['p#mill', 't#mill#0']);
  await store.enqueue([task('urgent', { priority: 9 }), task('other', { labourer: 'kiln', priority: 3 })]);
  expect(await askedBy(claim)).toEqual(['p#mill', 'p9#mill', 't#mill#0']);
});

it('forgets a priority that nobody has used for a day, and knows it again with the next task', async () => {
  await store.enqueue([task('urgent', { priority: 5 }), task('for later', { priority: 7, due: clock.now() + 3 * DAY })]);
  await store.settle((await claim()).leases.map((each) => ({ ...ref(each), kind: 'completed' as const })));
  await clock.advance(DAY - MINUTE);
  await store.maintain(['mill']);
  expect(await askedBy(claim)).toContain('p5#mill');
  await clock.advance(10 * MINUTE);
  await store.maintain(['mill']);
  expect(await askedBy(claim)).toEqual(['p#mill', 'p7#mill', 't#mill#0']);
  await store.enqueue([task('plain'), task('again', { priority: 5 })]);
  expect(ids((await claim()).leases)).toEqual(['again', 'plain']);
});

it('a task with a priority is found though whoever enqueued it died before it had its pointer', async () => {
  const client = tapped(db.client, (sent, go) =>
    sent.input.Item?.['pk']?.S?.startsWith('p9#') ? Promise.reject(Object.assign(new Error('gone'), { name: 'TimeoutError' })) : go(),
  );
  const mortal = new DynamoDbNativeTaskStore({ client, nativeTable, clock });
  await expect(mortal.enqueue([task('urgent', { priority: 9 })])).rejects.toThrow();
  await clock.advance(2 * 60 * MINUTE);
  await store.maintain(['mill']);
  await store.enqueue([task('plain')]);
  expect(ids((await claim()).leases)).toEqual(['urgent', 'plain']);
});

it('drops by pointer what is out of time, and leaves no pointer behind', async () => {
  const [id, urgent] = [own(), own()];
  await store.enqueue([
    task(id, { expiresAt: clock.now() + 5 * SECOND }),
    task(urgent, { priority: 2, expiresAt: clock.now() + 5 * SECOND }),
  ]);
  const lease = first((await store.claim(request({ limit: 1 }))).leases);
  expect(lease.id).toBe(urgent);
  await store.settle([{ ...ref(lease), kind: 'released' }]);
  await clock.advance(5 * SECOND);
  const { leases, dropped, nextDueIn } = await claim();
  expect({ leases, dropped, nextDueIn }).toEqual({ leases: [], dropped: [urgent, id].map((each) => ({ labourer: 'mill', id: each })) });
  expect(await store.census(['mill'])).toEqual([{ due: 0, waiting: 0, running: 0, expired: 0 }]);
});

it('a pointer that does not say when its task runs out of time starts nothing after that', async () => {
  const id = own();
  await store.enqueue([task(id, { priority: 1, expiresAt: clock.now() + SECOND })]);
  const { due } = first((await store.list({ labourer: 'mill', state: 'queued', limit: 1 })).tasks) as { readonly due: number };
  const peer = new DynamoDbNativeTaskStore({ client: withoutExpiry(), nativeTable, clock });
  await clock.advance(SECOND);
  expect(clock.now()).toBe(due + SECOND);
  const answers = [await peer.claim(request()), await store.claim(request())];
  expect(answers.flatMap(({ leases }) => leases)).toEqual([]);
  expect(answers.flatMap(({ dropped = [] }) => dropped)).toEqual([{ labourer: 'mill', id }]);
});

/** Shows pointers as an earlier version writes them. */
const withoutExpiry = () =>
  tapped(db.client, async (_, go) => {
    const answer = await go();
    const { Items } = answer as { Items?: Record<string, unknown>[] };
    for (const item of Items ?? []) if (JSON.stringify(item['pk']).includes('p1#')) delete item['exp'];
    return answer;
  });

it('shows and keeps the error of a home that an earlier version wrote', async () => {
  const id = own();
  await store.enqueue([task(id)]);
  await store.settle((await claim()).leases.map((each) => ({ ...ref(each), kind: 'retry' as const, after: 0, error: 'now' })));
  const place = id.slice(id.indexOf('~') + 2);
  await db.client.send(
    new UpdateItemCommand({
      TableName: nativeTable,
      Key: { pk: { S: 't#mill#0' }, sk: { S: place } },
      UpdateExpression: 'SET err = :former REMOVE #text, #number',
      ExpressionAttributeNames: { '#text': `!${token}`, '#number': `?${token}` },
      ExpressionAttributeValues: { ':former': { S: 'before' } },
    }),
  );
  const key = { labourer: 'mill', id };
  expect(await store.find(key)).toMatchObject({ lastError: 'before', errors: [{ attempt: 1, error: 'before' }], priority: 0 });
  const lease = first((await claim()).leases);
  await clock.advance(SECOND);
  await store.settle([{ ...ref(lease), kind: 'dead', error: 'the end' }]);
  const errors = [
    { attempt: 1, error: 'before' },
    { attempt: 2, error: 'the end', at: clock.now() },
  ];
  expect(await store.find(key)).toMatchObject({ state: 'dead', error: 'the end', errors });
});
