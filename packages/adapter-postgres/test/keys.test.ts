/** Keys at sizes and in mixtures that the kit's cases do not come to, against the memory store; and the rows of `turn`, of which nobody else knows. */
import { type ClaimRequest, MemoryTaskStore, type NewTask, type Verdict } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { describe, expect, it } from 'vitest';
import { run, useServer } from './fixtures/server.ts';
import { aTask, claimOf, completed, idsOf, openStore } from './fixtures/stores.ts';

const server = useServer();
const opened = () => openStore(server.url, { listen: false });

/** The same numbers for the same seed. */
const dice = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
};

/** Tasks that no row of `turn` leads to: there may be none. */
const hidden = (schema: string) =>
  run(
    server.url,
    `SELECT a.id FROM (SELECT labourer, lane, key, due, seq, id FROM ${schema}.again UNION ALL SELECT labourer, 39, key, due, seq, id FROM ${schema}.keyed) a
    WHERE a.key IS NOT NULL AND NOT EXISTS (
      SELECT FROM ${schema}.turn t WHERE t.labourer = a.labourer AND t.lane = a.lane AND t.key = a.key AND (t.due, t.seq) <= (a.due, a.seq))`,
  );

const turnsLeft = async (schema: string) =>
  (await run<{ n: number }>(server.url, `SELECT count(*)::integer AS n FROM ${schema}.turn`))[0]?.n;

describe.each([
  ['a few keys, nothing particular', 1, { keys: 12, priorities: 1, unkeyed: 0, again: 0 }],
  ['a few keys and tasks without, of all priorities, some come again', 2, { keys: 7, priorities: 4, unkeyed: 3, again: 4 }],
  ['many keys', 3, { keys: 400, priorities: 1, unkeyed: 0, again: 9 }],
  ['many keys, of two priorities', 4, { keys: 150, priorities: 2, unkeyed: 9, again: 6 }],
  ['one key has nearly all', 5, { keys: 3, priorities: 1, unkeyed: 2, again: 0 }],
] as const)('%s:', (_, seed, { keys, priorities, unkeyed, again }) => {
  it('claims and exchanges take the tasks that the memory store takes, in its order', async () => {
    const { store, schema } = await opened();
    const clock = new ManualClock(Date.now());
    const model = new MemoryTaskStore({ clock });
    const roll = dice(seed);
    let made = 0;
    const enqueue = async (count: number): Promise<void> => {
      const tasks = Array.from({ length: count }, (): NewTask => {
        made += 1;
        const key = unkeyed > 0 && roll(unkeyed) === 0 ? {} : { key: `key ${Math.min(roll(keys), roll(keys))}` };
        const priority = roll(priorities);
        return aTask(`${made}`, { ...key, due: 1_000_000 + roll(2) * made, ...(priority > 0 && { priority }) });
      });
      await store.enqueue(tasks);
      await model.enqueue(tasks);
    };
    const held = new Map<string, string>();
    const take = async (request: ClaimRequest, ids: readonly string[]): Promise<void> => {
      const verdicts = ids.map((id): Verdict => {
        const ref = { labourer: 'mill', id, token: held.get(id) ?? '' };
        held.delete(id);
        return again > 0 && roll(again) === 0 ? { ...ref, kind: 'released' } : { ...ref, kind: 'completed' };
      });
      const answer = await store.exchange(verdicts, request);
      const expected = await model.exchange(verdicts, request);
      expect(idsOf(answer.leases)).toEqual(idsOf(expected.leases));
      expect(answer.outcomes).toEqual(expected.outcomes);
      for (const { id } of answer.leases) held.set(id, request.token);
    };
    const lost: unknown[] = [];
    await enqueue(600);
    for (let n = 0; n < 60; n += 1) {
      if (roll(3) === 0) await enqueue(1 + roll(40));
      const request = claimOf({ cap: 60, limit: 1 + roll(40) });
      const ids = [...held.keys()].filter(() => roll(2) === 0);
      const room = roll(3) === 0 && {
        of: new Map(Array.from({ length: roll(9) }, () => [`key ${roll(keys)}`, roll(3)])),
        others: 1 + roll(3),
      };
      const limits = { ...(roll(3) > 0 && { perKey: 1 + roll(4) }), ...(room && { room }) };
      await take({ ...request, ...limits }, n % 4 === 0 ? [] : ids);
      if (n % 10 === 9) lost.push(...(await hidden(schema)));
    }
    expect(lost).toEqual([]);
  });
});

