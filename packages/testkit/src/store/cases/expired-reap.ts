import assert from 'node:assert/strict';
import type { Lease } from '@reeve/core';
import { assertOneApplied, assertRecord } from '../assertions.ts';
import type { StoreCase } from '../bench.ts';
import { eitherOf, RACERS } from '../crowd.ts';
import {
  aTask,
  claimed,
  completed,
  dead,
  expired,
  find,
  first,
  held,
  idOf,
  ids,
  LEASE,
  labourer,
  other,
  pass,
  range,
  retry,
  settleOne,
  tasks,
} from '../given.ts';
import { holds } from '../holds.ts';

/** A lease without what a store's own schema adds for workers. */
const factsOf = ({ members: _, ...facts }: Lease): Omit<Lease, 'members'> => facts;

export const expiredCases: readonly StoreCase[] = [
  holds('R1', 'a lease is expired from its deadline on, and not a millisecond before', async (bench) => {
    const lease = first(await held(bench, 1));
    await bench.clock.advance(LEASE - 1);
    assert.deepEqual(await expired(bench), []);
    await pass(bench, 1);
    assert.deepEqual((await expired(bench)).map(factsOf), [factsOf(lease)]);
    assert.deepEqual((await bench.peer.expired([labourer], 10)).map(factsOf), [factsOf(lease)], 'the other connection sees it, whole');
  }),
  holds('R1', 'the oldest come first, and no more than asked for', async (bench) => {
    await bench.store.enqueue(tasks(6));
    const lengths = [6, 2, 5, 1, 4, 3];
    for (const [n, length] of lengths.entries()) await claimed(bench, { limit: 1, cap: n + 1, lease: length * LEASE });
    await pass(bench, 10 * LEASE);
    assert.deepEqual(ids(await expired(bench)), [3, 1, 5, 4, 2, 0].map(idOf));
    assert.deepEqual(ids(await expired(bench, 2)), [3, 1].map(idOf));
    assert.deepEqual(await expired(bench, 0), []);
  }),
  holds('R1', 'each lease has its own length', async (bench) => {
    await bench.store.enqueue(tasks(3));
    const step = LEASE + bench.store.capabilities.clockGuard;
    for (const n of [3, 1, 2]) await claimed(bench, { limit: 1, lease: n * step - bench.store.capabilities.clockGuard });
    const seen: (readonly string[])[] = [];
    for (const _ of range(3)) {
      await bench.clock.advance(step);
      seen.push(ids(await expired(bench)));
    }
    assert.deepEqual(seen, [[1].map(idOf), [1, 2].map(idOf), [1, 2, 0].map(idOf)]);
  }),
  holds('R1', 'only of the labourers asked for, and the limit is for all of them together', async (bench) => {
    await bench.store.enqueue([...tasks(3), ...range(3).map((n) => aTask(n + 10, { labourer: other }))]);
    await claimed(bench);
    await bench.clock.advance(1_000);
    await claimed(bench, { labourer: other });
    await pass(bench, LEASE);
    assert.deepEqual(ids(await bench.store.expired([other], 10)), [10, 11, 12].map(idOf));
    assert.equal((await bench.store.expired([labourer, other], 10)).length, 6);
    const four = await bench.store.expired([other, labourer], 4);
    assert.deepEqual([...ids(four).slice(0, 3)].sort(), range(3).map(idOf));
    assert.equal(four.length, 4);
    assert.deepEqual(await bench.store.expired(['nobody'], 10), []);
  }),
  holds('R1', 'settled, renewed and running leases do not hide the expired ones behind them', async (bench) => {
    const leases = await held(bench, 30);
    await bench.store.settle(leases.slice(0, 10).map((each) => completed(each)));
    await bench.store.renew(leases.slice(10, 20).map((each) => ({ ...each, lease: 100 * LEASE })));
    await bench.store.enqueue(range(5).map((n) => aTask(n + 100)));
    await pass(bench, LEASE);
    await claimed(bench);
    assert.deepEqual(
      [...ids(await expired(bench, 10))].sort(),
      range(10).map((n) => idOf(n + 20)),
    );
  }),
];

