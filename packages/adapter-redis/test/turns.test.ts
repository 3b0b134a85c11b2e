/** Tasks with keys: what this store keeps of them beside what the kit can see, and what it costs. */
import { type Lease, MemoryTaskStore, type NewTask, type Verdict } from '@reeve/core';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { oneServer } from './fixtures/servers.ts';
import { aTask, claimOf, completed, idsOf, openStore } from './fixtures/stores.ts';

const server = oneServer();

const connect = (): Redis => {
  const client = new Redis(server.url);
  onTestFinished(() => client.disconnect());
  return client;
};

/** The same numbers for the same seed. */
const diceOf = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
};

const PAD = `\n${'-'.repeat(29)}`;

/** A key as it stands in `turns`: its places in `heads`, and of one lane the first tasks. */
const standOf = (text: string) => {
  if (text[35] !== '\n') return { rank: text.slice(0, 8), places: text.slice(8).match(/.{27}/g) ?? [], own: undefined };
  const entries = text.slice(64).split('\0').slice(0, -1);
  return { rank: text.slice(0, 8), places: [text.slice(8, 35)], own: { entries, hasMore: text[36] === '+', last: text.slice(37, 64) } };
};

/** What stands in the sorted sets and in `turns`, and what should, going by the records, the leases and the tasks that are listed. */
const books = async (client: Redis, prefix: string) => {
  const key = (letter: string): string => `{${prefix}:mill}:${letter}`;
  const [keyed, lines, heads, { '': total = '0', ...turns }, leases] = await Promise.all([
    client.zrange(key('k'), '0', '-1'),
    client.zrange(key('i'), '0', '-1'),
    client.zrange(key('y'), '0', '-1'),
    client.hgetall(key('w')),
    client.hgetall(key('l')),
  ]);
  const runs = new Map<string, number>();
  for (const lease of Object.values(leases)) {
    const of = lease.slice(66).split('\n')[1];
    if (of !== undefined) runs.set(of, (runs.get(of) ?? 0) + 1);
  }
  const queues = new Map<string, string[]>();
  for (const member of keyed) {
    const [rest = '', of = ''] = member.split('\0');
    queues.set(of, [...(queues.get(of) ?? []), rest]); // in the order of C6
  }
  const problems: string[] = [];
  const inLines: string[] = [];
  const inHeads: string[] = [];
  let all = 0;
  for (const of of new Set([...runs.keys(), ...queues.keys()])) {
    const queue = queues.get(of) ?? [];
    const { rank, places, own } = standOf(turns[of] ?? '');
    all += runs.get(of) ?? 0;
    if (rank !== (runs.get(of) ?? 0).toString(16).padStart(8, '0')) problems.push(`${of}: runs ${rank}`);
    inHeads.push(...places.map((place) => `${rank}${place}${own ? PAD : ''}${of}`));
    const firsts = queue.filter((rest, n) => rest[0] !== queue[n - 1]?.[0]).map((rest) => rest.slice(0, 27));
    const { entries, hasMore, last } = own ?? { entries: [], hasMore: false, last: '' };
    if (own) {
      if (firsts.length !== 1 || entries.length === 0) problems.push(`${of}: ${firsts.length} lanes and ${entries.length} first tasks`);
      if (places[0]! > firsts[0]!) problems.push(`${of}: in heads behind its first task`);
      if (last !== entries.at(-1)?.slice(0, 27) || (!hasMore && entries.length < queue.length)) problems.push(`${of}: ends with ${last}`);
    } else if (places.join() !== firsts.join()) problems.push(`${of}: in heads with ${places.join()}`);
    if (entries.join() !== queue.slice(0, entries.length).join()) problems.push(`${of}: first tasks are ${entries.join()}`);
    inLines.push(...queue.slice(entries.length).map((rest) => `${of}\n${rest}`));
  }
  return {
    are: { lines: lines.toSorted(), heads: heads.toSorted(), keys: Object.keys(turns).toSorted(), total: Number(total), problems },
    should: {
      lines: inLines.toSorted(),
      heads: inHeads.toSorted(),
      keys: [...new Set([...runs.keys(), ...queues.keys()])].toSorted(),
      total: all,
      problems: [],
    },
    isEmpty: keyed.length + lines.length + heads.length + Object.keys(turns).length === 0,
  };
};

