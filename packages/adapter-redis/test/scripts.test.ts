import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { oneServer } from './fixtures/servers.ts';
import { aTask, claimOf, completed, idsOf, openStore, someTasks } from './fixtures/stores.ts';

const server = oneServer();

const admin = (): Redis => {
  const client = new Redis(server.url);
  onTestFinished(() => client.disconnect());
  return client;
};

it('goes on when the server forgets its scripts between any two calls', async () => {
  const { store, clock } = await openStore({ url: server.url });
  const redis = admin();
  const after = async <T>(call: () => Promise<T>): Promise<T> => {
    await redis.script('FLUSH');
    return call();
  };
  expect(await after(() => store.enqueue(someTasks(4)))).toEqual(Array(4).fill('created'));
  expect([...(await after(() => store.labourersWithDue(['mill'])))]).toEqual(['mill']);
  const { leases } = await after(() => store.claim(claimOf({ limit: 2 })));
  expect(await after(() => store.renew(leases.map((each) => ({ ...each, lease: 5_000 }))))).toHaveLength(2);
  expect(await after(() => store.settle([completed(leases[0]!)]))).toEqual(['applied']);
  await clock.advance(5_000);
  expect(await after(() => store.expired(['mill'], 10))).toHaveLength(1);
  expect(await after(() => store.reap([{ ...leases[1]!, kind: 'dead', error: 'late' }]))).toEqual(['applied']);
  expect(await after(() => store.find({ labourer: 'mill', id: 'task-000001' }))).toMatchObject({ state: 'dead', error: 'late' });
  expect((await after(() => store.list({ labourer: 'mill', state: 'queued', limit: 10 }))).tasks).toHaveLength(2);
  expect(await after(() => store.census(['mill']))).toEqual([{ due: 2, waiting: 0, running: 0, expired: 0 }]);
  expect((await after(() => store.exchange([], claimOf()))).leases).toHaveLength(2);
  expect((await after(() => store.maintain(['mill']))).more).toBe(false);
});

/** How often scripts ran since it was asked last. */
const countScripts = async (redis: Redis): Promise<() => Promise<number>> => {
  const calls = async (): Promise<number> => {
    const stats = await redis.info('commandstats');
    return [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce((sum, [, each]) => sum + Number(each), 0);
  };
  let before = await calls();
  return async () => {
    const now = await calls();
    const since = now - before;
    before = now;
    return since;
  };
};

it('asks for a hundred labourers in one call', async () => {
  const { store } = await openStore({ url: server.url });
  const names = Array.from({ length: 100 }, (_, n) => `labourer-${n}`);
  await store.enqueue([aTask('a', { labourer: 'labourer-7' })]);
  const calls = () => Promise.all([store.labourersWithDue(names), store.census(names), store.expired(names, 10)]);
  await calls();
  const since = await countScripts(admin());
  expect((await calls())[0]).toEqual(new Set(['labourer-7']));
  expect(await since()).toBe(3);
});

it('sends what is enqueued together in one call, and answers each for itself', async () => {
  const { store } = await openStore({ url: server.url });
  await store.enqueue([aTask('known')]);
  const since = await countScripts(admin());
  const calls = [...someTasks(48).map((each) => store.enqueue([each])), store.enqueue([aTask('known')]), store.enqueue([])];
  const answers = await Promise.all(calls);
  expect(await since()).toBe(1);
  expect(answers.flat()).toEqual([...Array(48).fill('created'), 'duplicate']);
  expect(idsOf((await store.claim(claimOf())).leases)).toEqual(['known', ...idsOf(someTasks(48))]);
});

it('lets nobody fail for what another asked', async () => {
  const { store } = await openStore({ url: server.url });
  const answers = await Promise.allSettled([
    store.enqueue([aTask('a')]),
    store.enqueue([aTask('b'), aTask('c', { due: Number.NaN })]),
    store.enqueue([aTask('d'), aTask('a')]),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(answers[2]).toMatchObject({ value: ['created', 'duplicate'] });
  expect(answers[1]).toMatchObject({ reason: { kind: 'input', code: 'STORE_REFUSED' } });
  expect(idsOf((await store.list({ labourer: 'mill', state: 'queued', limit: 10 })).tasks)).toEqual(['a', 'd']);
});

it('keeps the time of the server where no test stands in for it', async () => {
  const { store } = await openStore({ url: server.url }, 'real');
  const [seconds = 0, micros = 0] = (await admin().time()).map(Number);
  await store.enqueue([aTask('a')]);
  const { leases } = await store.claim(claimOf({ lease: 30_000 }));
  const now = seconds * 1_000 + micros / 1_000;
  expect(leases[0]!.claimedAt).toBeGreaterThan(now - 1);
  expect(leases[0]!.claimedAt).toBeLessThan(now + 10_000);
  expect(leases[0]!.deadline).toBe(leases[0]!.claimedAt + 30_000);
  expect(store.capabilities).toMatchObject({ clock: 'server', clockGuard: 0, survives: 'process' });
});
