import Database from 'libsql';
import { expect, it } from 'vitest';
import type { SqliteClient } from '../src/index.ts';
import { SqliteTaskStore } from '../src/index.ts';
import { aTask, claimOf, completed, idsOf, someTasks } from './fixtures/stores.ts';
import { tempFile } from './fixtures/temp.ts';

/** A store that counts its commits. */
const counted = async () => {
  const client = new Database(tempFile());
  const commits = { count: 0 };
  const database: SqliteClient = {
    get inTransaction() {
      return client.inTransaction;
    },
    exec: (sql) => {
      if (sql === 'COMMIT') commits.count += 1;
      return client.exec(sql);
    },
    prepare: (sql) => client.prepare(sql),
    close: () => client.close(),
  };
  const store = await SqliteTaskStore.open({ database });
  commits.count = 0;
  return { store, commits };
};

it('commits what arrives together in one transaction, up to a bound', async () => {
  const { store, commits } = await counted();
  await Promise.all(someTasks(64).map((task) => store.enqueue([task])));
  expect(commits.count).toBe(1);
  await Promise.all(someTasks(65, { labourer: 'other' }).map((task) => store.enqueue([{ ...task, id: `other-${task.id}` }])));
  expect(commits.count).toBe(3);
});

it('does them in the order in which they came', async () => {
  const { store, commits } = await counted();
  const [, first, second] = await Promise.all([
    store.enqueue(someTasks(3)),
    store.claim(claimOf({ cap: 2 })),
    store.claim(claimOf({ cap: 3 })),
    store.enqueue([aTask('z')]),
  ]);
  expect([first.leases, second.leases].map(idsOf)).toEqual([['task-000000', 'task-000001'], ['task-000002']]);
  const verdicts = first.leases.slice(0, 1).map(completed);
  const outcomes = await Promise.all([store.settle(verdicts), store.settle(verdicts)]);
  expect(outcomes).toEqual([['applied'], ['repeated']]);
  expect(commits.count).toBe(2);
});

it('lets nobody fail for what another asked', async () => {
  const { store } = await counted();
  const answers = await Promise.allSettled([
    store.enqueue([aTask('a')]),
    store.enqueue([aTask('b'), aTask('c', { due: Number.NaN })]),
    store.enqueue([aTask('d')]),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  const { tasks } = await store.list({ labourer: 'mill', state: 'queued', limit: 10 });
  expect(idsOf(tasks)).toEqual(['a', 'd']);
});
