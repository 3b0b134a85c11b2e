import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type JsonText, type NewTask, refOf, type TaskRecord } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { describe, expect, it } from 'vitest';
import { createNativeTable, createTables, DynamoDbNativeTaskStore, DynamoDbTaskStore, defaultTables, moveQueue } from '../../src/index.ts';
import { clientOf, testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
const labourer = 'mill';
const LEASE = 60_000;
/** Ahead of the server's own clock, by which it drops what has expired; and before 2052, where the time line of sosw's queue ends. */
const START = Date.UTC(2050, 0, 4, 12);

type Store = DynamoDbTaskStore | DynamoDbNativeTaskStore;
interface Bench {
  readonly clock: ManualClock;
  readonly from: Store;
  readonly to: Store;
  /** The source and the target, over a client of its own. */
  readonly over: (client: DynamoDBClient) => { readonly from: Store; readonly to: Store };
}

const open = async (way: 'to native' | 'to greenfield'): Promise<Bench> => {
  const clock = new ManualClock(START);
  const prefix = db.prefix();
  const [tables, nativeTable] = [defaultTables(prefix), `${prefix}reeve`];
  await createTables(db.client, tables);
  await createNativeTable(db.client, nativeTable);
  const over: Bench['over'] = (client) => {
    const greenfield = new DynamoDbTaskStore({ client, tables, clock });
    const native = new DynamoDbNativeTaskStore({ client, nativeTable, clock });
    return way === 'to native' ? { from: greenfield, to: native } : { from: native, to: greenfield };
  };
  return { clock, over, ...over(db.client) };
};

const aTask = (n: number, over: Partial<NewTask> = {}): NewTask => ({
  id: `task-${n}`,
  labourer,
  payload: `{"n":${n}}` as JsonText,
  ...over,
});
const request = (token: string, limit = 1_000) => ({ labourer, token, cap: 1_000, limit, lease: LEASE });

/** Fresh ones, late ones, delayed ones, a retry that is due, one that waits, and a released task. */
const fill = async ({ clock, from }: Bench): Promise<void> => {
  await from.enqueue([aTask(0), aTask(1), aTask(2)]);
  const { leases } = await from.claim(request('first'));
  const [a, b, c] = leases.map(refOf);
  await from.settle([
    { ...a!, kind: 'retry', after: 0, error: 'again' },
    { ...b!, kind: 'retry', after: 1_000_000, error: 'later' },
    { ...c!, kind: 'released' },
  ]);
  await clock.advance(2_000);
  const now = clock.now();
  await from.enqueue([
    ...Array.from({ length: 40 }, (_, n) => aTask(10 + n)),
    aTask(60, { due: now - 90_000 }),
    aTask(61, { due: now + 500_000 }),
    aTask(62, { due: now + 400_000 }),
  ]);
  const own = from instanceof DynamoDbNativeTaskStore ? from.newId({ labourer }) : undefined;
  await from.enqueue([aTask(70, own === undefined ? {} : { id: own })]);
};

const queued = async (store: Store): Promise<readonly TaskRecord[]> =>
  (await store.list({ labourer, state: 'queued', limit: 1_000 })).tasks;

describe.each(['to native', 'to greenfield'] as const)('%s', (way) => {
  it('moves what is queued, with all that it has behind it, in its order', async () => {
    const bench = await open(way);
    await fill(bench);
    const before = await queued(bench.from);
    expect(before).toHaveLength(47);
    expect(await moveQueue({ ...bench, labourers: [labourer] })).toEqual({ moved: 47, conflicts: [] });
    expect(await queued(bench.from)).toEqual([]);
    expect(await bench.from.find({ labourer, id: 'task-10' })).toBeUndefined();
    expect(await queued(bench.to)).toEqual(before);
    expect((await bench.to.labourersWithDue([labourer])).has(labourer)).toBe(true);
    const { leases } = await bench.to.claim(request('there'));
    expect(leases.map(({ id }) => id)).toEqual(before.slice(0, 44).map(({ id }) => id));
    expect(leases.find(({ id }) => id === 'task-0')).toMatchObject({ attempt: 2 });
    expect(await moveQueue({ ...bench, labourers: [labourer] })).toEqual({ moved: 0, conflicts: [] });
  });

  it('moves what was wished for each task, and every error it had', async () => {
    const bench = await open(way);
    const { clock, from, to } = bench;
    const later = clock.now() + 3_600_000;
    await from.enqueue([aTask(0, { priority: 9 }), aTask(1, { priority: 5, follow: '"then"' as JsonText })]);
    for (const error of ['one', 'two']) {
      const { leases } = await from.claim(request(`before ${error}`, 1));
      await from.settle(leases.map((each) => ({ ...refOf(each), kind: 'retry' as const, after: 0, error })));
      await clock.advance(2_000);
    }
    await from.enqueue([
      aTask(2, { priority: 9 }),
      aTask(3),
      aTask(4, { priority: 5, due: later }),
      aTask(5, { expiresAt: clock.now() + 10_000 }),
      aTask(6, { priority: 1, expiresAt: clock.now() + 10_000 }),
    ]);
    const before = await queued(from);
    expect(before.find(({ id }) => id === 'task-0')?.errors).toMatchObject([
      { attempt: 1, error: 'one' },
      { attempt: 2, error: 'two' },
    ]);
    expect(await moveQueue({ ...bench, labourers: [labourer] })).toEqual({ moved: 7, conflicts: [] });
    expect(await queued(to)).toEqual(before);
    await clock.advance(10_000);
    const answer = await to.claim(request('there'));
    expect(answer.leases.map(({ id }) => id)).toEqual(['task-0', 'task-2', 'task-1', 'task-3']);
    expect([...(answer.dropped ?? [])].map(({ id }) => id).sort()).toEqual(['task-5', 'task-6']);
    await to.settle(answer.leases.map((each) => ({ ...refOf(each), kind: 'completed' as const })));
    expect(await to.outbox([labourer], 10)).toMatchObject([{ id: 'task-1', state: 'completed', follow: '"then"' }]);
    await clock.advance(3_600_000);
    expect((await to.claim(request('later'))).leases.map(({ id }) => id)).toEqual(['task-4']);
  });

  it('moves keys, and they count there', async () => {
    const bench = await open(way);
    const { clock, from, to } = bench;
    await from.enqueue([aTask(0, { key: 'a' }), aTask(1, { key: 'a', priority: 3 }), aTask(2, { key: 'b' })]);
    await clock.advance(1);
    await from.enqueue([aTask(3)]);
    const before = await queued(from);
    expect(before.map(({ key }) => key)).toEqual(['a', 'a', 'b', undefined]);
    expect(await moveQueue({ ...bench, labourers: [labourer] })).toEqual({ moved: 4, conflicts: [] });
    expect(await queued(to)).toEqual(before);
    const turns = async () => (await to.claim({ ...request('there'), perKey: 1 })).leases.map(({ id }) => id);
    expect(await turns()).toEqual(['task-1', 'task-2', 'task-3']);
    expect(await turns()).toEqual([]);
  });

  it('refuses while something runs, and moves nothing then', async () => {
    const bench = await open(way);
    await bench.from.enqueue([aTask(1), aTask(2)]);
    await bench.from.claim(request('first', 1));
    await expect(moveQueue({ ...bench, labourers: ['other', labourer] })).rejects.toMatchObject({ code: 'TASKS_RUNNING' });
    expect(await queued(bench.to)).toEqual([]);
  });

  it('leaves a task whose id has another task there, and lets it run where it is', async () => {
    const bench = await open(way);
    await bench.from.enqueue([aTask(1), aTask(2)]);
    await bench.to.enqueue([aTask(2, { payload: '"another"' as JsonText })]);
    expect(await moveQueue({ ...bench, labourers: [labourer] })).toEqual({ moved: 1, conflicts: ['task-2'] });
    expect((await bench.from.claim(request('here'))).leases.map(({ id }) => id)).toEqual(['task-2']);
  });

  it('goes on where it died, whatever the request, and each task is there once', async () => {
    const bench = await open(way);
    await fill(bench);
    const before = await queued(bench.from);
    const client = mortal(db.url);
    let lives = 0;
    for (let done = false; !done; lives += 1) {
      // Each life sends a few requests more than nothing; so every request is the last of one of them, before or after.
      client.live(60 + 7 * lives, lives % 2 === 0);
      done = await moveQueue({
        ...bench.over(client.client),
        labourers: [labourer],
        clock: { now: () => bench.clock.now(), sleep: async () => {} },
      }).then(
        () => true,
        () => false,
      );
      await client.settled();
    }
    expect(lives).toBeGreaterThan(3);
    expect(await queued(bench.from)).toEqual([]);
    const after = await queued(bench.to);
    expect(after.map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());
    expect(after.find(({ id }) => id === 'task-1')).toEqual(before.find(({ id }) => id === 'task-1'));
  });
});

it('takes two stores of this package, and not one twice', async () => {
  const { from } = await open('to native');
  await expect(moveQueue({ from, to: from, labourers: [] })).rejects.toMatchObject({ code: 'INVALID_DYNAMODB_STORE' });
});

/** A client that dies after so many requests: the last one happens, or does not, and nothing is sent after it. */
const mortal = (url: string) => {
  const inner = clientOf(url);
  const state = { left: 0, happens: false, open: new Set<Promise<unknown>>() };
  const send = async (command: Parameters<DynamoDBClient['send']>[0]): Promise<unknown> => {
    state.left -= 1;
    if (state.left < 0 || (state.left === 0 && !state.happens)) throw new Error('the process is gone');
    const answer = inner.send(command);
    state.open.add(answer);
    await answer;
    if (state.left <= 0) throw new Error('the process is gone');
    return answer;
  };
  return {
    client: Object.create(inner, { send: { value: send } }) as DynamoDBClient,
    live: (requests: number, happens: boolean) => Object.assign(state, { left: requests, happens }),
    settled: async () => {
      await Promise.allSettled([...state.open]);
    },
  };
};
