import { ManualClock } from '@reeve/testkit';
import Database from 'libsql';
import { expect, it } from 'vitest';
import { SqliteTaskStore } from '../src/index.ts';
import { aTask, claimOf, openStore } from './fixtures/stores.ts';
import { tempFile } from './fixtures/temp.ts';

/** Moves the time on once the call has come to its first try. */
const wait = async (clock: ManualClock, time: number): Promise<void> => {
  for (let turns = 0; clock.sleeping === 0 && turns < 100; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(time);
};

/** As another process that holds the write lock. */
const lock = (file: string): { readonly release: () => void } => {
  const other = new Database(file);
  other.exec('BEGIN IMMEDIATE');
  return {
    release: () => {
      other.exec('ROLLBACK');
      other.close();
    },
  };
};

it('waits for the lock without blocking, and then does what it was asked, once', async () => {
  const { store, clock, file } = await openStore({ busyTimeout: 0 });
  const { release } = lock(file);
  let done = false;
  const call = store.enqueue([aTask('a')]).finally(() => {
    done = true;
  });
  await wait(clock, 1_000);
  expect([done, clock.sleeping]).toEqual([false, 1]);
  release();
  await clock.advance(64);
  expect(await call).toEqual(['created']);
  expect(await store.enqueue([aTask('a')])).toEqual(['duplicate']);
});

it('gives up when its patience is at an end, having written nothing', async () => {
  const { store, clock, file } = await openStore({ busyTimeout: 0, patience: 500 });
  const { release } = lock(file);
  const call = store.enqueue([aTask('a')]).catch((error: unknown) => error);
  await wait(clock, 600);
  expect(await call).toMatchObject({ kind: 'unavailable', code: 'STORE_BUSY' });
  release();
  expect(await store.find({ labourer: 'mill', id: 'a' })).toBeUndefined();
  expect(await store.enqueue([aTask('a')])).toEqual(['created']);
});

it('gives up for all that wait at the same time, not for one after the other', async () => {
  const { store, clock, file } = await openStore({ busyTimeout: 0, patience: 500 });
  const { release } = lock(file);
  const calls = Promise.allSettled(['a', 'b', 'c'].map((id) => store.enqueue([aTask(id)])));
  await wait(clock, 600);
  expect((await calls).map((each) => each.status === 'rejected' && each.reason.code)).toEqual(Array(3).fill('STORE_BUSY'));
  release();
});

it('reads while another process writes', async () => {
  const { store, file } = await openStore({ busyTimeout: 0, patience: 0 });
  await store.enqueue([aTask('a')]);
  const { release } = lock(file);
  expect(await store.find({ labourer: 'mill', id: 'a' })).toBeDefined();
  expect([...(await store.labourersWithDue(['mill']))]).toEqual(['mill']);
  expect((await store.census(['mill']))[0]?.due).toBe(1);
  release();
});

it('counts time from when it got the lock', async () => {
  const { store, clock, file } = await openStore({ busyTimeout: 0 });
  await store.enqueue([aTask('later', { due: clock.now() + 2_000 })]);
  const { release } = lock(file);
  const call = store.claim(claimOf({ lease: 60_000 }));
  await wait(clock, 3_000);
  release();
  await clock.advance(64);
  const [lease, ...others] = (await call).leases;
  expect([lease?.id, others]).toEqual(['later', []]);
  expect(lease?.deadline).toBeGreaterThanOrEqual(clock.now() + 60_000 - 64);
});

it('is not woken by a lock once it was closed', async () => {
  const { store, clock, file } = await openStore({ busyTimeout: 0 });
  const { release } = lock(file);
  const call = store.enqueue([aTask('a')]).catch((error: unknown) => error);
  await wait(clock, 100);
  await store.close();
  release();
  await clock.advance(64);
  expect(await call).toMatchObject({ code: 'STORE_NOT_OPEN' });
});

it('waits for the lock when it starts as well', async () => {
  const file = tempFile();
  const clock = new ManualClock();
  const { release } = lock(file);
  const opening = SqliteTaskStore.open({ file, clock, busyTimeout: 0 });
  await wait(clock, 1_000);
  release();
  await clock.advance(64);
  await (await opening).close();
});
