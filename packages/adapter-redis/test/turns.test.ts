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

/** What stands in the sorted sets and in `turns`, and what should, going by the records, the leases and the tasks that are listed. */
const books = async (client: Redis, prefix: string) => {
  const key = (letter: string): string => `{${prefix}:mill}:${letter}`;
  const [keyed, lines, heads, turns, leases] = await Promise.all([
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
  const first = new Map<string, string>();
  const inLines = keyed.map((member) => {
    const [rest = '', of = ''] = member.split('\0');
    if (!first.has(`${rest[0]}${of}`)) first.set(`${rest[0]}${of}`, rest.slice(0, 27)); // in the order of C6
    return `${of}\n${rest}`;
  });
  const rankOf = (of: string): string => (runs.get(of) ?? 0).toString(16).padStart(8, '0');
  const places = [...first].map(([lane, place]) => ({ of: lane.slice(1), place })).sort((a, b) => (a.place < b.place ? -1 : 1));
  const texts: Record<string, string> = {};
  for (const of of new Set([...runs.keys(), ...places.map((each) => each.of)])) {
    const own = places.filter((each) => each.of === of).map(({ place }) => place);
    texts[of] = `${rankOf(of)}${own.join('')}`;
  }
  const total = [...runs.values()].reduce((sum, each) => sum + each, 0);
  return {
    are: { lines: [...lines].sort(), heads: [...heads].sort(), turns },
    should: {
      lines: inLines.sort(),
      heads: places.map(({ of, place }) => `${rankOf(of)}${place}${of}`).sort(),
      turns: { ...texts, ...(total > 0 && { '': String(total) }) },
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
  const request = () => ({ ...claimOf({ cap: dice(12), limit: dice(8), lease: 10 + dice(60) }), ...(dice(4) && { perKey: 1 + dice(3) }) });
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

it.each(['', 'a\nb', 'a\0b', 'x'.repeat(129), 7])('refuses the key %j before anything is written', async (key) => {
  const { store } = await openStore({ url: server.url });
  await expect(store.enqueue([aTask('b'), aTask('a', { key: key as never })])).rejects.toMatchObject({
    kind: 'input',
    code: 'STORE_REFUSED',
  });
  expect(await store.find(aTask('b'))).toBeUndefined();
});
