import assert from 'node:assert/strict';
import { Doorbell, defineLabourers, Events, type Lease, limitedStore, MemoryTaskStore, refOf, type TaskStore } from '@reeve/core';
import { CountingChance, ManualClock, Stream } from '@reeve/testkit';
import { describe, it } from 'vitest';

const definitions = {
  a: { maxSimultaneousInvocations: 20, draws: { db: 3 } },
  b: { maxSimultaneousInvocations: 20, draws: { db: 2 } },
  timed: { maxSimultaneousInvocations: 50, rate: { starts: 10, burst: 4 } },
  free: { maxSimultaneousInvocations: 20 },
};

const labourers = defineLabourers(definitions, { db: 10 });

const world = (over: (store: MemoryTaskStore) => Partial<TaskStore> = () => ({})) => {
  const clock = new ManualClock();
  const chance = new CountingChance();
  const memory = new MemoryTaskStore({ clock });
  const bell = new Doorbell();
  const rung: string[] = [];
  bell.onRing((labourer) => rung.push(labourer));
  const make = (): TaskStore =>
    limitedStore({ labourers, store: bound(memory, over(memory)), register: memory, clock, chance, events: new Events(), doorbell: bell });
  const ask = (labourer: string, limit: number, lease = 60_000) => ({ labourer, token: chance.id(), cap: 20, limit, lease });
  const fill = (labourer: string, count: number) =>
    memory.enqueue(Array.from({ length: count }, (_, n) => ({ labourer, id: `${labourer}-${n}`, payload: '{}' as Lease['payload'] })));
  return { clock, chance, memory, rung, one: make(), other: make(), ask, fill };
};

/** The methods of the store, and what takes the place of some. */
const bound = (store: MemoryTaskStore, over: Partial<TaskStore>): TaskStore => ({
  capabilities: store.capabilities,
  enqueue: (tasks) => store.enqueue(tasks),
  labourersWithDue: (names) => store.labourersWithDue(names),
  claim: (request) => store.claim(request),
  settle: (verdicts) => store.settle(verdicts),
  exchange: (verdicts, request) => store.exchange(verdicts, request),
  renew: (renewals) => store.renew(renewals),
  expired: (names, limit) => store.expired(names, limit),
  reap: (verdicts) => store.reap(verdicts),
  maintain: (names) => store.maintain(names),
  ...over,
});

const completed = (lease: Lease) => ({ ...refOf(lease), kind: 'completed' as const });