export const reapCases: readonly StoreCase[] = [
  holds('R2', 'an expired lease is reaped: queued again with its attempt counted, or dead', async (bench) => {
    const [a, b] = await held(bench, 2);
    await pass(bench, LEASE);
    assert.deepEqual(await bench.peer.reap([retry(a!, 30_000, 'timed out'), dead(b!, 'spent')]), ['applied', 'applied']);
    assertRecord(await find(bench, 0), { state: 'queued', due: bench.clock.now() + 30_000, attempts: 1, lastError: 'timed out' });
    assertRecord(await find(bench, 1), { state: 'dead', error: 'spent', endedAt: bench.clock.now(), attempts: 1 });
    assert.deepEqual(await expired(bench), []);
    await pass(bench, 30_000);
    assert.deepEqual(
      (await claimed(bench)).map(({ id, attempt }) => [id, attempt]),
      [[idOf(0), 2]],
    );
  }),
  holds('R2', 'a lease that runs is not reaped, up to its last millisecond', async (bench) => {
    const lease = first(await held(bench, 1));
    const before = await find(bench, 0);
    for (const wait of [0, LEASE - 1]) {
      await bench.clock.advance(wait);
      assert.deepEqual(await bench.store.reap([retry(lease), dead(lease)]), ['stale', 'stale']);
    }
    assert.deepEqual(await find(bench, 0), before);
    assert.equal(await settleOne(bench.store, completed(lease)), 'applied');
  }),
  holds('R2', 'a lease that was renewed after it was found expired is not reaped', async (bench) => {
    const lease = first(await held(bench, 1));
    await bench.clock.advance(LEASE - 1);
    await bench.store.renew([{ ...lease, lease: 10 * LEASE }]);
    await pass(bench, LEASE);
    assert.deepEqual(await bench.store.reap([dead(lease)]), ['stale']);
    assertRecord(await find(bench, 0), { state: 'running' });
  }),
  holds('R2', 'a lease that was settled late is not reaped', async (bench) => {
    const [a, b, c] = await held(bench, 3);
    await pass(bench, LEASE);
    await bench.store.settle([completed(a!), retry(b!, LEASE), dead(c!, 'said so')]);
    const before = await Promise.all(range(3).map((n) => find(bench, n)));
    assert.deepEqual(await bench.store.reap([dead(a!), dead(b!), retry(c!)]), ['stale', 'stale', 'stale']);
    assert.deepEqual(await Promise.all(range(3).map((n) => find(bench, n))), before);
  }),
  holds('R2', 'a lease that was claimed again is not reaped on the word of the old one', async (bench) => {
    const old = first(await held(bench, 1));
    await pass(bench, LEASE);
    await bench.store.reap([retry(old)]);
    const current = first(await claimed(bench));
    assert.deepEqual(await bench.peer.reap([dead(old)]), ['stale']);
    await pass(bench, LEASE);
    assert.deepEqual(await bench.peer.reap([dead(old)]), ['stale'], 'nor once the new one has expired as well');
    assertRecord(await find(bench, 0), { state: 'running', token: current.token });
    assert.deepEqual(await bench.peer.reap([dead(current)]), ['applied']);
  }),
  holds('R2', 'a wrong token, another labourer and an unknown task are stale', async (bench) => {
    const lease = first(await held(bench, 1));
    await pass(bench, LEASE);
    const before = await find(bench, 0);
    const foreign = [
      { ...lease, token: 'wrong' },
      { ...lease, labourer: other },
      { ...lease, id: idOf(99) },
    ];
    assert.deepEqual(await bench.store.reap(foreign.map((each) => dead(each))), ['stale', 'stale', 'stale']);
    assert.deepEqual(await find(bench, 0), before);
    assert.equal(await find(bench, 99), undefined);
  }),
  holds('R2', 'one live lease in a call does not stop the others, in a call of a hundred and twenty', async (bench) => {
    const leases = await held(bench, 120);
    await bench.store.renew([{ ...leases[60]!, lease: 100 * LEASE }]);
    await pass(bench, LEASE);
    assert.deepEqual(
      await bench.store.reap(leases.map((each, n) => (n % 2 ? retry(each, LEASE) : dead(each)))),
      range(120).map((n) => (n === 60 ? 'stale' : 'applied')),
    );
  }),
  holds('R2', 'of many that reap one lease at once exactly one does', async (bench) => {
    const lease = first(await held(bench, 1));
    await pass(bench, LEASE);
    const verdicts = range(RACERS).map((n) => (n % 3 ? retry(lease, LEASE) : dead(lease)));
    const outcomes = (await Promise.all(verdicts.map((each, n) => eitherOf(bench, n).reap([each])))).flat();
    assertOneApplied(outcomes, ['stale', 'repeated']);
    assertRecord(await find(bench, 0), { state: verdicts[outcomes.indexOf('applied')]?.kind === 'dead' ? 'dead' : 'queued', attempts: 1 });
  }),
  holds('R2', 'of a reaper and a late verdict that race exactly one is applied', async (bench) => {
    for (const n of range(6)) {
      await bench.store.enqueue([aTask(n)]);
      const lease = first(await claimed(bench));
      await pass(bench, LEASE);
      const race = [() => bench.store.reap([dead(lease)]), () => bench.peer.settle([completed(lease)])];
      if (n % 2) race.reverse();
      const outcomes = (await Promise.all(race.map((run) => run()))).flat();
      assertOneApplied(outcomes, ['stale']);
      const reaped = (outcomes[0] === 'applied') === (n % 2 === 0);
      assertRecord(await find(bench, n), { state: reaped ? 'dead' : 'completed' });
    }
  }),
  holds('R2', 'of a reaper and a renewal that race the clock decides', async (bench) => {
    const [a] = await held(bench, 1);
    await bench.clock.advance(LEASE - 1);
    const [early, kept] = await Promise.all([bench.store.reap([dead(a!)]), bench.peer.renew([{ ...a!, lease: LEASE }])]);
    assert.deepEqual([early, kept[0]?.kind], [['stale'], 'renewed']);
    await pass(bench, LEASE);
    const [late, lost] = await Promise.all([bench.store.reap([dead(a!)]), bench.peer.renew([{ ...a!, lease: LEASE }])]);
    assert.deepEqual([late, lost[0]?.kind], [['applied'], 'stale']);
  }),
];
