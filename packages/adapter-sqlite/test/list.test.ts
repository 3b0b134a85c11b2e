import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { Connection } from '../src/connection/connection.ts';
import { census } from '../src/reading/census.ts';
import { aTask, claimOf, completed, idsOf, openStore, someTasks } from './fixtures/stores.ts';

it('turns the page at the same task when others have left', async () => {
  const { store } = await openStore();
  await store.enqueue(someTasks(10));
  const first = await store.list({ labourer: 'mill', state: 'queued', limit: 3 });
  const { leases } = await store.claim(claimOf({ limit: 5 }));
  await store.settle(leases.map(completed));
  const second = await store.list({ labourer: 'mill', state: 'queued', limit: 3, cursor: first.cursor! });
  expect([...idsOf(first.tasks), ...idsOf(second.tasks)].map((id) => Number(id.slice(5)))).toEqual([0, 1, 2, 5, 6, 7]);
  const third = await store.list({ labourer: 'mill', state: 'queued', limit: 3, cursor: second.cursor! });
  expect(third.cursor).toBeUndefined();
  expect(third.tasks).toHaveLength(2);
});

it('pages through each state, every task once, in its order', async () => {
  const { store, clock } = await openStore();
  await store.enqueue(someTasks(20));
  for (let n = 0; n < 20; n += 1) {
    const { leases } = await store.claim(claimOf({ limit: 1, lease: 60_000 - 7_000 * (n % 3) }));
    if (n % 2 === 0) await store.settle(leases.map(completed));
    if (n % 4 === 0) await clock.advance(1);
  }
  for (const [state, expected] of [
    ['running', 10],
    ['completed', 10],
    ['queued', 0],
    ['dead', 0],
    ['aside', 0],
  ] as const) {
    const seen = [];
    let cursor: string | undefined;
    do {
      const page = await store.list({ labourer: 'mill', state, limit: 3, ...(cursor !== undefined && { cursor }) });
      seen.push(...page.tasks);
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(new Set(idsOf(seen)).size, state).toBe(expected);
    expect(seen).toHaveLength(expected);
    const keys = seen.map((task) => (task.state === 'running' ? task.deadline : task.state === 'completed' ? -task.endedAt : 0));
    expect(keys).toEqual([...keys].sort((a, b) => a - b));
  }
});

describe('refuses', () => {
  it.each(['', '1', '1_2', 'a_b_c', '1_2_3_4', '1__3', '1_2_99999999999999999999', "0_0_0'--"])('the cursor "%s"', async (cursor) => {
    const { store } = await openStore();
    const call = store.list({ labourer: 'mill', state: 'queued', limit: 1, cursor });
    await expect(call).rejects.toMatchObject({ kind: 'input', code: 'INVALID_CURSOR' });
  });

  it.each([0, -1, 1.5, 1_001, Number.NaN])('a page of %d', async (limit) => {
    const { store } = await openStore();
    const call = store.list({ labourer: 'mill', state: 'queued', limit });
    await expect(call).rejects.toMatchObject({ kind: 'input', code: 'INVALID_LIMIT' });
  });
});

it('counts up to a bound and says that there may be more', async () => {
  const { store, clock, file } = await openStore();
  await store.enqueue([...someTasks(9), aTask('later', { due: clock.now() + 1 })]);
  const { leases } = await store.claim(claimOf({ limit: 3 }));
  await store.settle(leases.map(({ labourer, id, token }) => ({ labourer, id, token, kind: 'retry', after: 0, error: 'no' })));
  const client = new Database(file) as never;
  const connection = new Connection({ client, file, clock, patience: 0 });
  const count = (bound: number) => connection.read((statements) => census(statements, ['mill', 'nobody'], clock.now(), bound));
  const none = { due: 0, waiting: 0, running: 0, expired: 0 };
  expect(await count(10)).toEqual([{ due: 9, waiting: 1, running: 0, expired: 0 }, none]);
  expect(await count(9)).toEqual([{ due: 9, waiting: 1, running: 0, expired: 0, atLeast: true }, none]);
  expect(await count(4)).toEqual([{ due: 4, waiting: 1, running: 0, expired: 0, atLeast: true }, none]);
});
