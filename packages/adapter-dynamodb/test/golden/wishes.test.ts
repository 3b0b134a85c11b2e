/** Priorities, later due times and ends that something follows from, as a sosw beside us sees them. */
import type { JsonText, NewTask } from '@reeve/core';
import { dynamoDbServers } from '@reeve/test-servers';
import { describe, expect, test } from 'vitest';
import type { DynamoDbTaskStore } from '../../src/dynamodb-task-store.ts';
import { testDynamoDb } from '../tables/server.ts';
import { type Opened, openAt } from './opened.ts';
import { type Row, recorded } from './recorded.ts';

const all = { labourer: 'w0', token: 'token-1', cap: 100, limit: 100, lease: 1_200_000 };
const task = (id: string, more: Partial<NewTask> = {}): NewTask => ({ labourer: 'w0', id, payload: '{}' as JsonText, ...more });
const ids = (rows: readonly Row[]): readonly (string | undefined)[] => rows.map((row) => row['task_id']?.S);

describe.each(await dynamoDbServers())('on $name', (server) => {
  const db = testDynamoDb({ server });
  /** By default with an empty queue. */
  const open = async (stage = 'at 1200'): Promise<Opened & { readonly store: DynamoDbTaskStore }> => {
    const opened = await openAt(db, recorded('dead').stage(stage));
    return { ...opened, store: opened.store as DynamoDbTaskStore };
  };

  test('its queue begins with what is most urgent, and has nothing that is not due', async () => {
    const { store, view, now, clock } = await open();
    await store.enqueue([task('a'), task('b', { priority: 3 }), task('c', { priority: 9 }), task('d', { priority: 3 })]);
    await store.enqueue([task('later', { priority: 9, due: (now + 60) * 1_000 })]);
    expect(ids(await view.queued('w0', now + 1))).toEqual(['c', 'b', 'd', 'a']);
    const [lease] = (await store.claim({ ...all, limit: 1 })).leases;
    await store.settle([{ ...lease!, kind: 'retry', after: 30_000, error: 'not yet' }]);
    clock.set((now + 61) * 1_000);
    // What has waited is not due to it either: it is put where a sosw looks by the next claim of ours that has no use for it.
    expect(ids(await view.queued('w0', now + 61))).toEqual(['b', 'd', 'a']);
    await store.claim({ ...all, token: 'token-2', cap: 1 });
    expect(ids(await view.queued('w0', now + 61))).toEqual(['later', 'b', 'd', 'a']);
    expect(await view.expired('w0', now + 61)).toEqual([]);
  });

  test('an urgent task that it invokes and gives up comes back as the one it was', async () => {
    const { store, view, now, clock, tables } = await open();
    await store.enqueue([task('a', { priority: 5 }), task('b', { priority: 6 }), task('c')]);
    await view.mark('a', { greenfield: { N: String(now + tables.invocationDelta) }, attempts: { N: '1' } });
    await store.maintain(['w0']);
    clock.set((now + 1_300) * 1_000);
    const [expired] = await store.expired(['w0'], 10);
    expect(await store.reap([{ ...expired!, kind: 'retry', after: 0, error: 'expired' }])).toEqual(['applied']);
    const { leases } = await store.claim(all);
    expect(leases.map(({ id, attempt }) => [id, attempt])).toEqual([
      ['b', 1],
      ['a', 2],
      ['c', 1],
    ]);
    expect(await store.find(task('a'))).toMatchObject({ priority: 5, errors: [{ attempt: 1, error: 'expired' }] });
  });

  test('an end that something follows from is nothing for it to archive, and is among the closed', async () => {
    const { store, view, now } = await open();
    await store.enqueue([task('a', { follow: '["b"]' as JsonText }), task('c', { follow: '["d"]' as JsonText })]);
    const { leases } = await store.claim(all);
    await store.settle([
      { ...leases[0]!, kind: 'completed', result: '{"rows": 7}' as JsonText },
      { ...leases[1]!, kind: 'dead', error: 'no' },
    ]);
    // Its Scavenger archives what has completed_at and a greenfield from now on; older ones go by closed_at.
    const rows = (await view.rows(view.tables.tasks)).filter((row) => row['labourer_id'] && row['greenfield']);
    expect([...ids(rows)].sort()).toEqual(['a', 'c']);
    for (const row of rows) expect([row['completed_at'], row['closed_at']]).toEqual([undefined, undefined]);
    for (const look of [view.queued, view.running, view.expired]) expect(await look.call(view, 'w0', now + 1)).toEqual([]);
    expect(await view.closed('w0', 1)).toMatchObject([{ task_id: { S: 'a' }, completed_at: { N: String(now) }, result_rows: { N: '7' } }]);
    const ends = await store.outbox(['w0'], 10);
    await store.takeOut(ends);
    expect(ends.map(({ id, state }) => [id, state]).sort()).toEqual([
      ['a', 'completed'],
      ['c', 'dead'],
    ]);
    const left = (await view.rows(view.tables.tasks)).filter((row) => ids([row])[0] === 'a');
    expect(left).toMatchObject([{ closed_at: { N: String(now) }, reeve_ttl: { N: String(now + 7 * 86_400) } }]);
    expect(left[0]?.['greenfield']).toBeUndefined();
  });

  test('what its assistant completes has an end to follow as well', async () => {
    const { store, view, now } = await open();
    await store.enqueue([task('a', { follow: '["b"]' as JsonText })]);
    await store.claim(all);
    await view.assist('a', now);
    await store.maintain(['w0']);
    const ends = await store.outbox(['w0'], 10);
    expect(ends).toMatchObject([{ id: 'a', state: 'completed', endedAt: now * 1_000, follow: '["b"]' }]);
    await store.takeOut(ends);
    expect(await store.outbox(['w0'], 10)).toEqual([]);
    expect(await store.find(task('a'))).toMatchObject({ state: 'completed', endedAt: now * 1_000 });
  });

  test('a task that it has buried is queued again, with the payload it had', async () => {
    const { store, view } = await open('at 4620');
    const [dead] = await view.closed('w0', 0);
    const id = dead?.['task_id']?.S ?? '';
    const before = await store.find({ labourer: 'w0', id });
    expect(before).toMatchObject({ state: 'dead' });
    expect(await store.redrive([{ labourer: 'w0', id }])).toEqual(['queued']);
    expect(await view.closed('w0', 0)).toEqual([]);
    expect((await store.claim(all)).leases).toMatchObject([{ id, attempt: 1, payload: before?.payload }]);
  });

  test('what it has invoked is cancelled with the verdict, and what it has put off at once', async () => {
    const { store, view, now, clock, tables } = await open();
    await store.enqueue([task('runs'), task('waits')]);
    await view.mark('runs', { greenfield: { N: String(now + tables.invocationDelta) }, attempts: { N: '1' } });
    await view.putOff('waits', now + 600);
    expect(await store.cancel([task('runs'), task('waits'), task('nobody')])).toEqual(['cancelling', 'cancelled', 'unknown']);
    expect(await store.find(task('runs'))).toMatchObject({ state: 'running', cancelling: true });
    expect(await store.find(task('waits'))).toMatchObject({ state: 'cancelled' });
    await store.maintain(['w0']);
    clock.set((now + 1_300) * 1_000);
    const [expired] = await store.expired(['w0'], 10);
    expect(await store.reap([{ ...expired!, kind: 'retry', after: 0, error: 'expired' }])).toEqual(['cancelled']);
    expect(await store.find(task('runs'))).toMatchObject({ state: 'cancelled', attempts: 1 });
  });
});
