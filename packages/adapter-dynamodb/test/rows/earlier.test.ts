/** Rows of an earlier version, which had neither priorities nor a list of errors: they are read and served. */
import { beforeEach, expect, it } from 'vitest';
import type { Row } from '../../src/client/requests.ts';
import { digitsOf, instant, queuedAt, turnOf } from '../../src/codec/greenfield.ts';
import { first, type Open, openTables, ref, request, task } from '../fixtures/open.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
let open: Open;
beforeEach(async () => {
  open = await openTables(db);
});

/** As version 0.1.0 wrote them. */
const earlier = (id: string, now: number, more: Row = {}): Row => ({
  task_id: { S: id },
  labourer_id: { S: 'mill' },
  created_at: { N: String(now / 1_000) },
  greenfield: { N: digitsOf(queuedAt(instant(now) + turnOf(now, 1))) },
  attempts: { N: '0' },
  payload: { S: '{}' },
  reeve_call: { S: 'old.1' },
  ...more,
});

it('a queued one that failed has its last error, and goes on with the list of those that come', async () => {
  const store = open.store();
  const now = open.clock.now();
  await open.put(open.tables.tasks, earlier('a', now, { attempts: { N: '1' }, reeve_n: { N: '1' }, reeve_error: { S: 'of old' } }));
  expect(await store.find(task('a'))).toMatchObject({ state: 'queued', priority: 0, errors: [], lastError: 'of old', due: now });
  const lease = first((await store.claim(request())).leases);
  expect(lease.attempt).toBe(2);
  await store.settle([{ ...ref(lease), kind: 'retry', after: 0, error: 'of now' }]);
  expect(await store.find(task('a'))).toMatchObject({ errors: [{ attempt: 2, at: now, error: 'of now' }], lastError: 'of now' });
});

it('a running one is settled, renewed and cancelled', async () => {
  const store = open.store();
  await store.enqueue([task('a'), task('b')]);
  const [a, b] = (await store.claim(request())).leases;
  for (const { id } of [a!, b!])
    expect(Object.keys((await open.row(id)) ?? {}).filter((name) => /errors|priority|expires|follow|cancel|ended/.test(name))).toEqual([]);
  expect(await store.cancel([task('a')])).toEqual(['cancelling']);
  expect(await store.settle([a!, b!].map((each) => ({ ...ref(each), kind: 'completed' as const })))).toEqual(['cancelled', 'applied']);
});

it('a dead one is dead of the error it had, and is queued again', async () => {
  const store = open.store();
  const seconds = String(open.clock.now() / 1_000);
  const { greenfield: _, ...dead } = earlier('a', open.clock.now(), {
    attempts: { N: '3' },
    reeve_n: { N: '3' },
    reeve_verdict: { S: 'dead' },
    reeve_token: { S: 'token-3' },
    reeve_error: { S: 'of old' },
    closed_at: { N: seconds },
    reeve_ttl: { N: '1900000000' },
  });
  await open.put(open.tables.tasks, dead);
  await open.put(open.tables.closed, { ...dead, labourer_id_task_status: { S: 'mill_0' }, greenfield: { N: '1' } });
  expect(await store.find(task('a'))).toMatchObject({ state: 'dead', error: 'of old', errors: [] });
  expect((await store.list({ labourer: 'mill', state: 'dead', limit: 10 })).tasks).toMatchObject([{ id: 'a', error: 'of old' }]);
  expect(await store.redrive([task('a')])).toEqual(['queued']);
  expect(await open.closed('a')).toBeUndefined();
  expect((await open.row('a'))?.['reeve_ttl']).toBeUndefined();
  expect((await store.claim(request())).leases).toMatchObject([{ id: 'a', attempt: 1 }]);
});

it('one whose row was forgotten is queued again from its closed row', async () => {
  const store = open.store();
  await open.put(open.tables.closed, {
    ...earlier('a', open.clock.now(), {
      attempts: { N: '3' },
      reeve_n: { N: '3' },
      reeve_verdict: { S: 'dead' },
      payload: { S: "{'n': 1}" },
    }),
    closed_at: { N: String(open.clock.now() / 1_000) },
    labourer_id_task_status: { S: 'mill_0' },
  });
  expect(await Promise.all([store.redrive([task('a')]), open.store().redrive([task('a')])])).toContainEqual(['queued']);
  expect(await open.closed('a')).toBeUndefined();
  const { leases } = await store.claim(request());
  expect(leases).toMatchObject([{ id: 'a', attempt: 1, payload: '{"n": 1}' }]);
  // The number of the claim goes on: no place of an attempt before is mistaken for this one's.
  expect(await open.places()).toEqual(['@a~4']);
});
