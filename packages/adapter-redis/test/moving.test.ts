/** Tasks with a key wait among the others until a claim asks for keys; then they are moved apart. */
import type { Lease } from '@reeve/core';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RedisTaskStore } from '../src/index.ts';
import layout from './fixtures/keyed-layout.json' with { type: 'json' };
import { newPrefix, oneServer } from './fixtures/servers.ts';
import { aTask, claimOf, completed, idsOf, openStore } from './fixtures/stores.ts';

const server = oneServer();

const connect = (): Redis => {
  const client = new Redis(server.url);
  onTestFinished(() => client.disconnect());
  return client;
};

const queuedIds = async (store: RedisTaskStore): Promise<string[]> => {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({ labourer: 'mill', state: 'queued', limit: 1_000, ...(cursor !== undefined && { cursor }) });
    ids.push(...idsOf(page.tasks));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return ids;
};

describe('while no claim asks for keys', () => {
  it('a task with a key takes the commands of one without', async () => {
    const { store } = await openStore({ url: server.url });
    const client = connect();
    const costOf = async (more: { readonly key?: string }, prefix: string): Promise<readonly string[]> => {
      await client.config('RESETSTAT');
      await store.enqueue([1, 2, 3].map((n) => aTask(`${prefix}-${n}`, more)));
      const { leases } = await store.exchange([], claimOf());
      await store.exchange(leases.map(completed), claimOf());
      const stats = await client.info('commandstats');
      return [...stats.matchAll(/cmdstat_([a-z]+):calls=(\d+)/g)].map(([, name, calls]) => `${name} ${calls}`).toSorted();
    };
    await costOf({}, 'first');
    await costOf({ key: 'a' }, 'first-of-key');
    const usual = await costOf({}, 'usual');
    // Whether a claim has asked yet is looked up once for a batch.
    expect((await costOf({ key: 'a' }, 'of-key')).filter((each) => !each.startsWith('hget '))).toEqual(usual);
  });

  it('what it claimed counts for the first claim that asks, also what is overdue by then', async () => {
    const { store, clock, prefix } = await openStore({ url: server.url });
    await store.enqueue(['a', 'a', 'b', 'b', 'c'].map((key, n) => aTask(`t-${n}`, { key })));
    const [late] = (await store.claim(claimOf({ limit: 1, lease: 10 }))).leases;
    const [held, other] = (await store.claim(claimOf({ limit: 2 }))).leases;
    expect(idsOf([late!, held!, other!])).toEqual(['t-0', 't-1', 't-2']);
    await clock.advance(10);
    expect(idsOf(await store.expired(['mill'], 10))).toEqual(['t-0']);
    // One of a runs, one of b; what is overdue runs no more.
    expect(idsOf((await store.claim({ ...claimOf(), perKey: 1 })).leases)).toEqual(['t-4']);
    expect(await store.reap([{ ...late!, kind: 'retry', after: 0, error: 'late' }])).toEqual(['applied']);
    expect((await store.claim({ ...claimOf(), perKey: 1 })).leases).toEqual([]);
    const next = await store.exchange([completed(held!), { ...other!, kind: 'released' }], { ...claimOf(), perKey: 1 });
    expect([next.outcomes, idsOf(next.leases)]).toEqual([
      ['applied', 'applied'],
      ['t-2', 't-0'],
    ]);
    expect(await connect().hget(`{${prefix}:mill}:m`, 'keyed')).toBe('1');
  });
});

