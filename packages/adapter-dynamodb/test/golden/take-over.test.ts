/** A team points Reeve at the tables of its running sosw: the rows that Python wrote are understood, and go on from where they were. */
import type { JsonText, Lease, MaintenanceReport, TaskStore } from '@reeve/core';
import { dynamoDbServers } from '@reeve/test-servers';
import { describe, expect, test } from 'vitest';
import { testDynamoDb } from '../tables/server.ts';
import { recorded, type Stage } from './recorded.ts';
import { soswOnly } from './python-view.ts';
import { type Opened, openAt } from './opened.ts';

const all = { labourer: 'w0', token: 'token-1', cap: 100, limit: 100, lease: 1_200_000 };
const ids = (leases: readonly { readonly id: string }[]): readonly string[] => leases.map(({ id }) => id);
/** The events in the order in which sosw sent them, as texts. */
const events = ({ invocations }: Stage): readonly string[] => invocations!.invoked.map(({ payload }) => payload);
const idIn = (event: string): string => (JSON.parse(event) as { task_id: string }).task_id;

const maintained = async (store: TaskStore): Promise<void> => {
  for (let report: MaintenanceReport = { done: {}, more: true }; report.more; ) report = await store.maintain(['w0']);
};

describe.each(await dynamoDbServers())('on $name', (server) => {
  const db = testDynamoDb({ server });
  const open = (scenario: string, stage: string): Promise<Opened> => openAt(db, recorded(scenario).stage(stage));

  test.each([
    ['typed', 'created', 'typed', 'invoked'],
    ['retry', 'requeued the rest', 'retry', 'invoked again'],
  ])('%s, "%s": queued rows are claimed in the order and with the members of the events that sosw sent', async (scenario, before, _, after) => {
    const { store, now } = await open(scenario, before);
    const sent = events(recorded(scenario).stage(after)).filter((event) => recorded(scenario).stage(before).tables.sosw_tasks.some((row) => row['task_id']?.S === idIn(event)));
    expect(sent.length).toBeGreaterThan(20);
    const { leases, aside } = await store.claim(all);
    expect(aside ?? []).toEqual([]);
    expect(ids(leases)).toEqual(sent.map(idIn));
    for (const [at, lease] of leases.entries()) {
      const event = sent[at]!;
      const { created_at, attempts } = JSON.parse(event) as { created_at: number; attempts: number };
      expect(lease, lease.id).toMatchObject({ attempt: attempts + 1, createdAt: Math.round(created_at * 1_000), claimedAt: now * 1_000 });
      // A worker sees the digits that Python would have sent: `"created_at": 1795420800.25, "greenfield": 500, "attempts": 0`.
      for (const name of ['created_at', 'greenfield', 'attempts']) expect(event, `${lease.id} ${name}`).toMatch(new RegExp(`"${name}": ${String(lease.members?.[name]).replace('.', '\\.')}[,}]`));
    }
  });

  test('payloads are handed on to the byte', async () => {
    const { store, view, tables } = await open('typed', 'created');
    const stored = new Map((await view.rows(tables.tasks)).map((row) => [row['task_id']?.S, row['payload']?.S]));
    for (const { id, payload } of (await store.claim(all)).leases) expect(payload, id).toBe(stored.get(id));
  });

  test('tasks that sosw runs hold places under the cap until they expire in its own way', async () => {
    const { store, clock, view } = await open('typed', 'invoked'); // 22 running
    await store.enqueue([{ labourer: 'w0', id: 'ours', payload: '{}' as JsonText }]);
    await maintained(store);
    expect((await store.claim({ ...all, cap: 22 })).leases).toEqual([]);
    expect(await store.expired(['w0'], 100)).toEqual([]);
    await view.assist('task-3', clock.now() / 1_000);
    await maintained(store);
    expect(ids((await store.claim({ ...all, cap: 22 })).leases)).toEqual(['ours']);
  });

  test('what nobody completes expires after 1,200 s, and is retried or buried', async () => {
    const { store, clock, now } = await open('typed', 'invoked');
    clock.set((now + 1_199) * 1_000);
    await maintained(store);
    expect(await store.expired(['w0'], 100)).toEqual([]);
    clock.set((now + 1_201) * 1_000 + store.capabilities.clockGuard);
    await maintained(store);
    const expired = await store.expired(['w0'], 100);
    expect(expired).toHaveLength(22);
    const [retry, dead] = [expired[0] as Lease, expired[1] as Lease];
    const refOf = ({ labourer, id, token }: Lease) => ({ labourer, id, token });
    expect(await store.reap([{ ...refOf(retry), kind: 'retry', after: 0, error: 'expired' }, { ...refOf(dead), kind: 'dead', error: 'expired' }])).toEqual(['applied', 'applied']);
    expect(ids((await store.claim(all)).leases)).toEqual([retry.id]);
  });

  test.each([
    ['typed', 'completed', 'archived', 80],
    ['worker', 'completed', 'archived', 15],
  ])("%s: what sosw's assistant completed is archived as its Scavenger would have done", async (scenario, before, after) => {
    const { store, view, tables } = await open(scenario, before);
    await maintained(store);
    const ours = new Map((await view.closed('w0', 1)).map((row) => [row['task_id']?.S, row]));
    const theirs = recorded(scenario).stage(after).tables.sosw_closed_tasks;
    expect(ours.size).toBe(theirs.length);
    // The payload is JSON where sosw writes a repr, the time of closing is when it was done, and texts stay texts, whatever is in them.
    const but = ['payload', 'closed_at', 'result_json_str', 'result_nested', 'result_dict', 'result_num_str'];
    for (const row of theirs) expect(soswOnly(ours.get(row['task_id']?.S)!, ...but), row['task_id']?.S).toEqual(soswOnly(row, ...but));
    const queued = new Map(recorded(scenario).stage(before).tables.sosw_tasks.map((row) => [row['task_id']?.S, row]));
    for (const [id, row] of ours) expect(row['payload'], id).toEqual(queued.get(id)!['payload']);
    expect((await store.claim(all)).leases).toEqual([]);
    expect((await view.rows(tables.tasks)).filter((row) => row['greenfield'] && row['completed_at'])).toEqual([]);
  });

  test("rows that wait in sosw's retry table come back when they are due, the first of them first", async () => {
    const { store, clock } = await open('retry', 'expired'); // 25 of them, due from T+1500 on, one a second
    const { T } = recorded('retry');
    clock.set((T + 1_499) * 1_000);
    await maintained(store);
    expect((await store.claim(all)).leases).toEqual([]);
    clock.set((T + 1_600) * 1_000);
    await maintained(store);
    const { leases } = await store.claim(all);
    expect(ids(leases)).toEqual(Array.from({ length: 25 }, (_, at) => `task-${at}`));
    expect(leases.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 25 }, () => 2));
  });

  test('rows that sosw closed are known: read, and not made again', async () => {
    const { store } = await open('retry', 'archived');
    const found = await store.find({ labourer: 'w0', id: 'task-0' });
    expect(found).toMatchObject({ state: 'completed', attempts: 2, payload: '{"n": 0, "u": "\\u017e", "z": {"a": [1, null]}}' });
  });
});