describe('the room of keys', () => {
  it('is one for all that an exchange takes: in the places of its verdicts, and beside them', async () => {
    const { store } = await opened();
    const keys = ['a', 'b', ...Array<string>(6).fill('a'), ...Array<string>(6).fill('b')];
    await store.enqueue(keys.map((key, n) => aTask(`${n}`, { key, due: 1_000 + n })));
    const { leases } = await store.claim({ ...claimOf({ limit: 2 }), perKey: 9 });
    expect(idsOf(leases)).toEqual(['0', '1']);
    const room = { of: new Map([['a', 2]]), others: 3 };
    const { outcomes, leases: next } = await store.exchange(leases.map(completed), { ...claimOf(), room });
    expect(outcomes).toEqual(['applied', 'applied']);
    expect(next.map(({ id }) => Number(id) < 8)).toEqual([true, false, true, false, false]);
  });
});

describe('the rows of `turn`', () => {
  it('lead to every task, whoever enqueues, claims, returns, cancels, redrives and tidies at once; and are gone with the last', async () => {
    const { store, schema } = await opened();
    const { store: peer } = await openStore(server.url, { schema, listen: false, maxConnections: 6 });
    let producing = true;
    const produce = async (name: string): Promise<void> => {
      for (let n = 0; n < 60; n += 1) await store.enqueue([aTask(`${name}-${n}`, { key: `key-${n % 5}`, due: 1 + (n % 3) })]);
    };
    const work = async (at: typeof store, perKey: number | undefined): Promise<void> => {
      for (let idle = 0; producing || idle < 3; ) {
        const { leases } = await at.claim({ ...claimOf({ cap: 20, limit: 4 }), ...(perKey !== undefined && { perKey }) });
        const verdicts = leases.map(
          (lease, n): Verdict =>
            n % 3 === 2 && lease.attempt < 3 ? { ...completed(lease), kind: 'retry', after: 0, error: 'no' } : completed(lease),
        );
        // One that runs when it is cancelled ends so.
        for (const outcome of await at.settle(verdicts)) expect(['applied', 'cancelled']).toContain(outcome);
        idle = leases.length === 0 ? idle + 1 : 0;
      }
    };
    const operate = async (): Promise<void> => {
      for (let n = 0; n < 60; n += 3) {
        const [answer] = await peer.cancel([aTask(`a-${n}`)]);
        if (answer === 'cancelled') await peer.redrive([aTask(`a-${n}`)]);
        await peer.maintain(['mill']);
      }
    };
    const working = Promise.all([work(store, 2), work(peer, 2), work(peer, 1), work(store, undefined)]);
    await Promise.all([produce('a'), produce('b'), produce('c'), operate()]);
    expect(await hidden(schema)).toEqual([]);
    producing = false;
    await working;
    await work(store, 2);
    expect(await store.census(['mill'])).toEqual([{ due: 0, waiting: 0, running: 0, expired: 0 }]);
    const [ended] = await run<{ n: number }>(server.url, `SELECT count(*)::integer AS n FROM ${schema}.history`);
    expect(ended).toEqual({ n: 180 });
    for (let more = true; more; ) ({ more } = await store.maintain(['mill']));
    expect(await turnsLeft(schema)).toBe(0);
  });

  it('are put right by claims that go by the head of the queue, a page at a time, and lead to what is left', async () => {
    const clock = new ManualClock(Date.now());
    const { store, schema } = await openStore(server.url, { listen: false, clock });
    const tasks = Array.from({ length: 4_000 }, (_, n) => aTask(`${n}`, { key: `key ${n % 50}` }));
    for (let from = 0; from < tasks.length; from += 100) await store.enqueue(tasks.slice(from, from + 100));
    expect(await turnsLeft(schema)).toBe(2_000);
    const taken: string[] = [];
    let { leases } = await store.claim({ ...claimOf({ limit: 50 }), perKey: 1 });
    while (taken.length < 2_500) {
      taken.push(...idsOf(leases));
      await clock.advance(1_000); // where the latest claim ended is forgotten
      ({ leases } = await store.exchange(leases.map(completed), { ...claimOf({ limit: 50 }), perKey: 1 }));
    }
    expect(taken).toEqual(idsOf(tasks.slice(0, 2_500)));
    expect(await hidden(schema)).toEqual([]);
    expect(await turnsLeft(schema)).toBeLessThan(1_300);
  });

  it('are left behind by claims without turns, and taken away by `maintain`', async () => {
    const { store, schema } = await opened();
    for (let n = 0; n < 30; n += 1) await store.enqueue([aTask(`${n}`, { key: `${n % 3}` })]);
    await store.settle((await store.claim(claimOf({ limit: 28 }))).leases.map(completed));
    expect(await turnsLeft(schema)).toBe(30);
    await store.maintain(['mill']);
    expect(await turnsLeft(schema)).toBe(2);
    expect(await hidden(schema)).toEqual([]);
    expect(idsOf((await store.claim({ ...claimOf(), perKey: 1 })).leases)).toEqual(['28', '29']);
  });
});

