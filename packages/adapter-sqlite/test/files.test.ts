import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ReeveError } from '@reeve/core';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { SqliteTaskStore } from '../src/index.ts';
import { aTask, claimOf, openStore, someTasks } from './fixtures/stores.ts';
import { tempFile, tempFolder } from './fixtures/temp.ts';

const faultOf = async (work: Promise<unknown>): Promise<ReeveError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!ReeveError.is(error)) throw new Error(`no ReeveError but ${String(error)}`);
  return error;
};

/** Root may read and write whatever the rights of a file say, so the work is done as somebody else. */
const withoutPrivileges = async <T>(work: () => Promise<T>): Promise<T> => {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
};

describe('a file that cannot be used is refused with its name and the remedy', () => {
  it('in a folder that is missing', async () => {
    const file = join(tempFolder(), 'missing', 'tasks.db');
    const fault = await faultOf(SqliteTaskStore.open({ file }));
    expect(fault).toMatchObject({ kind: 'config', code: 'STORE_FILE_UNUSABLE' });
    expect(fault.message).toContain(file);
    expect(fault.message).toContain('folder');
  });

  it('that is a folder', async () => {
    expect(await faultOf(SqliteTaskStore.open({ file: tempFolder() }))).toMatchObject({ code: 'STORE_FILE_UNUSABLE' });
  });

  it('that is no database', async () => {
    const file = tempFile();
    writeFileSync(file, 'a letter to nobody\n'.repeat(500));
    const fault = await faultOf(SqliteTaskStore.open({ file }));
    expect(fault).toMatchObject({ kind: 'config', code: 'STORE_FILE_FOREIGN' });
    expect(fault.message).not.toContain('letter');
  });

  it('that is damaged', async () => {
    const { store, file } = await openStore();
    await store.enqueue(someTasks(2_000));
    await store.close();
    const client = new Database(file);
    client.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
    client.close();
    writeFileSync(file, Buffer.alloc(200_000, 7), { flag: 'r+', flush: true });
    expect(['STORE_FILE_DAMAGED', 'STORE_FILE_FOREIGN']).toContain((await faultOf(SqliteTaskStore.open({ file }))).code);
  });

  it('that is damaged where its tasks are: told by the call that meets it, and by no other', async () => {
    const { store, file } = await openStore();
    await store.enqueue(someTasks(2_000));
    await store.close();
    const whole = readFileSync(file);
    const page = 4_096;
    // The header, the schema and the indexes stand; of the pages after them, those with rows of the table are noise.
    const isOfRows = (at: number): boolean => whole[at] === 0x0d;
    for (let at = 20 * page; at + page <= whole.length; at += page) if (isOfRows(at)) whole.fill(0xa5, at, at + page);
    writeFileSync(file, whole);
    const again = await SqliteTaskStore.open({ file });
    const fault = await faultOf(again.claim(claimOf()));
    expect(fault).toMatchObject({ kind: 'contract', code: 'STORE_FILE_DAMAGED' });
    expect(fault.message).toContain(file);
    expect(await again.list({ labourer: 'nobody', state: 'queued', limit: 1 })).toEqual({ tasks: [] });
    await again.close();
  });

  it('that may only be read', async () => {
    const { store, file } = await openStore();
    await store.close();
    for (const each of readdirSync(dirname(file))) chmodSync(join(dirname(file), each), 0o444);
    chmodSync(dirname(file), 0o555);
    const fault = await withoutPrivileges(() => faultOf(SqliteTaskStore.open({ file }).then((again) => again.enqueue([aTask('a')]))));
    expect(fault).toMatchObject({ kind: 'config', code: 'STORE_READ_ONLY' });
    expect(fault.message).toContain(file);
  });

  it('that may not even be read', async () => {
    const { store, file } = await openStore();
    await store.close();
    chmodSync(dirname(file), 0o000);
    const fault = await withoutPrivileges(() => faultOf(SqliteTaskStore.open({ file })));
    expect(fault).toMatchObject({ kind: 'config', code: 'STORE_FILE_UNUSABLE' });
  });
});

it('says so when the database may only be read, and again takes tasks when it may be written', async () => {
  const client = new Database(tempFile());
  const store = await SqliteTaskStore.open({ database: client });
  client.exec('PRAGMA query_only = ON');
  expect(await faultOf(store.enqueue([aTask('a')]))).toMatchObject({ kind: 'config', code: 'STORE_READ_ONLY' });
  client.exec('PRAGMA query_only = OFF');
  expect(await store.enqueue([aTask('a')])).toEqual(['created']);
});

it('writes nothing of a call for which there is no room, and goes on when there is', async () => {
  const client = new Database(tempFile());
  const store = await SqliteTaskStore.open({ database: client });
  client.exec('PRAGMA max_page_count = 40');
  expect(await faultOf(store.enqueue(someTasks(10_000)))).toMatchObject({ kind: 'unavailable', code: 'STORE_FULL' });
  expect(await store.census(['mill'])).toEqual([{ due: 0, waiting: 0, running: 0, expired: 0 }]);
  client.exec('PRAGMA max_page_count = 100000');
  expect(new Set(await store.enqueue(someTasks(10_000)))).toEqual(new Set(['created']));
});

it('refuses a payload over the limit before anything is written', async () => {
  const { store } = await openStore();
  const { maxPayloadBytes } = store.capabilities;
  const payload = `"${'é'.repeat(maxPayloadBytes / 2 - 1)}"`;
  const fault = await faultOf(store.enqueue([aTask('a'), aTask('b', { payload: `${payload} ` as never })]));
  expect(fault).toMatchObject({ kind: 'input', code: 'PAYLOAD_TOO_LARGE' });
  expect(fault.message).toContain('tasks[1].payload');
  expect(await store.find({ labourer: 'mill', id: 'a' })).toBeUndefined();
  expect(await store.enqueue([aTask('b', { payload: payload as never })])).toEqual(['created']);
  expect((await store.claim(claimOf())).leases[0]?.payload).toBe(payload);
});

it('writes nothing of a call with a value that no column takes', async () => {
  const { store } = await openStore();
  for (const bad of [{ due: Number.NaN }, { payload: undefined }, { payload: true }]) {
    const fault = await faultOf(store.enqueue([aTask('a'), aTask('b', bad as never)]));
    expect(fault).toMatchObject({ kind: 'input', code: 'STORE_REFUSED' });
  }
  expect(await store.find({ labourer: 'mill', id: 'a' })).toBeUndefined();
});

it('is well again after a call that SQLite refused', async () => {
  const { store } = await openStore();
  await store.enqueue(someTasks(3));
  for (const bad of [{ cap: 1.5 }, { limit: 0.5 }, { cap: Number.NaN }]) {
    expect(await faultOf(store.claim({ ...claimOf(), ...bad }))).toMatchObject({ kind: 'input', code: 'STORE_REFUSED' });
    expect((await store.claim(claimOf({ limit: 1 }))).leases).toHaveLength(1);
  }
});