it('moves a long backlog page by page, and meanwhile lists, counts, cancels, claims and limits go on', async () => {
  const { store, clock, prefix } = await openStore({ url: server.url });
  const client = connect();
  const stateOf = () => client.hget(`{${prefix}:mill}:m`, 'keyed');
  const of = (n: number) => ({
    ...(n % 3 && { key: `k-${n % 7}` }),
    ...(n % 11 === 0 && { priority: n % 10 }),
    ...(n % 13 === 0 && { due: clock.now() + (n % 5) }),
  });
  const tasks = Array.from({ length: 16_000 }, (_, n) => aTask(`t-${n}`, of(n)));
  await store.enqueue(tasks);
  await store.cancel(tasks.slice(2_000, 2_100));
  const first = (await store.claim(claimOf({ limit: 40 }))).leases;
  await store.settle(first.slice(20).map((each, n) => ({ ...each, kind: n % 2 ? 'retry' : 'released', after: n, error: 'no' }) as const));
  const order = await queuedIds(store);
  const [counts] = await store.census(['mill']);
  let gone = new Set<string>();
  const running: Lease[] = [...first.slice(0, 20)];
  const states = new Set<string>();
  /** More than two of a key, when a claim that allows two had taken of it. */
  const over: Lease[] = [];
  const keyOf = (id: string): string | undefined => of(Number(id.slice(2))).key;
  for (let step = 0; step < 8; step += 1) {
    const byTurns = step % 2 === 0;
    const { leases } = await store.claim({ ...claimOf({ limit: 5 }), ...(byTurns && { perKey: 2 }) });
    running.push(...leases);
    states.add(((await stateOf()) ?? '').slice(0, 2));
    const cancelled = order.filter((id) => !gone.has(id) && !leases.some((each) => each.id === id)).slice(step * 900, step * 900 + 3);
    expect(await store.cancel(cancelled.map((id) => aTask(id)))).toEqual(cancelled.map(() => 'cancelled'));
    gone = new Set([...gone, ...idsOf(leases), ...cancelled]);
    expect(await queuedIds(store)).toEqual(order.filter((id) => !gone.has(id)));
    const [now] = await store.census(['mill']);
    expect(now!.due + now!.waiting).toBe(counts!.due + counts!.waiting - gone.size);
    for (const { id } of byTurns ? leases : []) {
      const key = keyOf(id);
      if (key) over.push(...running.filter((each) => keyOf(each.id) === key).slice(2));
    }
  }
  expect(over).toEqual([]);
  expect([...states]).toEqual(expect.arrayContaining(['mr', '1']));
  await clock.advance(100);
  await store.settle(running.map(completed));
  const left: string[] = [];
  for (let more = true; more; ) {
    const { leases } = await store.claim({ ...claimOf(), perKey: 100 });
    left.push(...idsOf(leases));
    await store.settle(leases.map(completed));
    more = leases.length > 0;
  }
  expect(left.toSorted()).toEqual(order.filter((id) => !gone.has(id)).toSorted());
});

describe('what was written while all tasks with a key waited apart from the first', () => {
  const open = async () => {
    const prefix = newPrefix();
    const redis = connect();
    for (const [name = '', key = '', ...args] of layout.commands) await redis.call(name, key.replace('PREFIX', prefix), ...args);
    let now = layout.now;
    const store = await RedisTaskStore.open({ url: server.url, prefix, now: () => now });
    onTestFinished(() => store.close());
    return {
      store,
      redis,
      prefix,
      pass: (by: number) => {
        now += by;
      },
    };
  };
  const drop = [{ labourer: 'mill', id: 'gone' }];

  it('is listed, counted and claimed by turns', async () => {
    const { store } = await open();
    const order = ['a-3', 'b-2', 'c-1', 'd-2', 'e-1', 'a-4', 'a-5', 'a-6', 'd-3', 'c-later'];
    expect(await queuedIds(store)).toEqual(['gone', ...order]);
    expect(await store.census(['mill'])).toEqual([{ due: 10, waiting: 1, running: 3, expired: 2 }]);
    const { leases, dropped } = await store.claim({ ...claimOf(), perKey: 2 });
    expect([idsOf(leases), dropped]).toEqual([['b-2', 'e-1', 'a-3', 'c-1', 'd-2'], drop]);
  });

  it('is claimed by whoever does not ask for keys, and settled', async () => {
    const { store, redis, prefix, pass } = await open();
    const { leases, dropped } = await store.claim(claimOf({ limit: 6 }));
    expect([idsOf(leases), dropped]).toEqual([['a-3', 'b-2', 'c-1', 'd-2', 'e-1', 'a-4'], drop]);
    const held = ['d-1', 'a-2', 'c-urgent'].map((id, n) => ({
      labourer: 'mill',
      id,
      token: `token-${n ? 3 : 2}`,
      kind: 'completed' as const,
    }));
    expect(new Set(await store.settle([...held, ...leases.map(completed)]))).toEqual(new Set(['applied']));
    const late = await store.expired(['mill'], 10);
    expect(await store.reap(late.map((each) => ({ ...each, kind: 'retry', after: 0, error: 'late' })))).toEqual(['applied', 'applied']);
    pass(60_000);
    const all = await store.claim({ ...claimOf(), perKey: 1 });
    expect(idsOf(all.leases)).toEqual(['a-1', 'b-1', 'd-3', 'c-later']);
    const rest = await store.exchange(all.leases.map(completed), { ...claimOf(), perKey: 2 });
    expect(idsOf(rest.leases)).toEqual(['a-5', 'a-6']);
    await store.settle(rest.leases.map(completed));
    for (const letter of ['k', 'i', 'y', 'w']) expect(await redis.exists(`{${prefix}:mill}:${letter}`), letter).toBe(0);
  });

  it('is cancelled and redriven', async () => {
    const { store } = await open();
    const keys = ['a-4', 'd-2', 'b-2', 'c-1'].map((id) => ({ labourer: 'mill', id }));
    expect(await store.cancel(keys)).toEqual(keys.map(() => 'cancelled'));
    expect(await store.redrive(keys.slice(0, 2))).toEqual(['queued', 'queued']);
    const { leases } = await store.claim({ ...claimOf(), perKey: 3 });
    expect(idsOf(leases)).toEqual(['e-1', 'a-3', 'd-3', 'a-5', 'd-2']);
  });
});
