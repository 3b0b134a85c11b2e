/** What an earlier version left in a Redis that goes on: written by that version (0.1.0), key by key, and served by this one. */
import { Redis } from 'ioredis';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { RedisTaskStore } from '../src/index.ts';
import layout from './fixtures/first-layout.json' with { type: 'json' };
import { newPrefix, oneServer, ownServer } from './fixtures/servers.ts';
import { aTask, claimOf, completed, idsOf } from './fixtures/stores.ts';

const server = oneServer();
const mill = (id: string) => ({ labourer: 'mill', id });

let time = layout.now;
beforeEach(() => {
  time = layout.now;
});

const plant = async (url: string): Promise<{ readonly redis: Redis; readonly prefix: string }> => {
  const prefix = newPrefix();
  const redis = new Redis(url);
  onTestFinished(() => redis.disconnect());
  for (const [name = '', key = '', ...args] of layout.commands) await redis.call(name, key.replace('PREFIX', prefix), ...args);
  return { redis, prefix };
};

const openOld = async (keepHistory = 3) => {
  const { redis, prefix } = await plant(server.url);
  const store = await RedisTaskStore.open({ url: server.url, prefix, now: () => time, keepHistory, keepEnded: 1_000_000 });
  onTestFinished(() => store.close());
  return { store, redis, prefix };
};

const listed = async (
  store: RedisTaskStore,
  state: 'queued' | 'dead' | 'aside' | 'completed' | 'running',
  limit = 2,
): Promise<string[]> => {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({ labourer: 'mill', state, limit, ...(cursor !== undefined && { cursor }) });
    ids.push(...idsOf(page.tasks));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return ids;
};

const OLD_ERROR = 'Error: once\nat line \\n';

