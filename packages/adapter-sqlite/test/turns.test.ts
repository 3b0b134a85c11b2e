import { type ClaimAnswer, MemoryTaskStore, type NewTask, type Operator, type TaskReader, type TaskStore, type Verdict } from '@reeve/core';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import type { SqliteClient, SqlValue } from '../src/index.ts';
import { SqliteTaskStore } from '../src/index.ts';
import { expectRightHeads } from './fixtures/heads.ts';
import { aTask, claimOf, completed, idsOf, openStore, someTasks } from './fixtures/stores.ts';

const refOf = ({ labourer, id, token }: { readonly labourer: string; readonly id: string; readonly token: string }) => ({
  labourer,
  id,
  token,
});

/** Numbers that only depend on the seed. */
const dice = (seed: number) => {
  let state = seed;
  return (sides: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
};

/** From small pages. */
const queuedIn = async (store: TaskReader): Promise<string[]> => {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({ labourer: 'mill', state: 'queued', limit: 3, ...(cursor !== undefined && { cursor }) });
    seen.push(...idsOf(page.tasks));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return seen;
};

describe('turns of keys', () => {
  it.each(Array.from({ length: 9 }, (_, seed) => seed))('are those of the memory store, and heads stay right, seed %i', async (seed) => {
    const roll = dice(seed);
    const { store, clock, file } = await openStore();
    const memory = new MemoryTaskStore({ clock });
    const both = <T>(step: (each: TaskStore & TaskReader & Operator) => Promise<T>): Promise<[T, T]> =>
      Promise.all([step(store), step(memory)]);
    // A late task is dropped by whoever meets it, which may be one of them only: it is not redriven then.
    const expires = seed % 2 === 0;
    const held: { labourer: string; id: string; token: string }[] = [];
    const draw = (id: string): NewTask =>
      aTask(id, {
        ...(roll(4) > 0 && { key: `key ${roll(seed % 3 === 0 ? 12 : 3)}` }),
        ...(roll(3) === 0 && { priority: roll(10) }),
        ...(roll(3) === 0 && { due: clock.now() + roll(5) - 1 }),
        ...(expires && roll(4) === 0 && { expiresAt: clock.now() + roll(8) }),
      });
    for (let step = 0; step < 160; step += 1) {
      const some = held.splice(0, roll(4));
      let answers: readonly ClaimAnswer[] = [];
      const known = { labourer: 'mill', id: `task ${roll(step + 1)}` };
      switch (roll(8)) {
        case 0:
        case 1: {
          const tasks = Array.from({ length: roll(4) }, (_, n) => draw(`task ${step}${n === 0 ? '' : `.${n}`}`));
          await both((each) => each.enqueue(tasks));
          break;
        }
        case 2:
        case 3:
        case 4: {
          const room = { of: new Map([0, 1, 2].map((key) => [`key ${key}`, roll(3)])), others: 1 + roll(2) };
          const by = { ...(roll(4) > 0 && { perKey: 1 + roll(3) }), ...(roll(3) === 0 && { room }) };
          const request = { ...claimOf({ cap: 12, limit: roll(9), lease: 20 }), ...by };
          const verdicts = some.map((ref): Verdict => ({ ...ref, kind: 'completed' }));
          answers = await both((each) => each.exchange(verdicts, request));
          held.push(...(answers[0]?.leases ?? []).map(refOf));
          break;
        }
        case 5:
          await both((each) => each.settle(some.map((ref) => ({ ...ref, kind: 'retry', after: some.length, error: 'no' }))));
          break;
        case 6:
          await both((each) => each.settle(some.map((ref) => ({ ...ref, kind: 'released' }))));
          await both((each) => each.cancel([known]));
          break;
        default:
          await clock.advance(roll(4));
          await both((each) => each.bury([{ ...known, error: 'no' }]));
          if (!expires) await both((each) => each.redrive([known]));
      }
      const [mine, its] = answers.map(({ leases, nextDueIn }) => [leases, expires || nextDueIn]);
      expect(mine, `step ${step}`).toEqual(its);
      expectRightHeads(file, `step ${step}`);
    }
    const [mine, its] = await both(queuedIn);
    expect(expires || mine).toEqual(expires || its);
  });

  /** A store, and how many rows its statements have answered. */
  const counted = async () => {
    const client = new Database(':memory:');
    const rows = { count: 0 };
    const database: SqliteClient = {
      get inTransaction() {
        return client.inTransaction;
      },
      exec: (sql) => client.exec(sql),
      prepare: (sql) => {
        const statement = client.prepare(sql);
        const all = (...values: SqlValue[]): unknown[] => {
          const found = statement.all(...values);
          rows.count += found.length;
          return found;
        };
        return { run: (...values) => statement.run(...values), get: (...values) => statement.get(...values), all };
      },
      close: () => client.close(),
    };
    return { store: await SqliteTaskStore.open({ database }), rows };
  };

  it.each([
    ['of one key', () => 'big'],
    ['of a thousand keys', (n: number) => `key ${n % 1_000}`],
    ['of a key each', (n: number) => `key ${n}`],
  ])('reads in proportion to what it takes, behind many tasks %s', async (_, keyOf) => {
    const { store, rows } = await counted();
    await store.enqueue(someTasks(5_000).map((task, n) => ({ ...task, key: keyOf(n) })));
    await store.enqueue([aTask('small', { key: 'small' }), aTask('plain')]);
    for (const limit of [1, 10, 50]) {
      rows.count = 0;
      const { leases } = await store.claim({ ...claimOf({ limit }), perKey: 25 });
      expect(leases.length).toBeGreaterThan(0);
      // What runs of each key, the heads, what is taken and a few for the lanes: each once or twice.
      expect(rows.count).toBeLessThan(10 * limit + 20);
    }
  });

  it('reads of keys without room their heads alone, however much is queued of them', async () => {
    const { store, rows } = await counted();
    await store.enqueue(someTasks(10_000).map((task, n) => ({ ...task, key: `key ${n % 500}` })));
    await store.enqueue([aTask('small', { key: 'small' })]);
    const room = { of: new Map(Array.from({ length: 500 }, (_, n) => [`key ${n}`, 0])), others: 1 };
    rows.count = 0;
    expect(idsOf((await store.claim({ ...claimOf({ limit: 10 }), room })).leases)).toEqual(['small']);
    // In pages, each twice as long as the one before.
    expect(rows.count).toBeLessThan(2 * 500 + 50);
  });

  it('passes over keys that are full, however much is queued of them', async () => {
    const { store } = await openStore();
    await store.enqueue(someTasks(3_000, { key: 'big' }));
    await store.enqueue([aTask('b', { key: 'small' }), aTask('c')]);
    const first = await store.claim({ ...claimOf(), perKey: 2 });
    expect(idsOf(first.leases)).toEqual(['task-000000', 'b', 'c', 'task-000001']);
    expect(first.nextDueIn).toBe(0);
    expect((await store.claim({ ...claimOf(), perKey: 2 })).leases).toEqual([]);
    await store.settle(first.leases.slice(0, 1).map(completed));
    expect(idsOf((await store.claim({ ...claimOf(), perKey: 2 })).leases)).toEqual(['task-000002']);
    expect(idsOf((await store.claim(claimOf({ limit: 2 }))).leases)).toEqual(['task-000003', 'task-000004']);
  });
});
