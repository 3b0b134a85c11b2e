import assert from 'node:assert/strict';
import {
  Doorbell,
  defineLabourers,
  Events,
  type Lease,
  limitedStore,
  MemoryTaskStore,
  type Register,
  refOf,
  type TaskStore,
} from '@reeve/core';
import { CountingChance, ManualClock } from '@reeve/testkit';
import { describe, it } from 'vitest';

const longest = 'l'.repeat(128);
const definition = { maxSimultaneousInvocations: 1_000, ratePerKey: { starts: 10, burst: 2 } };
const labourers = defineLabourers({ a: definition, [longest]: definition, both: { ...definition, perKey: 1 } });

const world = (over: (memory: MemoryTaskStore) => Partial<Register> = () => ({})) => {
  const clock = new ManualClock();
  const chance = new CountingChance();
  const memory = new MemoryTaskStore({ clock });
  const register: Register = { look: (names) => memory.look(names), change: (changes) => memory.change(changes), ...over(memory) };
  const make = (): TaskStore =>
    limitedStore({ labourers, store: memory, register, clock, chance, events: new Events(), doorbell: new Doorbell() });
  let made = 0;
  const fill = (key: string | undefined, count: number, labourer = 'a') =>
    memory.enqueue(
      Array.from({ length: count }, () => {
        made += 1;
        return { labourer, id: `${labourer.slice(0, 9)}-${made}`, payload: '{}' as Lease['payload'], ...(key !== undefined && { key }) };
      }),
    );
  const claim = (store: TaskStore, limit = 100, labourer = 'a') =>
    store.claim({ labourer, token: chance.id(), cap: 1_000, limit, lease: 60_000, ...(labourer === 'both' && { perKey: 1 }) });
  return { clock, memory, one: make(), other: make(), fill, claim };
};

const byKey = (leases: readonly Lease[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { key = '(none)' } of leases) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
};

describe('a rate per key', () => {
  it('lets each key start what its burst and its rate allow, and tasks without a key as they come', async () => {
    const { one, fill, claim, clock } = world();
    await fill('tenant', 5);
    await fill('other', 3);
    await fill(undefined, 4);
    const first = await claim(one);
    assert.deepEqual(byKey(first.leases), { tenant: 2, other: 2, '(none)': 4 });
    assert.equal(first.nextDueIn, 100, 'the first of the next is due after a tenth of a second');
    await clock.advance(99);
    assert.deepEqual((await claim(one)).leases, []);
    await clock.advance(1);
    assert.deepEqual(byKey((await claim(one)).leases), { tenant: 1, other: 1 });
  });

  it('holds over all processes, whatever each of them knows', async () => {
    const { one, other, fill, claim, clock } = world();
    await fill('tenant', 200);
    let started = 0;
    for (let tenth = 0; tenth < 20; tenth += 1) {
      const answers = await Promise.all([claim(one, 3), claim(other, 3), claim(other, 3)]);
      started += answers.flatMap(({ leases }) => leases).length;
      assert.ok(started <= 2 + tenth, `${started} started within ${tenth} tenths of a second`);
      await clock.advance(100);
    }
    assert.ok(started >= 15, `only ${started} started in two seconds`);
  });

  it('gives back what another process was first to start, with its attempt', async () => {
    const { one, other, fill, claim, memory, clock } = world();
    await fill('tenant', 4);
    assert.equal((await claim(one)).leases.length, 2);
    assert.deepEqual((await claim(other)).leases, [], 'this one did not know, claimed two, and gave them back');
    const { tasks } = await memory.list({ labourer: 'a', state: 'queued', limit: 10 });
    assert.deepEqual(
      tasks.map((each) => [each.attempts, each.state === 'queued' && each.due > clock.now()]),
      [
        [0, true],
        [0, true],
      ],
    );
    await clock.advance(200);
    assert.equal((await claim(other)).leases.length, 2);
  });

  it('starts none while the register is not to be reached, and loses none', async () => {
    let isDown = true;
    const { one, fill, claim } = world((memory) => ({
      change: (changes) => (isDown ? Promise.reject(new Error('down')) : memory.change(changes)),
    }));
    await fill('tenant', 2);
    await assert.rejects(claim(one), /down/);
    isDown = false;
    const { leases } = await claim(one);
    assert.deepEqual(
      leases.map(({ attempt }) => attempt),
      [1, 1],
    );
  });

  it('goes along with a limit per key', async () => {
    const { one, fill, claim, clock } = world();
    await fill('tenant', 9, 'both');
    const { leases } = await claim(one, 9, 'both');
    assert.equal(leases.length, 1);
    await one.settle(leases.map((each) => ({ ...refOf(each), kind: 'completed' as const })));
    assert.equal((await claim(one, 9, 'both')).leases.length, 1, 'the second of the burst');
    await clock.advance(50);
    assert.equal((await claim(one, 9, 'both')).leases.length, 0);
  });

  it('tells keys apart that differ in anything, however long they are', async () => {
    const { one, fill, claim } = world();
    const keys = ['k'.repeat(128), `${'k'.repeat(127)}K`, '__proto__', 'constructor'];
    for (const key of keys) await fill(key, 3, longest);
    const { leases } = await claim(one, 100, longest);
    for (const key of keys) assert.equal(leases.filter((each) => each.key === key).length, 2, key);
  });
});