describe('a Redis of the first layout', () => {
  it('is found to the letter', async () => {
    const { store } = await openOld();
    const find = (id: string) => store.find(mill(id));
    const facts = { payload: '{"id":"ready-1"}', priority: 0, errors: [], attempts: 0, createdAt: layout.now };
    expect(await find('ready-1')).toEqual({ ...mill('ready-1'), ...facts, state: 'queued', due: layout.now });
    expect(await find('later-1')).toMatchObject({ state: 'queued', due: layout.now + 3_000 });
    // Its instant was not kept: that of the due time stands in.
    const error = { attempt: 1, at: layout.now + 4_000, error: OLD_ERROR };
    expect(await find('again-1')).toMatchObject({
      state: 'queued',
      attempts: 1,
      due: layout.now + 4_000,
      lastError: OLD_ERROR,
      errors: [error],
    });
    expect(await find('released-1')).toMatchObject({ state: 'queued', attempts: 0, due: layout.now + 8_000, errors: [] });
    expect(await find('running')).toMatchObject({ state: 'running', attempts: 1, token: 'token-11', errors: [] });
    expect(await find('running')).not.toHaveProperty('cancelling');
    expect(await find('running-tried')).toMatchObject({ state: 'running', attempts: 2, lastError: OLD_ERROR });
    expect(await find('dead-1')).toMatchObject({ state: 'dead', error: 'Error: dead-1', errors: [{ attempt: 1, error: 'Error: dead-1' }] });
    expect(await find('dead-tried')).toMatchObject({ state: 'dead', attempts: 2, errors: [{ attempt: 2, error: 'Error: twice' }] });
    expect(await find('done-result')).toMatchObject({ state: 'completed', result: '{"é":1}', stats: '[2]', errors: [] });
    expect(await find('aside-1')).toMatchObject({ state: 'aside', problem: expect.stringMatching(/record/) });
    expect(await find('dead-bare-1')).toBeUndefined();
  });

  it.each([1, 2, 10])('is listed and counted, %i on a page', async (limit) => {
    const { store } = await openOld();
    expect(await listed(store, 'queued', limit)).toEqual([
      'again-1',
      'released-1',
      'ready-1',
      'ready-2',
      'ready-3',
      'ready-4',
      'later-1',
      'later-2',
    ]);
    expect(await listed(store, 'dead', limit)).toEqual(['dead-2', 'dead-tried', 'dead-1']);
    expect(await listed(store, 'completed', limit)).toEqual(['done-result', 'done-2', 'done-1']);
    expect(await listed(store, 'aside', limit)).toEqual(['aside-1']);
    expect(await store.census(['mill'])).toEqual([{ due: 4, waiting: 4, running: 2, expired: 1 }]);
  });

  it('is claimed, beside tasks that know more, and settled', async () => {
    const { store } = await openOld();
    await store.enqueue([aTask('urgent', { priority: 3 }), aTask('plain'), aTask('short', { expiresAt: time + 10 })]);
    time += 8_000;
    const { leases, dropped } = await store.claim(claimOf());
    const order = ['urgent', 'again-1', 'released-1', 'ready-1', 'ready-2', 'ready-3', 'ready-4', 'plain', 'later-1'];
    expect([idsOf(leases), dropped]).toEqual([order, [mill('short')]]);
    expect(leases.map(({ attempt }) => attempt)).toEqual([1, 2, 1, 1, 1, 1, 1, 1, 1]);
    expect(await store.settle(leases.map(completed))).toEqual(order.map(() => 'applied'));
  });

  it('keeps the error that it had when another comes, and when its task dies', async () => {
    const { store } = await openOld();
    const held = { ...mill('running-tried'), token: 'token-13' };
    expect(await store.settle([{ ...held, kind: 'retry', after: 0, error: 'new' }])).toEqual(['applied']);
    const errors = [
      { attempt: 1, at: layout.now - 1_000, error: OLD_ERROR },
      { attempt: 2, at: layout.now, error: 'new' },
    ];
    expect(await store.find(held)).toMatchObject({ attempts: 2, lastError: 'new', errors });
    const late = { ...mill('overdue-tried'), token: 'token-late' };
    expect(await store.reap([{ ...late, kind: 'dead', error: 'late' }])).toEqual(['applied']);
    const last = { attempt: 2, at: layout.now, error: 'late' };
    expect(await store.find(late)).toMatchObject({ state: 'dead', error: 'late', errors: [errors[0], last] });
  });

  it('renews, cancels, repeats and refuses what was under way', async () => {
    const { store } = await openOld();
    const running = { ...mill('running'), token: 'token-11' };
    const done = { ...mill('done-1'), token: 'token-8', kind: 'completed' } as const;
    expect(await store.settle([done, { ...done, token: 'other' }])).toEqual(['repeated', 'stale']);
    expect(await store.renew([{ ...running, lease: 5 }])).toEqual([{ kind: 'renewed', deadline: time + 5 }]);
    expect(await store.cancel([running, mill('overdue-tried'), mill('again-1'), mill('ready-2'), mill('later-1'), mill('dead-1')])).toEqual(
      ['cancelling', 'cancelling', 'cancelled', 'cancelled', 'cancelled', 'ended'],
    );
    expect(await store.renew([{ ...running, lease: 5 }])).toEqual([{ kind: 'cancelled' }]);
    expect(await store.settle([{ ...running, kind: 'completed' }])).toEqual(['cancelled']);
    expect(await store.reap([{ ...mill('overdue-tried'), token: 'token-late', kind: 'dead', error: 'late' }])).toEqual(['cancelled']);
    expect(await store.find(mill('overdue-tried'))).toMatchObject({ state: 'cancelled', attempts: 2, errors: [{ error: OLD_ERROR }] });
    expect(await listed(store, 'queued')).toEqual(['released-1', 'ready-1', 'ready-3', 'ready-4', 'later-2']);
  });

  it('gives its dead back, once, and pages go on over both kinds of lists', async () => {
    const { store } = await openOld();
    expect(await store.redrive(['dead-tried', 'dead-bare-1', 'aside-1', 'done-1', 'dead-tried'].map(mill))).toEqual([
      'queued',
      'unknown',
      'kept',
      'kept',
      'open',
    ]);
    expect(await listed(store, 'dead')).toEqual(['dead-2', 'dead-1']);
    expect((await listed(store, 'queued')).at(-3)).toBe('dead-tried');
    expect(
      await store.bury([
        { ...mill('ready-1'), error: 'no' },
        { ...mill('dead-tried'), error: 'again' },
      ]),
    ).toEqual(['buried', 'buried']);
    for (const limit of [1, 2, 3, 10]) expect(await listed(store, 'dead', limit)).toEqual(['dead-tried', 'ready-1', 'dead-2', 'dead-1']);
    const errors = [
      { attempt: 2, error: 'Error: twice' },
      { attempt: 0, error: 'again' },
    ];
    expect(await store.find(mill('dead-tried'))).toMatchObject({ errors });
  });

  it('is forgotten by age, and nothing of it is left', async () => {
    const { store, redis, prefix } = await openOld();
    await store.redrive([mill('dead-1')]);
    const { leases } = await store.claim(claimOf());
    await store.settle(leases.map(completed));
    time += 100_000;
    for (const lease of await store.expired(['mill'], 10)) await store.reap([{ ...lease, kind: 'dead', error: 'late' }]);
    await store.settle((await store.claim(claimOf())).leases.map(completed));
    time += 1_000_001;
    while ((await store.maintain(['mill'])).more);
    expect(await redis.keys(`*${prefix}*`)).toEqual(expect.arrayContaining([`${prefix}:schema`, `{${prefix}:mill}:m`]));
    expect(await redis.keys(`*${prefix}*`)).toHaveLength(2);
  });

  it('is of this layout from then on, also where the memory is full', async () => {
    const { store, redis, prefix } = await openOld();
    expect(await redis.get(`${prefix}:schema`)).toBe('3');
    await store.close();
    const { url } = await ownServer();
    const { redis: full, prefix: other } = await plant(url);
    await full.config('SET', 'maxmemory', '1mb');
    const late = await RedisTaskStore.open({ url, prefix: other, now: () => time });
    onTestFinished(() => late.close());
    expect(await full.get(`${other}:schema`)).toBe('3');
    expect(await late.cancel(['ready-3', 'running', 'again-1'].map(mill))).toEqual(['cancelled', 'cancelling', 'cancelled']);
    expect((await late.claim(claimOf())).leases).toHaveLength(3);
  });
});