describe('a store with limits', () => {
  it('is the store itself where nothing is limited', () => {
    const { memory, clock, chance } = world();
    const parts = { store: memory, register: memory, clock, chance, events: new Events(), doorbell: new Doorbell() };
    assert.equal(limitedStore({ ...parts, labourers: labourers.filter(({ id }) => id === 'free') }), memory);
  });

  it('lets attempts of two labourers hold no more units than there are', async () => {
    const { one, other, ask, fill } = world();
    await fill('a', 10);
    await fill('b', 10);
    const first = await one.claim(ask('a', 2));
    assert.equal(first.leases.length, 2);
    const second = await other.claim(ask('b', 10));
    assert.equal(second.leases.length, 2);
    assert.equal((await one.claim(ask('b', 10))).leases.length, 0);
    await other.settle(first.leases.slice(0, 1).map(completed));
    assert.equal((await one.claim(ask('b', 10))).leases.length, 1);
  });

  it('gives back what it looked for in vain', async () => {
    const { one, other, ask, fill } = world();
    await fill('b', 5);
    assert.equal((await one.claim(ask('a', 10))).leases.length, 0);
    assert.equal((await other.claim(ask('b', 10))).leases.length, 5);
  });

  it('frees the units of every way out, and rings for whoever found too few', async () => {
    const { one, ask, fill, rung } = world();
    await fill('a', 10);
    await fill('b', 10);
    const { leases } = await one.claim(ask('b', 10));
    assert.equal(leases.length, 5);
    assert.equal((await one.claim(ask('a', 3))).leases.length, 0);
    const [x, y, z, u] = leases as [Lease, Lease, Lease, Lease];
    await one.settle([completed(x), { ...refOf(y), kind: 'retry', after: 0, error: 'no' }, { ...refOf(z), kind: 'dead', error: 'no' }]);
    await one.settle([{ ...refOf(u), kind: 'released' }]);
    assert.deepEqual([...new Set(rung)].sort(), ['a', 'b']);
    assert.equal((await one.claim(ask('a', 3))).leases.length, 2);
  });

  it('frees no units for a verdict that changed nothing', async () => {
    const { one, ask, fill } = world();
    await fill('b', 10);
    const { leases } = await one.claim(ask('b', 10));
    await one.settle(leases.slice(0, 1).map(completed));
    await one.settle(leases.slice(0, 1).map(completed));
    await one.settle([{ ...completed(leases[1] as Lease), id: 'b-9' }]);
    assert.equal((await one.claim(ask('b', 10))).leases.length, 1);
  });

  it('holds the units of a lease that nobody ends until it is over, and of a renewed one for longer', async () => {
    const { one, other, ask, fill, clock } = world();
    await fill('b', 10);
    const { leases } = await one.claim(ask('b', 5, 100_000));
    await clock.advance(90_000);
    await one.renew(leases.slice(0, 1).map((lease) => ({ ...refOf(lease), lease: 200_000 })));
    await clock.advance(199_999);
    assert.equal((await other.claim(ask('b', 5))).leases.length, 0);
  });

  it('starts nothing when a process stood still between setting aside and claiming, and others have the units', async () => {
    let stood = async (): Promise<void> => {};
    const { one, ask, fill, clock, memory } = world((store) => ({
      claim: async (request) => {
        const wait = stood;
        stood = async () => {};
        await wait();
        return store.claim(request);
      },
    }));
    await fill('b', 20);
    stood = async () => {
      await clock.advance(600_000);
      assert.equal((await one.claim(ask('b', 5))).leases.length, 5);
    };
    assert.deepEqual((await one.claim(ask('b', 5))).leases, []);
    assert.equal((await memory.census(['b']))[0]?.running, 5);
  });

  it('keeps to a rate over all, says when there is more, and gives back what did not start', async () => {
    const { one, other, ask, fill, clock } = world();
    const nothing = await one.claim(ask('timed', 10));
    assert.deepEqual(nothing.leases, []);
    await fill('timed', 30);
    const first = await other.claim(ask('timed', 10));
    assert.equal(first.leases.length, 4);
    assert.equal(first.nextDueIn, 200);
    assert.deepEqual(await one.claim(ask('timed', 10)), { leases: [], nextDueIn: 200 });
    await clock.advance(200);
    assert.equal((await one.exchange(first.leases.map(completed), ask('timed', 10))).leases.length, 2);
  });

  it('keeps what the verdicts came to, when the claim after them fails', async () => {
    const { one, ask, fill } = world((store) => ({
      claim: async (request) => {
        if (request.limit === 1) throw new Error('no');
        return store.claim(request);
      },
    }));
    await fill('b', 5);
    const { leases } = await one.claim(ask('b', 2));
    const { outcomes } = await one.exchange(leases.map(completed), ask('b', 1));
    assert.deepEqual(outcomes, ['applied', 'applied']);
  });

  it('holds to the units at every step of two hundred random ones, over several processes', async () => {
    for (let seed = 1; seed <= 15; seed += 1) {
      const { one, other, ask, fill, clock, memory } = world();
      const draw = new Stream(seed, 'units');
      await fill('a', 60);
      await fill('b', 60);
      const held: Lease[] = [];
      for (let step = 0; step < 200; step += 1) {
        const store = draw.pick([one, other]);
        const some = held.splice(0, draw.between(0, 3));
        const deed = draw.pick(['reap', 'renew', 'none', 'none', 'none']);
        if (deed === 'reap') {
          const late = (await store.expired(['a', 'b'], 5)).map((lease) => ({
            ...refOf(lease),
            kind: 'retry' as const,
            after: 0,
            error: 'late',
          }));
          await store.reap(late);
        }
        if (deed === 'renew') await store.renew(some.map((lease) => ({ ...refOf(lease), lease: 30_000 })));
        const [first, second] = await Promise.all([
          store.exchange(some.map(completed), ask(draw.pick(['a', 'b']), draw.between(1, 5), 20_000)),
          draw.pick([one, other]).claim(ask(draw.pick(['a', 'b']), draw.between(1, 5), 20_000)),
        ]);
        held.push(...first.leases, ...second.leases);
        const [a, b] = await memory.census(['a', 'b']);
        const units = 3 * (a?.running ?? 0) + 2 * (b?.running ?? 0);
        assert.ok(units <= 10, `seed ${seed}, step ${step}: ${units} units`);
        if (draw.happens(0.3)) await clock.advance(draw.between(1, 15_000));
      }
    }
  });
});
