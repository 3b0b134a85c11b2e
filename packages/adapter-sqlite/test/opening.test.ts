import { readFileSync } from 'node:fs';
import { ManualClock } from '@reeve/testkit';
import Database from 'libsql';
import { expect, it } from 'vitest';
import { SqliteTaskStore } from '../src/index.ts';
import { aTask, openStore } from './fixtures/stores.ts';
import { tempFile } from './fixtures/temp.ts';

it('must be opened first, and can be opened and closed any number of times', async () => {
  const store = new SqliteTaskStore({ file: tempFile(), clock: new ManualClock() });
  const refused = { kind: 'input', code: 'STORE_NOT_OPEN' };
  await expect(store.enqueue([aTask('a')])).rejects.toMatchObject(refused);
  await store.close();
  await Promise.all([store.start(), store.start()]);
  await store.start();
  expect(await store.enqueue([aTask('a')])).toEqual(['created']);
  await store.close();
  await store.close();
  await expect(store.claim({ labourer: 'mill', token: 't', cap: 1, limit: 1, lease: 1 })).rejects.toMatchObject(refused);
  await store.start();
  expect(await store.enqueue([aTask('a')])).toEqual(['duplicate']);
  await store.close();
});

it('can be started again after it failed to start', async () => {
  const file = tempFile();
  const other = new Database(file);
  other.exec('PRAGMA user_version = 9');
  const store = new SqliteTaskStore({ file });
  await expect(store.start()).rejects.toMatchObject({ code: 'STORE_FILE_FOREIGN' });
  other.exec('PRAGMA user_version = 0');
  other.close();
  await store.start();
  expect(await store.enqueue([aTask('a')])).toEqual(['created']);
  await store.close();
});

it('leaves the whole of its data in the one file when it is closed', async () => {
  const { store, file } = await openStore();
  await store.enqueue([aTask('a')]);
  await store.close();
  expect(readFileSync(`${file}-wal`, { flag: 'a+' })).toHaveLength(0);
});

it('never closes a client that it was given', async () => {
  const client = new Database(tempFile());
  const store = await SqliteTaskStore.open({ database: client });
  await store.enqueue([aTask('a')]);
  await store.close();
  expect(client.prepare('SELECT count(*) AS tasks FROM tasks').get()).toMatchObject({ tasks: 1 });
  client.close();
});

it('refuses to work inside a transaction of the client that it was given', async () => {
  const client = new Database(tempFile());
  const store = await SqliteTaskStore.open({ database: client });
  client.exec('BEGIN');
  await expect(store.enqueue([aTask('a')])).rejects.toMatchObject({ kind: 'input', code: 'STORE_IN_TRANSACTION' });
  client.exec('ROLLBACK');
  expect(await store.enqueue([aTask('a')])).toEqual(['created']);
});

it('can keep tasks in memory', async () => {
  const { store } = await openStore({ file: ':memory:' });
  expect(await store.enqueue([aTask('a')])).toEqual(['created']);
  expect(store.capabilities.survives).toBe('nothing');
});

it('says what it survives', () => {
  const survives = (synchronous?: 'FULL' | 'NORMAL') =>
    new SqliteTaskStore({ file: 'tasks.db', ...(synchronous && { synchronous }) }).capabilities.survives;
  expect([survives(), survives('FULL'), survives('NORMAL')]).toEqual(['power', 'power', 'process']);
  const given = (path: string) => new SqliteTaskStore({ database: new Database(path) }).capabilities.survives;
  expect([given(tempFile()), given(':memory:')]).toEqual(['power', 'nothing']);
});

it('flushes each commit, or does not, as it was told', async () => {
  for (const [synchronous, level] of [
    ['FULL', 2],
    ['NORMAL', 1],
  ] as const) {
    const client = new Database(tempFile());
    await SqliteTaskStore.open({ database: client, synchronous });
    expect(client.prepare('PRAGMA synchronous').get()).toMatchObject({ synchronous: level });
    client.close();
  }
});

it('lists all that is wrong with its options', () => {
  const options = { file: 'libsql://host', keepEnded: -1, busyTimeout: 5_000, patience: 1.5, synchronous: 'OFF', keep: 1 };
  const build = () => new SqliteTaskStore(options as never);
  for (const problem of [/keep: is not/, /file: is a URL/, /keepEnded: .*-1/, /busyTimeout: .*1000/, /patience: .*1\.5/, /synchronous: /]) {
    expect(build).toThrow(problem);
  }
  expect(build).toThrow(/\[INVALID_SQLITE_STORE\]$/);
  expect(() => new SqliteTaskStore({} as never)).toThrow(/file: is missing/);
  expect(() => new SqliteTaskStore({ file: 'a.db', database: {} } as never)).toThrow(/file: is given beside a database/);
});
