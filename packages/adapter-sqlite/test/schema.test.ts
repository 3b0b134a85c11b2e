import Database from 'libsql';
import { expect, it } from 'vitest';
import { SqliteTaskStore } from '../src/index.ts';
import { APPLICATION_ID, SCHEMA_VERSION } from '../src/schema/migrations.ts';
import { aTask, openStore } from './fixtures/stores.ts';
import { tempFile } from './fixtures/temp.ts';

const headerOf = (file: string): readonly [version: number, mark: number, journal: string] => {
  const client = new Database(file);
  const read = (name: string) => (client.prepare(`PRAGMA ${name}`).get() as Record<string, unknown>)[name];
  const header = [read('user_version'), read('application_id'), read('journal_mode')] as [number, number, string];
  client.close();
  return header;
};

const databaseWith = (sql: string): string => {
  const file = tempFile();
  const client = new Database(file);
  client.exec(sql);
  client.close();
  return file;
};

it('makes a file of its version, marked as its own, with a write-ahead log', async () => {
  const { file } = await openStore();
  expect(headerOf(file)).toEqual([SCHEMA_VERSION, APPLICATION_ID, 'wal']);
});

it('finds its tasks again', async () => {
  const { store, file } = await openStore();
  await store.enqueue([aTask('a')]);
  await store.close();
  const { store: again } = await openStore({ file });
  expect(await again.find({ labourer: 'mill', id: 'a' })).toMatchObject({ state: 'queued' });
});

it('is migrated once when many start together', async () => {
  const file = tempFile();
  const stores = await Promise.all(Array.from({ length: 20 }, () => SqliteTaskStore.open({ file })));
  const answers = await Promise.all(stores.map((each) => each.enqueue([aTask('a')])));
  expect(answers.flat().filter((each) => each === 'created')).toHaveLength(1);
  await Promise.all(stores.map((each) => each.close()));
});

it('leaves a file of a newer version alone', async () => {
  const file = databaseWith(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
  await expect(SqliteTaskStore.open({ file })).rejects.toMatchObject({
    kind: 'config',
    code: 'SCHEMA_TOO_NEW',
    message: expect.stringMatching(`tasks\\.db.*version ${SCHEMA_VERSION + 1}.*knows ${SCHEMA_VERSION};`),
  });
  expect(headerOf(file).slice(0, 2)).toEqual([SCHEMA_VERSION + 1, APPLICATION_ID]);
});

it.each([
  ['another application id', 'PRAGMA application_id = 7'],
  ['tables of its own', 'CREATE TABLE orders (id)'],
  ['a version of its own', 'PRAGMA user_version = 1'],
])('refuses a database with %s', async (_, sql) => {
  const file = databaseWith(sql);
  await expect(SqliteTaskStore.open({ file })).rejects.toMatchObject({ kind: 'config', code: 'STORE_FILE_FOREIGN' });
  const client = new Database(file);
  expect(client.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'tasks'`).get()).toBeUndefined();
  client.close();
});

it('takes no broken row, whoever writes it', async () => {
  const { store, file } = await openStore();
  await store.enqueue([aTask('a')]);
  const client = new Database(file);
  for (const change of [
    "due = 'soon'",
    'payload = NULL',
    'payload = 7.5, due = 1.5',
    "state = 'lost'",
    "state = 'running'",
    "state = 'dead'",
    "state = 'cancelled'",
    'ended_at = 7',
    'priority = 10',
    'priority = -1',
    'cancelling = 2',
    "expires_at = 'soon'",
  ]) {
    expect(() => client.exec(`UPDATE tasks SET ${change}`), change).toThrow(/constraint|cannot store/);
  }
  client.close();
});
