import type { JsonText } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { expectRightHeads } from './fixtures/heads.ts';
import { aTask, claimOf, completed, idsOf, openStore } from './fixtures/stores.ts';
import { openVersion1 } from './fixtures/version-1.ts';

const NOW = new ManualClock().now();
const key = (id: string) => ({ labourer: 'mill', id });

/** One task in each state, and two that wait: `waits` before `later`. */
const fileOfVersion1 = () => {
  const old = openVersion1();
  onTestFinished(old.close);
  for (const [n, id] of ['done', 'dead', 'again', 'runs', 'waits', 'later'].entries()) old.enqueue(id, NOW - 100 + n);
  for (const [token, id] of ['done', 'dead', 'again', 'runs'].entries()) {
    expect(old.take(`token-${token}`, NOW - 50)).toBe(id);
    if (id === 'done') old.complete(id, `token-${token}`, NOW - 40);
    if (id === 'dead') old.bury(id, `token-${token}`, NOW - 30);
    if (id === 'again') old.retry(id, `token-${token}`, NOW);
  }
  return old;
};

it('serves what the version before wrote', async () => {
  const { file } = fileOfVersion1();
  const { store } = await openStore({ file });
  const nothing = { priority: 0, errors: [], payload: '{}' };
  expect(await store.find(key('done'))).toMatchObject({ ...nothing, state: 'completed', result: '1', endedAt: NOW - 40, attempts: 1 });
  expect(await store.find(key('dead'))).toMatchObject({ ...nothing, state: 'dead', error: 'no mill', endedAt: NOW - 30 });
  expect(await store.find(key('again'))).toMatchObject({ ...nothing, state: 'queued', lastError: 'no corn', due: NOW });
  expect(await store.find(key('runs'))).toMatchObject({ ...nothing, state: 'running', token: 'token-3', createdAt: NOW - 97 });
  expect(await store.enqueue([aTask('dead'), aTask('waits')])).toEqual(['duplicate', 'duplicate']);
  expect(await store.settle([{ ...key('done'), token: 'token-0', kind: 'completed' }])).toEqual(['repeated']);
  expect(await store.settle([{ ...key('runs'), token: 'token-3', kind: 'completed' }])).toEqual(['applied']);
  expect(await store.outbox(['mill'], 10)).toEqual([]);
  expect(idsOf((await store.list({ labourer: 'mill', state: 'queued', limit: 10 })).tasks)).toEqual(['again', 'waits', 'later']);
  expect(await store.redrive([key('dead')])).toEqual(['queued']);
  expect(idsOf((await store.claim(claimOf())).leases)).toEqual(['again', 'waits', 'later', 'dead']);
});

it('keeps a new error beside the one of which only the text is known', async () => {
  const { file } = fileOfVersion1();
  const { store, clock } = await openStore({ file });
  const { leases } = await store.claim(claimOf({ limit: 1 }));
  await store.settle(leases.map(({ labourer, id, token }) => ({ labourer, id, token, kind: 'dead', error: 'no wind' })));
  expect(await store.find(key('again'))).toMatchObject({ error: 'no wind', errors: [{ attempt: 2, at: clock.now(), error: 'no wind' }] });
});

it('lets a process of the version before go on with its statements', async () => {
  const old = fileOfVersion1();
  const { store, clock } = await openStore({ file: old.file });
  await store.enqueue([aTask('new', { priority: 5, follow: '"next"' as JsonText })]);
  old.enqueue('old', NOW);
  // It knows no priorities: of one of a kind it takes what is due first.
  expect(['a', 'b', 'c', 'd'].map((token) => old.take(token, NOW))).toEqual(['again', 'waits', 'later', 'new']);
  expect(old.retry('waits', 'b', NOW)).toBe(1);
  expect(old.complete('new', 'd', NOW)).toBe(1);
  expect((await store.outbox(['mill'], 10)).map(({ id, follow }) => [id, follow])).toEqual([['new', '"next"']]);
  // What it retried goes before the fresh ones here as well.
  const { leases } = await store.claim(claimOf());
  expect(idsOf(leases)).toEqual(['waits', 'old']);
  expect(await store.settle(leases.map(completed))).toEqual(['applied', 'applied']);
  expect(clock.now()).toBe(NOW);
});

it('sees keys in their turn, also when a process of the version before takes and retries them', async () => {
  const old = openVersion1();
  onTestFinished(old.close);
  const { store, clock } = await openStore({ file: old.file });
  await store.enqueue(['a', 'b', 'c', 'd'].map((id) => aTask(id, { key: id < 'c' ? 'first' : 'second' })));
  for (const token of ['1', '2', '3']) {
    old.take(token, NOW);
    expectRightHeads(old.file, `taken ${token}`);
  }
  expect(old.retry('b', '2', NOW)).toBe(1);
  expectRightHeads(old.file, 'retried');
  // One of each runs; that which was retried goes first.
  expect(idsOf((await store.claim({ ...claimOf(), perKey: 2 })).leases)).toEqual(['b', 'd']);
  expect(clock.now()).toBe(NOW);
});
