/** P: no call reads or writes in proportion to the backlog. */
import { beforeAll, expect, it } from 'vitest';
import type { DynamoDbTaskStore } from '../../src/dynamodb-task-store.ts';
import { type Open, openTables, ref, request, task, tasks } from '../fixtures/open.ts';
import { counted, type Spent } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
const BACKLOG = 5_000;
let open: Open;
let spent: Spent[];
let store: DynamoDbTaskStore;

beforeAll(async () => {
  open = await openTables(db);
  spent = [];
  store = open.store({ client: counted(db.client, spent), capOf: () => 100 });
  const all = tasks(BACKLOG);
  for (let from = 0; from < BACKLOG; from += 500) await store.enqueue(all.slice(from, from + 500));
});

const reads = (): number => spent.reduce((sum, { read }) => sum + read, 0);
const writes = (): number => spent.reduce((sum, { write }) => sum + write, 0);
const count = (name: string): number => spent.filter((each) => each.name === name).length;

it('enqueueing costs two units a task, the index included, however many there are', async () => {
  spent.length = 0;
  await store.enqueue(tasks(100).map((each) => ({ ...each, id: `more-${each.id}` })));
  expect(reads()).toBe(0);
  expect(writes()).toBeLessThanOrEqual(202);
});

it('a claim of ten of 5,000 reads a handful of units, and its cap costs a few writes', async () => {
  await store.claim(request({ cap: 100, limit: 1 }));
  spent.length = 0;
  const { leases } = await store.claim(request({ cap: 100, limit: 10 }));
  expect(leases).toHaveLength(10);
  // All groups of a cap of 100 are seven items, read strongly: a unit each. The index: three ranges, eleven rows of one.
  expect(reads()).toBeLessThanOrEqual(10);
  expect(spent.filter(({ write }) => write > 0).length).toBeLessThanOrEqual(12);
  spent.length = 0;
  await store.settle(leases.map((each) => ({ ...ref(each), kind: 'completed' as const })));
  expect(reads()).toBe(0);
  expect(count('UpdateItem') + count('PutItem')).toBeLessThanOrEqual(10 + 10 + 7);
});

it('a claim under a full cap does not look at the backlog at all', async () => {
  const { leases } = await store.claim(request({ cap: 5, limit: 5, labourer: 'mill' }));
  spent.length = 0;
  expect((await store.claim(request({ cap: leases.length, limit: 10 }))).leases).toEqual([]);
  expect(count('Query')).toBe(0);
});

it('the rounds of a hundred idle labourers are a handful of requests each', async () => {
  const idle = Array.from({ length: 100 }, (_, n) => `idle-${n}`);
  const peer = open.store({ client: counted(db.client, spent), lookForSosw: Number.POSITIVE_INFINITY });
  for (const call of [() => peer.labourersWithDue(idle), () => peer.expired(idle, 100), () => peer.maintain(idle)]) {
    spent.length = 0;
    await call();
    expect(spent.length, spent.map(({ name }) => name).join()).toBeLessThanOrEqual(10);
  }
});

it('a look for what a sosw has done is at ten labourers a call, and at each of them in turn', async () => {
  const idle = Array.from({ length: 100 }, (_, n) => `idle-${n}`);
  const peer = open.store({ client: counted(db.client, spent) });
  spent.length = 0;
  expect(await peer.maintain(idle)).toMatchObject({ more: true });
  expect(count('Query')).toBe(40);
  let calls = 1;
  for (; (await peer.maintain(idle)).more; calls += 1) expect(calls).toBeLessThan(10);
  spent.length = 0;
  expect(await peer.maintain(idle)).toMatchObject({ more: false });
  expect(count('Query')).toBe(0);
});

it('hundreds of expired leases are found a page at a time, the oldest of them first', async () => {
  const peer = open.store({ client: counted(db.client, spent) });
  for (let n = 0; n < 4; n += 1) {
    await peer.claim(request({ cap: 1_000, limit: 100 }));
    await open.clock.advance(1_000);
  }
  await open.clock.advance(120_000);
  spent.length = 0;
  const expired = await peer.expired(['mill'], 20);
  expect(expired).toHaveLength(20);
  expect(spent.length).toBeLessThanOrEqual(5);
  expect(reads()).toBeLessThan(150);
  const oldest = Math.min(...expired.map(({ deadline }) => deadline));
  expect(expired.every(({ deadline }) => deadline === oldest)).toBe(true);
});

it('who has no use for priorities, expiry, cancellation or what follows asks nothing more', async () => {
  const plain = { labourer: 'plain', cap: 10, limit: 2 };
  await store.enqueue([task('p1', plain), task('p2', plain), task('p3', plain)]);
  await store.claim(request({ ...plain, limit: 1 }));
  spent.length = 0;
  const { leases } = await store.claim(request({ ...plain, limit: 1 }));
  // The ledger; retries, delayed and queued ones; the place; the row; nothing more is left out, so it says when the next is due.
  expect(spent.map(({ name }) => name).sort()).toEqual(['BatchGetItem', 'Query', 'Query', 'Query', 'UpdateItem', 'UpdateItem']);
  spent.length = 0;
  await store.settle(leases.map((each) => ({ ...ref(each), kind: 'completed' as const })));
  expect(spent.map(({ name }) => name).sort()).toEqual(['PutItem', 'UpdateItem', 'UpdateItem']);
  expect(reads()).toBe(0);
});

it('an urgent task costs what any does; its labourer says once that it has such, and its claims ask for one stretch more', async () => {
  const urgent = { labourer: 'fire', priority: 7 };
  await store.enqueue([task('u1', urgent)]);
  spent.length = 0;
  await store.enqueue([task('u2', urgent), task('u3', urgent)]);
  expect(spent.map(({ name }) => name)).toEqual(['PutItem', 'PutItem']);
  expect(writes()).toBe(4);
  await store.claim(request({ labourer: 'fire', limit: 1 }));
  spent.length = 0;
  expect((await store.claim(request({ labourer: 'fire', limit: 1 }))).leases).toMatchObject([{ id: 'u2' }]);
  expect(count('Query')).toBe(4);
  // Seven items of the ledger, and half a unit for each stretch.
  expect(reads()).toBe(7 + 2);
});

it('of urgent tasks that fall due at once, a claim looks at a hundred', async () => {
  await store.claim(request({ labourer: 'flood' }));
  const due = open.clock.now() + 1_000;
  await store.enqueue(tasks(300, { labourer: 'flood', priority: 1, due }).map((each) => ({ ...each, id: `flood-${each.id}` })));
  await open.clock.advance(1_000);
  spent.length = 0;
  expect((await store.claim(request({ labourer: 'flood', limit: 1 }))).leases).toHaveLength(1);
  // One is taken; the others of the hundred are put where they stand from now on, and not looked at again.
  expect(count('UpdateItem')).toBe(2 + 99);
  expect(reads()).toBeLessThan(15);
});
