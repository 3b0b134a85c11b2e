/** A team goes back to sosw, or keeps it running beside Reeve: the rows that Reeve wrote are what Python reads. */
import type { JsonText } from '@reeve/core';
import { dynamoDbServers } from '@reeve/test-servers';
import { describe, expect, test } from 'vitest';
import { testDynamoDb } from '../tables/server.ts';
import { type Opened, openAt } from './opened.ts';
import { normal, soswOnly } from './python-view.ts';
import { byId, type Row, recorded } from './recorded.ts';

const all = { labourer: 'w0', token: 'token-1', cap: 100, limit: 100, lease: 1_200_000 };
/** Each attribute of sosw's by name, and its type. */
const shape = (row: Row): unknown =>
  Object.fromEntries(
    Object.entries(row)
      .filter(([name]) => !name.startsWith('reeve_'))
      .map(([name, value]) => [name, Object.keys(value)[0]])
      .sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  );

describe.each(await dynamoDbServers())('on $name', (server) => {
  const db = testDynamoDb({ server });
  const open = (scenario: string, stage: string): Promise<Opened> => openAt(db, recorded(scenario).stage(stage));

  test('a task of ours is queued where sosw looks, in order, with the attributes of its own', async () => {
    const { store, view, now } = await open('dead', 'at 1200'); // an empty queue
    await store.enqueue(['a', 'b', 'c'].map((id) => ({ labourer: 'w0', id, payload: '{"n": 1.0}' as JsonText })));
    const rows = await view.queued('w0', now + 1);
    expect(rows.map((row) => row['task_id']?.S)).toEqual(['a', 'b', 'c']);
    const [theirs] = recorded('typed').stage('created').tables.sosw_tasks;
    for (const row of rows) expect(shape(row)).toEqual(shape(theirs!));
    expect(rows[0]).toMatchObject({ attempts: { N: '0' }, payload: { S: '{"n": 1.0}' } });
    // sosw takes what is not below now for running or expired.
    for (const row of rows) expect(Number(row['greenfield']?.N)).toBeLessThan(now);
  });

  test('what we claim is running to sosw: the same row as if it had been the one to invoke', async () => {
    const { store, view, clock, tables } = await open('typed', 'created');
    const { now, tables: after } = recorded('typed').stage('invoked');
    clock.set(now * 1_000);
    await store.claim(all);
    expect(await view.queued('w0', now)).toEqual([]);
    expect(await view.running('w0', now)).toHaveLength(22);
    expect(await view.expired('w0', now)).toEqual([]);
    const ours = byId(await view.rows(tables.tasks));
    for (const row of after.sosw_tasks) expect(soswOnly(ours.get(row['task_id']?.S ?? '')!), row['task_id']?.S).toEqual(soswOnly(row));
  });

  test('what is completed with us is closed with the attributes that sosw would have written', async () => {
    const { store, view, clock } = await open('typed', 'created');
    const completed = recorded('typed').stage('completed');
    clock.set(recorded('typed').stage('invoked').now * 1_000);
    const { leases } = await store.claim(all);
    clock.set(completed.now * 1_000);
    const text = (value: unknown): JsonText => (typeof value === 'string' ? value : JSON.stringify(value)) as JsonText;
    const reports = new Map(completed.assists!.map(({ task, args }) => [task, args]));
    const outcomes = await store.settle(
      leases.map(({ labourer, id, token }) => {
        const { stats, result } = reports.get(id)!;
        return { labourer, id, token, kind: 'completed', ...(stats !== undefined && { stats: text(stats) }), ...(result !== undefined && { result: text(result) }) } as const;
      }),
    );
    expect(new Set(outcomes)).toEqual(new Set(['applied']));
    const ours = byId(await view.closed('w0', 1));
    const differ: string[] = [];
    for (const row of recorded('typed').stage('archived').tables.sosw_closed_tasks) {
      const own = ours.get(row['task_id']?.S ?? '')!;
      for (const [name, value] of Object.entries(row)) {
        if (JSON.stringify(normal(own[name])) !== JSON.stringify(normal(value))) differ.push(`${row['task_id']?.S} ${name}`);
      }
    }
    // sosw closes when its Scavenger comes by, writes a repr for the payload, makes numbers of "0012", "7" and "12" and a map of a text that is JSON, and keeps a big one only as JavaScript does here.
    expect(differ.filter((each) => !/ (payload|closed_at)$/.test(each)).sort()).toEqual(DIFFER);
    expect(await view.queued('w0', completed.now)).toEqual([]);
    expect(await view.running('w0', completed.now)).toEqual([]);
  });

  test('what dies with us is closed as dead; what fails is queued where sosw looks once it is due', async () => {
    const { store, view, clock, now } = await open('dead', 'at 0');
    await store.enqueue(['dies', 'fails'].map((id) => ({ labourer: 'w0', id, payload: '{}' as JsonText })));
    const { leases } = await store.claim(all);
    const ref = (name: string) => ({ labourer: 'w0', id: name, token: leases.find(({ id }) => id === name)!.token });
    await store.settle([
      { ...ref('dies'), kind: 'dead', error: 'no' },
      { ...ref('fails'), kind: 'retry', after: 60_000, error: 'not yet' },
    ]);
    const [dead] = await view.closed('w0', 0);
    const [theirs] = recorded('dead').stage('at 4620').tables.sosw_closed_tasks;
    expect(shape(dead!)).toEqual(shape(theirs!));
    expect(dead).toMatchObject({ task_id: { S: 'dies' }, attempts: { N: '1' }, labourer_id_task_status: { S: 'w0_0' } });
    clock.set((now + 62) * 1_000);
    expect((await view.queued('w0', now + 62)).map((row) => row['task_id']?.S)).toEqual(['fails']);
  });

  test("a user's own attributes survive every transition", async () => {
    const { store, view, tables } = await open('typed', 'created');
    await view.mark('task-3', { failed_attempts: { N: '2' }, customer: { M: { name: { S: 'x' } } } });
    const [lease] = (await store.claim(all)).leases.filter(({ id }) => id === 'task-3');
    await store.settle([{ labourer: 'w0', id: 'task-3', token: lease!.token, kind: 'retry', after: 0, error: 'x' }]);
    const [again] = (await store.claim({ ...all, token: 'token-2' })).leases;
    await store.settle([{ labourer: 'w0', id: 'task-3', token: again!.token, kind: 'completed' }]);
    const closed = byId(await view.rows(tables.closed)).get('task-3')!;
    expect(closed).toMatchObject({ failed_attempts: { N: '2' }, customer: { M: { name: { S: 'x' } } } });
  });
});

const DIFFER: readonly string[] = ['task-12 result_dict', 'task-17 result_nested', 'task-5 result_num_str', 'task-7 result_json_str'];