// Who drops what ran out of time, and when, is a store's own affair: with expiry the answers are not compared, the books are.
it.each([
  [1, false],
  [2, false],
  [3, false],
  [4, true],
  [5, true],
  [6, true],
])('keeps its books through whatever happens, and takes what the memory store takes (seed %i, with expiry: %j)', async (seed, expires) => {
  const { store, clock, prefix } = await openStore({ url: server.url });
  const memory = new MemoryTaskStore({ clock });
  const client = connect();
  const dice = diceOf(seed);
  const held: Lease[] = [];
  let tasks = 0;
  const both = async <Answer>(ask: (each: typeof store | MemoryTaskStore) => Promise<Answer>): Promise<Answer> => {
    const [answer, expected] = [await ask(store), await ask(memory)];
    expect(expires ? expected : answer, `seed ${seed}`).toEqual(expected);
    return answer;
  };
  const newTask = (): NewTask => ({
    ...aTask(`t-${tasks++}`),
    ...(dice(4) && { key: ['a', 'b', 'ключ', 'd e'][dice(4)]! }),
    ...(dice(3) === 0 && { priority: dice(3) }),
    ...(dice(3) === 0 && { due: clock.now() + dice(4) * 10 }),
    ...(expires && dice(4) === 0 && { expiresAt: clock.now() + dice(40) }),
    ...(dice(5) === 0 && { follow: '1' as never }),
  });
  const some = <T>(make: () => T): T[] => Array.from({ length: dice(5) }, make);
  const anyTask = () => aTask(`t-${dice(tasks + 1)}`);
  const verdict = (): Verdict[] => {
    const [lease] = held.splice(dice(held.length), 1);
    if (!lease) return [];
    const { labourer, id, token } = lease;
    const more = [
      { kind: 'completed' },
      { kind: 'completed' },
      { kind: 'dead', error: 'no' },
      { kind: 'retry', after: dice(3) * 10, error: 'no' },
      { kind: 'released' },
    ] as const;
    return [{ labourer, id, token, ...more[dice(5)]! }];
  };
  const request = () => ({
    ...claimOf({ cap: dice(12), limit: dice(8), lease: 10 + dice(60) }),
    ...(dice(4) && { perKey: 1 + dice(3) }),
    ...(dice(3) === 0 && { room: { of: new Map(['a', 'b', 'c'].map((key) => [key, dice(3)])), others: 1 + dice(2) } }),
  });
  const steps = [
    () => both((each) => each.enqueue(batch)),
    () => both((each) => each.settle(verdicts)),
    async () => {
      const { leases } = await both(async (each) => {
        const { outcomes, leases: taken } = await each.exchange(verdicts, claim);
        return { outcomes, leases: taken };
      });
      held.push(...leases);
    },
    () => both((each) => each.cancel([task])),
    () => both((each) => each.bury([{ ...task, error: 'off' }])),
    () => both((each) => each.redrive([{ ...task, after: wait }])),
    () => both((each) => each.renew(held.slice(0, 2).map((one) => ({ ...one, lease: 100 })))),
    () => clock.advance(wait),
    () => both(async (each) => (await each.list({ labourer: 'mill', state: 'queued', limit: 100 })).tasks),
    () => both((each) => each.census(['mill'])),
  ] as const;
  let [batch, verdicts, claim, task, wait] = [some(newTask), verdict(), request(), anyTask(), 0];
  for (let step = 0; step < 250; step += 1) {
    [batch, verdicts, claim, task, wait] = [some(newTask), [...verdict(), ...verdict()], request(), anyTask(), dice(3) * 10];
    await steps[dice(3) ? dice(3) : dice(steps.length)]!();
    const { are, should } = await books(client, prefix);
    expect(are, `seed ${seed}, step ${step}`).toEqual(should);
  }
  await clock.advance(1_000);
  for (let more = true; more; ) {
    const late = await store.expired(['mill'], 1_000);
    await store.reap(late.map((each) => ({ ...each, kind: 'dead', error: 'late' })));
    const { leases } = await store.claim({ ...claimOf(), perKey: 2 });
    await store.settle(leases.map(completed));
    more = leases.length + late.length > 0;
  }
  expect((await books(client, prefix)).isEmpty).toBe(true);
});

it('lists those with a key among those without, page by page', async () => {
  const { store, clock } = await openStore({ url: server.url });
  const at = clock.now();
  const mixed = Array.from({ length: 40 }, (_, n) =>
    aTask(`t-${n}`, {
      ...(n % 3 && { key: `k-${n % 4}` }),
      ...(n % 5 === 0 && { priority: (n % 2) + 1 }),
      ...(n % 4 === 0 && { due: at + n }),
    }),
  );
  await store.enqueue(mixed);
  const { leases } = await store.claim(claimOf({ limit: 8 }));
  await store.settle(leases.map((each, n) => ({ ...each, kind: 'released', ...(n % 2 && { after: n }) })));
  const page = (limit: number, cursor?: string) => store.list({ labourer: 'mill', state: 'queued', limit, ...(cursor && { cursor }) });
  const whole = idsOf((await page(100)).tasks);
  expect(whole).toHaveLength(40);
  for (const limit of [1, 3, 7]) {
    const ids: string[] = [];
    let { tasks, cursor } = await page(limit);
    for (ids.push(...idsOf(tasks)); cursor !== undefined; ids.push(...idsOf(tasks))) ({ tasks, cursor } = await page(limit, cursor));
    expect(ids).toEqual(whole);
  }
});

