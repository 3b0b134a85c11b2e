/** Forgetting beside the outbox: what waits there is known, and holds up nobody's forgetting. */
import type { Lease, NewTask, Verdict } from '@reeve/core';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import type { RedisTaskStore } from '../src/index.ts';
import { oneServer } from './fixtures/servers.ts';
import { aTask, claimOf, completed, idsOf, openStore, someTasks } from './fixtures/stores.ts';

const server = oneServer();
const follow = { follow: '{"then":"é"}' as never };
const dead = ({ labourer, id, token }: Lease): Verdict => ({ labourer, id, token, kind: 'dead', error: 'no' });

const run = async (store: RedisTaskStore, tasks: readonly NewTask[], verdict: (lease: Lease) => Verdict): Promise<void> => {
  await store.enqueue(tasks);
  await store.settle((await store.claim(claimOf())).leases.map(verdict));
};

/** Every key that is left, without those that stay for good. */
const left = async (prefix: string): Promise<readonly string[]> => {
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  const keys = (await redis.keys(`*${prefix}*`)).map((key) => key.replace(prefix, ''));
  return keys.filter((key) => key !== ':schema' && key !== '{:mill}:m').sort();
};

const endOf = (id: string, more: Partial<NewTask>) => [aTask(id, { ...more, ...follow }), aTask(`${id}-without`, more)];

it('forgets what waits for nobody, keeps what waits in the outbox, and forgets that once it is taken out', async () => {
  const { store, clock, prefix } = await openStore({ url: server.url, keepEnded: 0 });
  await run(store, endOf('done', {}), completed);
  await run(store, endOf('dead', {}), dead);
  await store.enqueue([...endOf('late', { expiresAt: clock.now() }), ...endOf('off', { due: clock.now() + 5 })]);
  await store.claim(claimOf());
  await store.cancel([aTask('off'), aTask('off-without')]);
  for (let n = 0; n < 3; n += 1) expect((await store.maintain(['mill'])).done['purged']).toBe(n === 0 ? 4 : 0);
  for (const id of ['done', 'dead', 'late', 'off']) {
    expect(await store.find(aTask(id))).toMatchObject({ id });
    expect(await store.enqueue([aTask(id)])).toEqual(['duplicate']);
    expect(await store.find(aTask(`${id}-without`))).toBeUndefined();
  }
  const ends = await store.outbox(['mill'], 10);
  expect(ends.map(({ id, state }) => [id, state])).toEqual([
    ['done', 'completed'],
    ['dead', 'dead'],
    ['late', 'dropped'],
    ['off', 'cancelled'],
  ]);
  await store.takeOut(ends);
  expect((await store.maintain(['mill'])).done).toEqual({ purged: 4, trimmed: 0 });
  expect(await left(prefix)).toEqual([]);
});

it('redrives an end that was past its age and still in the outbox', async () => {
  const { store, clock, prefix } = await openStore({ url: server.url, keepEnded: 0 });
  await run(store, [aTask('a', follow)], dead);
  await store.maintain(['mill']);
  expect(await store.redrive([aTask('a')])).toEqual(['queued']);
  expect(await store.outbox(['mill'], 10)).toEqual([]);
  await store.maintain(['mill']);
  await store.settle((await store.claim(claimOf())).leases.map(completed));
  const ends = await store.outbox(['mill'], 10);
  expect(ends).toMatchObject([{ id: 'a', state: 'completed' }]);
  await store.takeOut(ends);
  await clock.advance(1); // its second end came a millisecond after the first
  expect((await store.maintain(['mill'])).done).toEqual({ purged: 1, trimmed: 0 });
  expect(await left(prefix)).toEqual([]);
});

it('keeps the result of an end that waits, above the number to keep', async () => {
  const { store } = await openStore({ url: server.url, keepHistory: 0 });
  const withResult = (lease: Lease): Verdict => ({ ...completed(lease), kind: 'completed', result: '[1]' as never });
  await run(store, [aTask('a', follow), ...someTasks(5)], withResult);
  await run(store, [aTask('b', follow), aTask('c')], dead);
  await store.maintain(['mill']);
  expect(await store.outbox(['mill'], 10)).toMatchObject([
    { id: 'a', result: '[1]', ...follow },
    { id: 'b', state: 'dead', ...follow },
  ]);
  expect(await store.find(aTask('b'))).toMatchObject({ state: 'dead', error: 'no' });
  expect(await store.find(aTask('c'))).toBeUndefined();
  expect(await store.redrive([aTask('c'), aTask('b')])).toEqual(['unknown', 'queued']);
});

it('pages through completed tasks after some went back to the old end of their list', async () => {
  const { store, clock } = await openStore({ url: server.url, keepEnded: 10_000 });
  await run(store, [aTask('a', follow), aTask('b'), aTask('c', follow)], completed);
  await clock.advance(10_000);
  await run(store, someTasks(4), completed);
  await store.maintain(['mill']);
  await store.takeOut(await store.outbox(['mill'], 10));
  expect(idsOf((await store.list({ labourer: 'mill', state: 'completed', limit: 10 })).tasks)).toEqual(idsOf(someTasks(4)).reverse());
  const first = await store.list({ labourer: 'mill', state: 'completed', limit: 3 });
  await store.maintain(['mill']);
  const next = await store.list({ labourer: 'mill', state: 'completed', limit: 3, ...(first.cursor && { cursor: first.cursor }) });
  expect([...idsOf(first.tasks), ...idsOf(next.tasks)]).toEqual(idsOf(someTasks(4)).reverse());
  expect(await store.enqueue([aTask('a'), aTask('b')])).toEqual(['created', 'created']);
});

it('trims and forgets dead, cancelled and dropped ones, by number and by age', async () => {
  const { store, clock, prefix } = await openStore({ url: server.url, keepHistory: 2, keepEnded: 10_000 });
  await run(store, someTasks(5), dead);
  const off = [1, 2, 3, 4].map((n) => aTask(`off-${n}`));
  await store.enqueue(off);
  await store.cancel(off);
  await store.enqueue([1, 2, 3].map((n) => aTask(`late-${n}`, { expiresAt: clock.now(), priority: n })));
  await store.claim(claimOf());
  expect((await store.maintain(['mill'])).done).toEqual({ purged: 0, trimmed: 6 });
  expect((await store.maintain(['mill'])).done).toEqual({ purged: 0, trimmed: 0 });
  const list = async (state: 'dead' | 'cancelled' | 'dropped') => idsOf((await store.list({ labourer: 'mill', state, limit: 10 })).tasks);
  expect(await list('dead')).toEqual(['task-000004', 'task-000003']);
  expect(await list('cancelled')).toEqual(['off-4', 'off-3']);
  expect(await list('dropped')).toEqual(['late-1', 'late-2']);
  expect(await store.enqueue([aTask('off-1')])).toEqual(['duplicate']);
  // Whoever leaves from the midst is missed by none of the counts.
  expect(await store.redrive([aTask('off-3'), aTask('off-1')])).toEqual(['queued', 'unknown']);
  expect(await list('cancelled')).toEqual(['off-4']);
  await store.cancel([aTask('off-3')]);
  expect(await list('cancelled')).toEqual(['off-3', 'off-4']);
  await clock.advance(10_001); // the second end of off-3 came a millisecond after the first
  expect((await store.maintain(['mill'])).done).toEqual({ purged: 12, trimmed: 0 });
  expect(await left(prefix)).toEqual([]);
});
