/** Ended tasks that are kept for so long, or so many of them: what crashes, races and large numbers do. The kit has the rest. */
import type { Retention } from '@reeve/core';
import { beforeEach, expect, it } from 'vitest';
import type { DynamoDbTaskStore } from '../../src/dynamodb-task-store.ts';
import { first, ids, type Open, openTables, ref, request, soswRow, task, tasks } from '../fixtures/open.ts';
import { Gate, idIn, tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
let open: Open;
beforeEach(async () => {
  open = await openTables(db);
});

const keep = (retention: Retention): ReadonlyMap<string, Retention> => new Map([['mill', retention]]);
const NONE = keep({ completed: { count: 0 }, others: { count: 0 } });

/** A task that has died. */
const died = async (store: DynamoDbTaskStore, id: string): Promise<void> => {
  await store.enqueue([task(id)]);
  const lease = first((await store.claim(request({ limit: 1 }))).leases);
  await store.settle([{ ...ref(lease), kind: 'dead', error: 'e' }]);
};

/** Rows that a sosw has closed, a second apart, the last of them now. */
const closedBySosw = async (count: number): Promise<readonly string[]> => {
  const now = open.clock.now();
  const names = ids(tasks(count));
  await Promise.all(
    names.map((id, n) => {
      const at = { N: String(now / 1_000 - count + 1 + n) };
      return open.put(
        open.tables.closed,
        soswRow(id, now - 9_000_000, { closed_at: at, completed_at: at, labourer_id_task_status: { S: 'mill_1' } }),
      );
    }),
  );
  return names;
};

it('what a sosw has closed is forgotten too, page by page, down to the very number', async () => {
  const names = await closedBySosw(450);
  const store = open.store();
  const reports = [];
  for (let more = true; more; ) {
    const report = await store.maintain(['mill'], keep({ completed: { count: 3 } }));
    reports.push(report.done['purged']);
    ({ more } = report);
  }
  expect(reports).toEqual([200, 200, 47]);
  const { tasks: left } = await store.list({ labourer: 'mill', state: 'completed', limit: 1_000 });
  expect(ids(left)).toEqual(names.slice(-3).reverse());
});

it('by age no row is looked at that is young', async () => {
  const names = await closedBySosw(50);
  const shown: number[] = [];
  const store = open.store({
    client: tapped(db.client, async (sent, go) => {
      const answer = await go();
      if (sent.name === 'Query' && sent.input.TableName === open.tables.closed)
        shown.push((answer as { readonly Items?: readonly unknown[] }).Items?.length ?? 0);
      return answer;
    }),
  });
  expect((await store.maintain(['mill'], keep({ completed: { age: 47_000 } }))).done).toMatchObject({ purged: 3 });
  expect(shown).toEqual([3]);
  expect(await store.find(task(names[2]!))).toBeUndefined();
  expect(await store.find(task(names[3]!))).toMatchObject({ state: 'completed' });
});

it('large numbers are counted seldom, also by processes that are new each time', async () => {
  let queries = 0;
  const maintain = async (count: number): Promise<number> => {
    queries = 0;
    const store = open.store({
      client: tapped(db.client, (sent, go) => {
        if (sent.name === 'Query' && sent.input.TableName === open.tables.closed) queries += 1;
        return go();
      }),
    });
    await store.maintain(['mill'], keep({ completed: { count } }));
    return queries;
  };
  expect(await maintain(2_000)).toBe(1);
  expect(await maintain(2_000)).toBe(0);
  await open.clock.advance(59_999);
  expect(await maintain(2_000)).toBe(0);
  await open.clock.advance(1);
  expect(await maintain(2_000)).toBe(1);
  await open.clock.advance(3_600_000);
  expect(await maintain(1_000_000)).toBe(1);
  await open.clock.advance(3_600_000);
  expect(await maintain(1_000_000)).toBe(1);
  expect([await maintain(100), await maintain(100)]).toEqual([1, 1]);
});

it('what a crash left half forgotten is gone after the next call', async () => {
  await died(open.store(), 'a');
  const dies = open.store({
    client: tapped(db.client, async (sent, go) => {
      if (sent.name === 'DeleteItem' && sent.input.TableName === open.tables.closed) throw new Error('the process is gone');
      return go();
    }),
  });
  await expect(dies.maintain(['mill'], NONE)).rejects.toThrow();
  expect([await open.row('a'), await open.closed('a')]).toEqual([undefined, expect.anything()]);
  expect((await open.store().maintain(['mill'], NONE)).done).toMatchObject({ purged: 1 });
  expect(await open.closed('a')).toBeUndefined();
});

it('a task that is redriven while it is about to be forgotten is queued, and stays', async () => {
  const store = open.store();
  await died(store, 'a');
  const gate = new Gate();
  const slow = open.store({
    client: tapped(db.client, async (sent, go) => {
      if (sent.name === 'DeleteItem' && idIn(sent) === 'a') await gate.pass();
      return go();
    }),
  });
  const forgetting = slow.maintain(['mill'], NONE);
  await gate.arrived;
  expect(await store.redrive([task('a')])).toEqual(['queued']);
  gate.open();
  expect((await forgetting).done).toMatchObject({ purged: 0 });
  expect(ids((await open.store().claim(request())).leases)).toEqual(['a']);
});

it('a task that has ended again, of which only the end before is in the index, is kept', async () => {
  const store = open.store();
  await died(store, 'a');
  const before = await open.closed('a');
  await open.clock.advance(10_000);
  await store.redrive([task('a')]);
  const lease = first((await store.claim(request())).leases);
  await store.settle([{ ...ref(lease), kind: 'dead', error: 'again' }]);
  await open.put(open.tables.closed, before!);
  const retention = keep({ others: { age: 9_000 } });
  expect((await store.maintain(['mill'], retention)).done).toMatchObject({ purged: 0 });
  expect(await store.find(task('a'))).toMatchObject({ state: 'dead', error: 'again' });
  await open.clock.advance(9_000);
  expect((await store.maintain(['mill'], retention)).done).toMatchObject({ purged: 1 });
  expect(await store.find(task('a'))).toBeUndefined();
});

it('of an id that another labourer has now, only what is left of the former is forgotten', async () => {
  const store = open.store();
  await closedBySosw(1);
  await store.enqueue(tasks(1, { labourer: 'other' }));
  await store.maintain(['mill'], NONE);
  expect(await open.closed('task-0000')).toBeUndefined();
  expect(await open.row('task-0000')).toMatchObject({ labourer_id: { S: 'other' } });
});

it('without a word on retention nothing is forgotten, and no index is read for it', async () => {
  await closedBySosw(5);
  const asked: (string | undefined)[] = [];
  const store = open.store({
    client: tapped(db.client, (sent, go) => {
      asked.push(sent.input.IndexName);
      return go();
    }),
  });
  await store.maintain(['mill']);
  await store.maintain(['mill'], new Map());
  await store.maintain(['mill'], new Map([['other', { completed: { count: 0 } }]]));
  expect(asked).not.toContain(open.tables.closedIndex);
});