it('an exchange by turns keeps what is particular of the tasks it takes', async () => {
  const { store } = await opened();
  await store.enqueue([
    aTask('one', { key: 'a' }),
    aTask('two', { key: 'a', priority: 2, follow: '"then"' as never }),
    aTask('three', { key: 'b' }),
  ]);
  const by = (limit: number) => ({ ...claimOf({ limit }), perKey: 1 });
  const { leases } = await store.claim(by(1));
  expect(idsOf(leases)).toEqual(['two']);
  const { leases: next } = await store.exchange(leases.map(completed), by(1));
  expect(idsOf(next)).toEqual(['one']);
  await store.settle(next.map((lease): Verdict => ({ ...completed(lease), kind: 'retry', after: 0, error: 'no' })));
  expect(await store.find(aTask('one'))).toMatchObject({ key: 'a', priority: 0, attempts: 1 });
  expect(await store.outbox(['mill'], 9)).toMatchObject([{ id: 'two', follow: '"then"' }]);
});

it('an operator finds a task that is plain but for its key, and what he writes is what its attempt is given', async () => {
  const { store, schema } = await opened();
  await store.enqueue(['a', 'b', 'a', 'b', 'a'].map((key, n) => aTask(`${n}`, { key })));
  expect(await run(server.url, `SELECT count(*)::integer AS n FROM ${schema}.keyed`)).toEqual([{ n: 5 }]);
  expect(idsOf((await store.list({ labourer: 'mill', state: 'queued', limit: 9 })).tasks)).toEqual(['0', '1', '2', '3', '4']);
  expect(await store.census(['mill'])).toEqual([{ due: 5, waiting: 0, running: 0, expired: 0 }]);
  expect(await store.labourersWithDue(['mill', 'idle'])).toEqual(new Set(['mill']));
  expect(await store.replace([{ ...aTask('2'), payload: '[2]' as never }])).toEqual(['replaced']);
  expect(await store.cancel([aTask('0')])).toEqual(['cancelled']);
  expect(await store.bury([{ ...aTask('1'), error: 'no' }])).toEqual(['buried']);
  expect(await store.redrive([aTask('0')])).toEqual(['queued']);
  const { leases } = await store.claim({ ...claimOf({ limit: 2 }), perKey: 1 });
  expect(leases.map(({ id, payload }) => [id, payload])).toEqual([
    ['2', '[2]'],
    ['3', '{}'],
  ]);
  const { leases: next } = await store.exchange(leases.map(completed), claimOf());
  expect(idsOf(next)).toEqual(['4', '0']);
  expect(await store.find(next[0]!)).toMatchObject({ state: 'running', key: 'a' });
  expect(await hidden(schema)).toEqual([]);
});

it('claims with turns and without, keys and none, early and late: each process finds what is next, wherever its latest claim ended', async () => {
  const { store } = await opened();
  const turns = (limit: number) => ({ ...claimOf({ limit }), perKey: 9 });
  await store.enqueue(['a', 'a', 'b', 'c'].map((key, n) => aTask(`k${n}`, { key })));
  await store.enqueue([aTask('p0'), aTask('p1')]);
  expect(idsOf((await store.claim(turns(2))).leases)).toEqual(['k0', 'k2']);
  expect(idsOf((await store.claim(claimOf({ limit: 2 }))).leases)).toEqual(['k1', 'k3']);
  await store.enqueue([aTask('early', { due: 1, key: 'd' }), aTask('k4', { key: 'e' })]);
  expect(idsOf((await store.claim(claimOf({ limit: 2 }))).leases)).toEqual(['early', 'p0']);
  await store.enqueue([aTask('older', { due: 1, key: 'f' })]);
  expect(idsOf((await store.claim(turns(1))).leases)).toEqual(['older']);
  expect(idsOf((await store.claim(turns(9))).leases)).toEqual(['k4', 'p1']); // one without a key runs, and none of that key
});
