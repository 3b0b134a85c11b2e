/** What a sosw beside us, and its workers, do to rows that are ours, or theirs. */
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { first, GUARD, ids, LEASE, type Open, openTables, ref, request, soswRow, task, tasks } from '../fixtures/open.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
let open: Open;
beforeEach(async () => {
  open = await openTables(db);
});

const seconds = (at: number): string => String(at / 1_000);
/** What its WorkerAssistant does, whatever there is. */
const assist = (id: string): Promise<void> => open.set(id, { completed_at: { N: seconds(open.clock.now()) }, result_rows: { N: '7' } });
const all = { labourer: 'mill', limit: 100 } as const;

describe('a worker of sosw that completes', () => {
  it('a task that we run ends it: its place is free, our verdict stale, and it is archived', async () => {
    const store = open.store();
    await store.enqueue(tasks(2));
    const lease = first((await store.claim(request({ cap: 1 }))).leases);
    await assist(lease.id);
    expect(await store.settle([{ ...ref(lease), kind: 'retry', after: 0, error: 'no' }])).toEqual(['stale']);
    expect(await store.renew([{ ...ref(lease), lease: LEASE }])).toEqual([{ kind: 'stale' }]);
    await open.clock.advance(LEASE);
    await store.maintain(['mill']);
    expect(await open.places()).toEqual([]);
    expect(await open.closed(lease.id)).toMatchObject({ labourer_id_task_status: { S: 'mill_1' }, result_rows: { N: '7' } });
    expect(await store.find(lease)).toMatchObject({ state: 'completed', result: '{"rows":7}' });
    expect(ids((await store.claim(request({ cap: 1 }))).leases)).toEqual(['task-0001']);
  });

  it('a task after its lease, when it is queued again, ends it as well: it does not run again, however long the queue', async () => {
    const store = open.store();
    await store.enqueue(tasks(20));
    const lease = first((await store.claim(request({ limit: 1 }))).leases);
    await open.clock.advance(LEASE + GUARD);
    await store.reap([{ ...ref(lease), kind: 'retry', after: 0, error: 'expired' }]);
    await assist(lease.id);
    expect(ids((await store.claim(request({ limit: 3 }))).leases)).toEqual(['task-0001', 'task-0002', 'task-0003']);
    expect(await open.closed(lease.id)).toMatchObject({ labourer_id_task_status: { S: 'mill_1' }, closed_at: { N: expect.any(String) } });
    expect((await open.row(lease.id))?.['greenfield']).toBeUndefined();
  });

  it('a task that we have buried leaves it buried, everywhere', async () => {
    const store = open.store();
    await store.enqueue([task('a')]);
    const lease = first((await store.claim(request())).leases);
    const bury = { ...ref(lease), kind: 'dead' as const, error: 'no' };
    await store.settle([bury]);
    await assist('a');
    expect(await store.settle([bury])).toEqual(['repeated']);
    expect(await store.find(lease)).toMatchObject({ state: 'dead', error: 'no' });
    expect(await open.closed('a')).toMatchObject({ labourer_id_task_status: { S: 'mill_0' } });
    expect((await store.list({ ...all, state: 'dead' })).tasks).toMatchObject([{ id: 'a', state: 'dead' }]);
  });

  it('a task while it waits in the table of retries: it is completed, and not lost', async () => {
    await open.put(open.tables.retry, {
      ...soswRow('a', open.clock.now() - 1_000),
      desired_launch_time: { N: seconds(open.clock.now()) },
      attempts: { N: '1' },
    });
    await assist('a');
    const store = open.store({ lookForSosw: 0 });
    await store.maintain(['mill']);
    expect((await store.claim(request())).leases).toEqual([]);
    expect(await store.find({ labourer: 'mill', id: 'a' })).toMatchObject({
      state: 'completed',
      attempts: 1,
      payload: '{"n": 1.0}',
      result: '{"rows":7}',
    });
    expect(await open.closed('a')).toMatchObject({ labourer_id_task_status: { S: 'mill_1' }, result_rows: { N: '7' } });
  });

  it('an id that nobody knows makes a row that is no task', async () => {
    await assist('ghost');
    const store = open.store({ lookForSosw: 0 });
    await store.maintain(['mill']);
    expect(await store.find({ labourer: 'mill', id: 'ghost' })).toBeUndefined();
    for (const state of ['queued', 'running', 'completed', 'dead', 'aside'] as const)
      expect((await store.list({ ...all, state })).tasks).toEqual([]);
    expect(await store.settle([{ labourer: 'mill', id: 'ghost', token: '', kind: 'completed' }])).toEqual(['stale']);
    // And stands in nobody's way.
    expect(await store.enqueue([task('ghost')])).toEqual(['created']);
    expect(ids((await store.claim(request())).leases)).toEqual(['ghost']);
  });
});

