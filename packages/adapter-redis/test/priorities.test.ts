/** Tasks of a priority wait among the retries, with scores below 0: what only this store has to get right. */
import { expect, it } from 'vitest';
import { oneServer } from './fixtures/servers.ts';
import { aTask, claimOf, completed, idsOf, openStore } from './fixtures/stores.ts';

const server = oneServer();
const FAR = 999_999_999_999_999;

it('takes the longest due times there are, for every priority, in order', async () => {
  const { store, clock } = await openStore({ url: server.url });
  const at = clock.now();
  await store.enqueue([0, 1, 9].map((priority) => aTask(`far-${priority}`, { due: FAR, priority })));
  await store.enqueue([0, 1, 9].map((priority) => aTask(`soon-${priority}`, { due: at + 1, priority })));
  expect((await store.claim(claimOf())).nextDueIn).toBe(1);
  await clock.advance(1);
  const { leases, nextDueIn } = await store.claim(claimOf());
  expect(idsOf(leases)).toEqual(['soon-9', 'soon-1', 'soon-0']);
  expect(nextDueIn).toBeGreaterThan(1e14);
  expect(await store.find(aTask('far-9'))).toMatchObject({ due: FAR, priority: 9 });
  expect(await store.census(['mill'])).toEqual([{ due: 0, waiting: 3, running: 3, expired: 0 }]);
});

it('says when the next is due, of whatever priority, and names nobody for what is later', async () => {
  const { store, clock } = await openStore({ url: server.url });
  const later = (ms: number, priority: number) => ({ due: clock.now() + ms, priority });
  await store.enqueue([aTask('a', later(50, 2)), aTask('b', later(30, 7)), aTask('c', later(40, 0))]);
  expect((await store.claim(claimOf())).nextDueIn).toBe(30);
  expect([...(await store.labourersWithDue(['mill']))]).toEqual([]);
  await clock.advance(30);
  expect([...(await store.labourersWithDue(['mill']))]).toEqual(['mill']);
  expect(await store.claim(claimOf())).toMatchObject({ leases: [{ id: 'b' }], nextDueIn: 10 });
  await clock.advance(10);
  expect(await store.claim(claimOf())).toMatchObject({ leases: [{ id: 'c' }], nextDueIn: 10 });
});

it('wakes others for the first that is due of a priority, and not for those behind it', async () => {
  const { store, clock } = await openStore({ url: server.url });
  const heard: string[] = [];
  await store.listen(['mill', 'other'], (labourer) => void heard.push(labourer));
  await store.enqueue([aTask('a', { priority: 4, due: clock.now() + 10 })]);
  await store.enqueue([aTask('b', { priority: 4 }), aTask('c', { priority: 4 })]);
  await store.enqueue([aTask('d', { priority: 4 })]);
  await store.enqueue([aTask('e', { labourer: 'other' })]);
  await expect.poll(() => heard).toEqual(['mill', 'other']);
});

it('keeps marks, payloads and order through retries and releases of tasks with and without', async () => {
  const { store, clock } = await openStore({ url: server.url });
  const expiresAt = clock.now() + 60_000;
  await store.enqueue([
    aTask('plain'),
    aTask('short', { expiresAt }),
    aTask('urgent', { priority: 2 }),
    aTask('both', { priority: 2, expiresAt, payload: '"é\u0001"' as never }),
  ]);
  const { leases } = await store.claim(claimOf());
  expect(leases.map(({ id, attempt, payload }) => [id, attempt, payload])).toEqual([
    ['urgent', 1, '{}'],
    ['both', 1, '"é\u0001"'],
    ['plain', 1, '{}'],
    ['short', 1, '{}'],
  ]);
  const [urgent, both, plain, short] = leases;
  await store.settle([
    { ...urgent!, kind: 'retry', after: 0, error: 'no' },
    { ...plain!, kind: 'retry', after: 1, error: 'no' },
    { ...both!, kind: 'released', after: 1 },
    { ...short!, kind: 'released' },
  ]);
  await clock.advance(1);
  const again = (await store.claim(claimOf())).leases;
  expect(again.map(({ id, attempt }) => [id, attempt])).toEqual([
    ['urgent', 2],
    ['both', 1],
    ['short', 1],
    ['plain', 2],
  ]);
  await store.settle(again.map((each) => ({ ...each, kind: 'released' })));
  expect(idsOf((await store.list({ labourer: 'mill', state: 'queued', limit: 10 })).tasks)).toEqual(idsOf(again));
  expect(await store.find(aTask('both'))).toMatchObject({ priority: 2, expiresAt, attempts: 0, payload: '"é\u0001"' });
  expect(await store.cancel(again)).toEqual(again.map(() => 'cancelled'));
  expect(await store.redrive([urgent!, { ...plain!, after: 5 }, both!])).toEqual(['queued', 'queued', 'queued']);
  expect(await store.find(aTask('both'))).toMatchObject({ priority: 2, attempts: 0, payload: '"é\u0001"' });
  expect(await store.find(aTask('both'))).not.toHaveProperty('expiresAt');
  await clock.advance(5);
  const last = (await store.claim(claimOf())).leases;
  expect(last.map(({ id, attempt }) => [id, attempt])).toEqual([
    ['urgent', 1],
    ['both', 1],
    ['plain', 1],
  ]);
  expect(await store.settle(last.map(completed))).toEqual(['applied', 'applied', 'applied']);
});

it('settles in one call what is marked and what is not', async () => {
  const { store } = await openStore({ url: server.url });
  const marks = [{}, { priority: 1 }, { expiresAt: FAR }, { follow: '1' as never }, {}];
  await store.enqueue(marks.map((each, n) => aTask(`t-${n}`, each)));
  const { leases } = await store.claim(claimOf());
  expect(await store.settle(leases.map((each) => ({ ...each, kind: 'completed', result: '7' as never })))).toEqual(
    Array(5).fill('applied'),
  );
  for (const { id } of leases) expect(await store.find(aTask(id))).toMatchObject({ state: 'completed', result: '7' });
  expect(idsOf(await store.outbox(['mill'], 10))).toEqual(['t-3']);
});

it.each<[string, object, RegExp]>([
  ['a priority above the highest', { priority: 10 }, /"a".*priority is 10; give a whole number from 0 to 9/],
  ['half a priority', { priority: 0.5 }, /priority is 0.5/],
  ['an expiry that is none', { expiresAt: Number.NaN }, /"a".*expiresAt/],
  ['an empty follow', { follow: '' }, /"a".*follow/],
])('refuses %s before anything is written', async (_, more, message) => {
  const { store } = await openStore({ url: server.url });
  await expect(store.enqueue([aTask('b'), aTask('a', more)])).rejects.toMatchObject({
    kind: 'input',
    code: 'STORE_REFUSED',
    message: expect.stringMatching(message),
  });
  expect(await store.find(aTask('b'))).toBeUndefined();
});