it('counts an attempt that is named twice once', async () => {
  const { store } = await openStore({ url: server.url });
  await store.enqueue([1, 2, 3, 4].map((n) => aTask(`t-${n}`, { key: 'a' })));
  const { leases } = await store.claim({ ...claimOf(), perKey: 2 });
  const said = completed(leases[0]!);
  const answer = await store.exchange([said, said], { ...claimOf(), perKey: 2 });
  expect(answer.outcomes).toEqual(['applied', 'repeated']);
  expect(idsOf(answer.leases)).toEqual(['t-3']);
});

it('takes what it takes at the same cost, however many keys there are, and however long the line of a full one', async () => {
  const { store, prefix } = await openStore({ url: server.url });
  const client = connect();
  const calls = async (): Promise<number> => {
    const stats = await client.info('commandstats');
    return [...stats.matchAll(/calls=(\d+)/g)].reduce((sum, [, each]) => sum + Number(each), 0);
  };
  const costOfClaim = async (): Promise<number> => {
    const before = await calls();
    const { leases } = await store.claim({ ...claimOf({ limit: 1, cap: 10 }), perKey: 1 });
    expect(leases).toHaveLength(1);
    return (await calls()) - before;
  };
  await store.enqueue(['a', 'a', 'b', 'c', 'd'].map((key, n) => aTask(`few-${n}`, { key })));
  await costOfClaim(); // of a, which is full now
  const few = await costOfClaim();
  await store.enqueue(Array.from({ length: 5_000 }, (_, n) => aTask(`line-${n}`, { key: 'a' })));
  await store.enqueue(Array.from({ length: 2_000 }, (_, n) => aTask(`key-${n}`, { key: `k-${n}` })));
  expect(await costOfClaim()).toBeLessThanOrEqual(few + 4);
  expect(await client.zcard(`{${prefix}:mill}:k`)).toBe(7_002);
});

const readsOf = async (client: Redis, work: () => Promise<unknown>): Promise<number> => {
  await client.config('RESETSTAT');
  await work();
  return Number(/cmdstat_zrangebylex:calls=(\d+)/.exec(await client.info('commandstats'))?.[1] ?? 0);
};

it('finds the one key with room behind hundreds that have none, in few steps', async () => {
  const { store } = await openStore({ url: server.url });
  const keys = Array.from({ length: 500 }, (_, n) => `k-${n}`);
  await store.enqueue(keys.flatMap((key, n) => [aTask(`a-${n}`, { key }), aTask(`b-${n}`, { key })]));
  await store.enqueue([aTask('free', { key: 'free' }), aTask('free-too', { key: 'free' })]);
  await store.claim({ ...claimOf({ limit: 0 }), perKey: 1 }); // they wait apart from now on
  const room = { of: new Map(keys.map((key) => [key, 0])), others: 1 };
  let ids: readonly string[] = [];
  const reads = await readsOf(connect(), async () => {
    ids = idsOf((await store.claim({ ...claimOf({ limit: 1 }), room })).leases);
  });
  expect(ids).toEqual(['free']);
  expect(reads).toBeLessThan(25);
  expect((await store.claim({ ...claimOf({ limit: 1 }), room, perKey: 1 })).leases).toEqual([]);
});

it('sets a place that is too early right when it meets it, once', async () => {
  const { store } = await openStore({ url: server.url });
  const client = connect();
  const of = (letter: string, count: number, turn: number) =>
    Array.from({ length: count }, (_, n) => aTask(`${letter}-${n}-${turn}`, { key: `${letter}-${n}` }));
  await store.enqueue([...of('a', 50, 1), ...of('a', 50, 2), ...of('z', 60, 1), ...of('z', 60, 2), ...of('a', 50, 3)]);
  const { leases } = await store.claim({ ...claimOf({ limit: 50 }), perKey: 1 });
  // One of each a ran before and one runs now: what is noted of its place is that of its second task, and its third is what waits.
  const next = await store.exchange(leases.map(completed), { ...claimOf({ limit: 50 }), perKey: 1 });
  expect(idsOf(next.leases)).toEqual(idsOf(of('a', 50, 2)));
  expect((await store.claim({ ...claimOf({ limit: 60 }), perKey: 1 })).leases).toHaveLength(60);
  const taken: string[] = [];
  const takeOne = async () => {
    taken.push(...idsOf((await store.claim({ ...claimOf({ limit: 1 }), perKey: 2 })).leases));
  };
  expect(await readsOf(client, takeOne)).toBeGreaterThan(50);
  expect(await readsOf(client, takeOne)).toBeLessThan(5);
  expect(taken).toEqual(['z-0-2', 'z-1-2']);
});

it.each(['', 'a\nb', 'a\0b', 'x'.repeat(129), 7])('refuses the key %j before anything is written', async (key) => {
  const { store } = await openStore({ url: server.url });
  await expect(store.enqueue([aTask('b'), aTask('a', { key: key as never })])).rejects.toMatchObject({
    kind: 'input',
    code: 'STORE_REFUSED',
  });
  expect(await store.find(aTask('b'))).toBeUndefined();
});
