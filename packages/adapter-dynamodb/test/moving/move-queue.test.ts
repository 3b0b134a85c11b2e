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
