/** DynamoDB that is too busy, or leaves out what it was asked. */
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Clock } from '@reeve/core';
import { TEST_CREDENTIALS } from '@reeve/test-servers';
import { CountingChance } from '@reeve/testkit';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { Requests, type Row } from '../../src/client/requests.ts';
import { ids, type Open, openTables, request, task, tasks } from '../fixtures/open.ts';
import { proxyTo, throttled } from '../fixtures/proxy.ts';
import { tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
let open: Open;
beforeEach(async () => {
  open = await openTables(db);
});

it('throttled requests are made again, whatever they are', async () => {
  const proxy = await proxyTo(db.url, ({ number }) => (number === 0 ? throttled : 'pass'));
  const store = open.store({ endpoint: proxy.url, ...TEST_CREDENTIALS });
  onTestFinished(() => store.close());
  expect(await store.enqueue([task('a')])).toEqual(['created']);
  expect(ids((await store.claim(request())).leases)).toEqual(['a']);
  for (const name of ['PutItem', 'UpdateItem', 'Query'])
    expect(proxy.asked.filter((each) => each.name === name).length, name).toBeGreaterThan(1);
});

/** Does not wait, and remembers for how long it would have. */
const countingClock = (waits: number[]): Clock => ({
  now: () => 0,
  sleep: async (wait) => {
    waits.push(wait);
  },
});

/** A client whose BatchGetItem answers one key at a time, for so many times. */
const stingy = (times: number) =>
  tapped(db.client, async ({ name, input }, go) => {
    if (name !== 'BatchGetItem' || times === 0) return go();
    times -= 1;
    const [[table, { Keys }] = ['', { Keys: [] }]] = Object.entries(input.RequestItems ?? {});
    const [one, ...left] = Keys as readonly Row[];
    const answer = await db.client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [{ ...one }], ConsistentRead: true } } }),
    );
    return { ...answer, UnprocessedKeys: { [table]: { Keys: left } } };
  });

const keys = tasks(5).map(({ id }) => ({ task_id: { S: id } }));

it('keys that are left out are asked for again, after waits that grow', async () => {
  await open.store().enqueue(tasks(5));
  const waits: number[] = [];
  const requests = new Requests(stingy(3), countingClock(waits), new CountingChance(7));
  const rows = await requests.batchGet(open.tables.tasks, keys);
  expect(new Set(rows.map((row) => row['task_id']?.S))).toEqual(new Set(tasks(5).map(({ id }) => id)));
  // Between half and the whole of 50, 100 and 200 ms.
  expect(waits).toHaveLength(3);
  for (const [n, wait] of waits.entries()) {
    expect(wait).toBeGreaterThanOrEqual(25 * 2 ** n);
    expect(wait).toBeLessThanOrEqual(50 * 2 ** n);
  }
});

it('keys that are left out for ever are a fault in the end', async () => {
  const none = tapped(db.client, async ({ name, input }, go) => {
    if (name !== 'BatchGetItem') return go();
    return { Responses: {}, UnprocessedKeys: input.RequestItems };
  });
  const waits: number[] = [];
  const requests = new Requests(none, countingClock(waits), new CountingChance());
  await expect(requests.batchGet(open.tables.tasks, keys)).rejects.toMatchObject({ kind: 'unavailable', code: 'STORE_UNREACHABLE' });
  expect(waits.length).toBeGreaterThanOrEqual(5);
  expect(Math.max(...waits)).toBeLessThanOrEqual(5_000);
});

it('more keys than one request takes are asked for in several', async () => {
  await open.store().enqueue(tasks(230));
  let asked = 0;
  const client = tapped(db.client, ({ name }, go) => {
    if (name === 'BatchGetItem') asked += 1;
    return go();
  });
  const rows = await new Requests(client, countingClock([]), new CountingChance()).batchGet(
    open.tables.tasks,
    tasks(230).map(({ id }) => ({ task_id: { S: id } })),
  );
  expect(rows).toHaveLength(230);
  expect(asked).toBe(3);
});
