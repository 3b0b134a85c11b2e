/** A task that is cancelled where it was ready leaves a gap in the list, since to close it would move half of the list: nobody may see it. */
import { CountingChance } from '@reeve/testkit';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { oneServer } from './fixtures/servers.ts';
import { aTask, claimOf, completed, idsOf, openStore, someTasks } from './fixtures/stores.ts';

const server = oneServer();

const admin = (): Redis => {
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  return redis;
};

it.each([1, 2, 3])('cancels, buries and redrives at random, and lists, counts and claims what is left in order (seed %i)', async (seed) => {
  const { store, clock } = await openStore({ url: server.url });
  const chance = new CountingChance(seed);
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(chance.random() * list.length)];
  let queue: string[] = [];
  const ended: string[] = [];
  let made = 0;
  for (let step = 0; step < 120; step += 1) {
    await clock.advance(1);
    const dice = chance.random();
    let answer: unknown;
    let wanted: unknown;
    if (dice < 0.35) {
      const tasks = Array.from({ length: 4 }, () => aTask(`t-${++made}`, chance.random() < 0.3 ? { due: clock.now() } : {}));
      answer = await store.enqueue(tasks);
      wanted = Array(4).fill('created');
      queue.push(...idsOf(tasks));
    } else if (dice < 0.75 && queue.length > 0) {
      const key = aTask(pick(queue)!);
      answer = await (dice < 0.6 ? store.cancel([key]) : store.bury([{ ...key, error: 'no' }]));
      wanted = [dice < 0.6 ? 'cancelled' : 'buried'];
      queue = queue.filter((id) => id !== key.id);
      ended.push(key.id);
    } else if (dice < 0.85 && ended.length > 0) {
      const id = pick(ended)!;
      answer = await store.redrive([aTask(id)]);
      wanted = ['queued'];
      ended.splice(ended.indexOf(id), 1);
      queue.push(id);
    } else {
      const limit = 1 + Math.floor(chance.random() * 3);
      const { leases } = await store.claim(claimOf({ limit }));
      await store.settle(leases.map(completed));
      answer = idsOf(leases);
      wanted = queue.splice(0, limit);
    }
    expect(answer).toEqual(wanted);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.list({ labourer: 'mill', state: 'queued', limit: 3, ...(cursor !== undefined && { cursor }) });
      seen.push(...idsOf(page.tasks));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(queue);
    expect((await store.census(['mill']))[0]).toMatchObject({ due: queue.length, waiting: 0 });
  }
});

it('claims exactly what there is room for, over a thousand gaps in a row', async () => {
  const { store, prefix } = await openStore({ url: server.url });
  const tasks = someTasks(3_000);
  await store.enqueue(tasks);
  expect(new Set(await store.cancel(tasks.slice(10, 2_600)))).toEqual(new Set(['cancelled']));
  expect(idsOf((await store.claim(claimOf({ limit: 20 }))).leases)).toEqual(idsOf([...tasks.slice(0, 10), ...tasks.slice(2_600, 2_610)]));
  expect(await admin().hget(`{${prefix}:mill}:m`, 'gaps')).toBe('0');
});

it('leaves no list behind when the last one that was ready is cancelled', async () => {
  const { store, prefix } = await openStore({ url: server.url });
  await store.enqueue(someTasks(20));
  expect(new Set(await store.cancel(someTasks(20)))).toEqual(new Set(['cancelled']));
  expect(await admin().exists(`{${prefix}:mill}:r`)).toBe(0);
  expect([...(await store.labourersWithDue(['mill']))]).toEqual([]);
  const heard: string[] = [];
  await store.listen(['mill'], (labourer) => void heard.push(labourer));
  await store.enqueue([aTask('next')]);
  await expect.poll(() => heard).toEqual(['mill']);
});

it('finds a task though another program spoiled its neighbours', async () => {
  const { store, prefix } = await openStore({ url: server.url });
  const tasks = someTasks(16);
  await store.enqueue(tasks);
  for (const n of [3, 7, 8, 11]) await admin().hset(`{${prefix}:mill}:t`, tasks[n]!.id, '{}');
  const whole = tasks.filter((_, n) => ![3, 7, 8, 11].includes(n));
  expect(await store.cancel(whole.slice(0, -1))).toEqual(whole.slice(1).map(() => 'cancelled'));
  expect(await store.cancel([tasks[3]!])).toEqual(['unknown']);
  const { leases, aside } = await store.claim(claimOf());
  expect([idsOf(leases), aside?.length]).toEqual([[whole.at(-1)!.id], 4]);
});

it('cancels in the midst of a hundred thousand without a walk', async () => {
  const { store } = await openStore({ url: server.url });
  const tasks = someTasks(100_000);
  await store.enqueue(tasks);
  const redis = admin();
  await redis.config('RESETSTAT');
  expect(await store.cancel([tasks[50_000]!])).toEqual(['cancelled']);
  const stats = await redis.info('commandstats');
  const calls = (name: string): number => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
  expect(calls('lindex')).toBeLessThan(25);
  expect(calls('lrem')).toBe(0);
});
