/** Batches of verdicts that are not all alike take other paths through the script than those that are. */
import type { JsonText, Verdict } from '@reeve/core';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { oneServer } from './fixtures/servers.ts';
import { aTask, claimOf, completed, openStore, someTasks } from './fixtures/stores.ts';

const server = oneServer();
const withResult = (verdict: Verdict, result: string): Verdict =>
  ({ ...verdict, kind: 'completed', result: result as JsonText }) as Verdict;

it('takes the first word of an attempt that is named twice in one batch', async () => {
  const { store } = await openStore({ url: server.url });
  await store.enqueue(someTasks(3));
  const [a, b, c] = (await store.claim(claimOf())).leases.map(completed);
  expect(await store.settle([withResult(a!, '1'), b!, withResult(a!, '2'), withResult(a!, '3')])).toEqual([
    ...['applied', 'applied', 'repeated', 'repeated'],
  ]);
  expect(await store.find({ labourer: 'mill', id: a!.id })).toMatchObject({ state: 'completed', result: '1' });
  expect((await store.list({ labourer: 'mill', state: 'completed', limit: 10 })).tasks).toHaveLength(2);
  expect(await store.settle([c!])).toEqual(['applied']);
});

it('keeps results of attempts with tokens of their own apart', async () => {
  const { store } = await openStore({ url: server.url });
  await store.enqueue(someTasks(4));
  const verdicts: Verdict[] = [];
  for (let n = 0; n < 4; n += 1) {
    const { leases } = await store.claim(claimOf({ limit: 1 }));
    verdicts.push(n === 2 ? completed(leases[0]!) : withResult(completed(leases[0]!), String(n)));
  }
  expect(await store.settle(verdicts)).toEqual(Array(4).fill('applied'));
  const records = await Promise.all(verdicts.map(({ labourer, id }) => store.find({ labourer, id })));
  expect(records.map((each) => each?.state === 'completed' && each.result)).toEqual(['0', '1', undefined, '3']);
});

it('tells one foreign token among many that are right', async () => {
  const { store } = await openStore({ url: server.url });
  await store.enqueue(someTasks(5));
  const verdicts = (await store.claim(claimOf())).leases.map(completed);
  const said = verdicts.map((each, n) => (n === 3 ? { ...each, token: `${each.token}x` } : each));
  expect(await store.settle(said)).toEqual(['applied', 'applied', 'applied', 'stale', 'applied']);
  expect(await store.settle(verdicts)).toEqual(['repeated', 'repeated', 'repeated', 'applied', 'repeated']);
});

it('forgets what a task was before once it is completed in a batch with others', async () => {
  const { store, prefix } = await openStore({ url: server.url });
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  await store.enqueue([aTask('a')]);
  const [first] = (await store.claim(claimOf())).leases;
  await store.settle([{ ...first!, kind: 'retry', after: 0, error: 'no' }]);
  await store.enqueue([aTask('b')]);
  const { leases } = await store.claim(claimOf());
  expect(leases.map(({ id, attempt }) => [id, attempt])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
  expect(await store.settle(leases.map(completed))).toEqual(['applied', 'applied']);
  expect(await redis.exists(`{${prefix}:mill}:b`)).toBe(0);
  expect(await store.find({ labourer: 'mill', id: 'a' })).toMatchObject({ state: 'completed', attempts: 2 });
  expect(await store.settle([{ ...first!, kind: 'retry', after: 0, error: 'no' }])).toEqual(['stale']);
});