describe('a sosw that moves a row of ours with our lease in it', () => {
  const moved = async (change: (row: NonNullable<Awaited<ReturnType<Open['row']>>>) => Promise<void>) => {
    const store = open.store({ lookForSosw: 0 });
    await store.enqueue([task('a')]);
    await store.claim(request({ cap: 1 }));
    await open.clock.advance(LEASE + GUARD);
    await change((await open.row('a'))!);
    await store.maintain(['mill']);
    return store;
  };

  it('to the head of its queue: the task runs again', async () => {
    const store = await moved((row) => open.put(open.tables.tasks, { ...row, greenfield: { N: '999' } }));
    expect(await store.labourersWithDue(['mill'])).toEqual(new Set(['mill']));
    expect((await store.claim(request({ cap: 1 }))).leases).toMatchObject([{ id: 'a', attempt: 2 }]);
    expect(await open.places()).toContain('@a~2');
  });

  it('and invokes it: it is adopted, and expires', async () => {
    const store = await moved((row) =>
      open.put(open.tables.tasks, {
        ...row,
        greenfield: { N: String(open.clock.now() / 1_000 + open.tables.invocationDelta) },
        attempts: { N: '2' },
      }),
    );
    await store.maintain(['mill']);
    expect(await open.places()).toContain('@a~2');
    await open.clock.advance(1_200_000 + GUARD);
    expect(await store.expired(['mill'], 10)).toMatchObject([{ id: 'a', attempt: 2 }]);
  });

  it('to its table of retries, from where we bring it back: the task runs again', async () => {
    const store = await moved(async (row) => {
      await open.put(open.tables.retry, { ...row, desired_launch_time: { N: seconds(open.clock.now() + 60_000) } });
      await db.client.send(new DeleteItemCommand({ TableName: open.tables.tasks, Key: { task_id: { S: 'a' } } }));
    });
    expect(await open.places()).toEqual([]);
    await open.clock.advance(60_000);
    await store.maintain(['mill']);
    expect((await store.claim(request({ cap: 1 }))).leases).toMatchObject([{ id: 'a', attempt: 2 }]);
  });
});

describe('rows that sosw made', () => {
  it('and lost sight of, past the present, go back into the queue in the order of their creation', async () => {
    const now = open.clock.now();
    for (const [n, id] of ['b', 'a', 'c'].entries())
      await open.put(open.tables.tasks, soswRow(id, now - 3_000 + n, { greenfield: { N: String(now / 1_000 + 5_000 - n) } }));
    const store = open.store({ lookForSosw: 0 });
    expect((await store.claim(request())).leases).toEqual([]);
    expect((await store.maintain(['mill'])).done).toMatchObject({ lifted: 3 });
    expect(await store.labourersWithDue(['mill'])).toEqual(new Set(['mill']));
    expect(ids((await store.claim(request())).leases)).toEqual(['b', 'a', 'c']);
  });

  it('keep the attributes that nobody here knows, through every verdict', async () => {
    const own = {
      failed_attempts: { N: '2' },
      customer: { M: { name: { S: 'x' } } },
      picture: { B: Uint8Array.of(1, 2) },
      tags: { SS: ['a', 'b'] },
      empty: { S: '' },
    };
    await open.put(open.tables.tasks, soswRow('a', open.clock.now() - 1_000, own));
    const store = open.store();
    for (const verdict of [{ kind: 'retry', after: 0, error: 'no' }, { kind: 'released' }, { kind: 'completed' }] as const) {
      const lease = first((await store.claim(request())).leases);
      await store.renew([{ ...ref(lease), lease: 2 * LEASE }]);
      expect(await store.settle([{ ...ref(lease), ...verdict }])).toEqual(['applied']);
      expect(await open.row('a')).toMatchObject(own);
    }
    expect(await open.closed('a')).toMatchObject(own);
  });

  it.each([
    ['payload', { M: { key: { S: 'secret' } } }],
    ['payload', { S: "{'n': 1" }],
    ['payload', { N: '7' }],
    ['created_at', { S: '2026-01-05' }],
    ['attempts', { S: '1' }],
    ['attempts', { NULL: true }],
  ])('with %s of a wrong type are set aside with all that is in them, and stop no other', async (name, value) => {
    const row = soswRow('bad', open.clock.now() - 2_000, { [name]: value as never, mine: { S: 'kept' } });
    await open.put(open.tables.tasks, row);
    await open.put(open.tables.tasks, soswRow('good', open.clock.now() - 1_000, { greenfield: { N: '3000' } }));
    const store = open.store({ lookForSosw: 0 });
    const { leases, aside = [] } = await store.claim(request());
    expect(ids(leases)).toEqual(['good']);
    expect(aside).toMatchObject([{ labourer: 'mill', id: 'bad', problem: expect.stringContaining(name) }]);
    expect(JSON.stringify(aside)).not.toContain('secret');
    const { greenfield: _, ...rest } = row;
    expect(await open.row('bad')).toMatchObject(rest);
    expect(await open.closed('bad')).toMatchObject(rest);
    expect(await store.find({ labourer: 'mill', id: 'bad' })).toMatchObject({ state: 'aside', problem: expect.stringContaining(name) });
    await store.maintain(['mill']);
    expect((await open.store().claim(request())).aside).toBeUndefined();
  });
});
