import assert from 'node:assert/strict';
import { assertRecord } from '../assertions.ts';
import type { StoreCase } from '../bench.ts';
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
  released,
  retry,
  settleOne,
} from '../given.ts';
import { holds } from '../holds.ts';

const stale = { kind: 'stale' } as const;

export const renewCases: readonly StoreCase[] = [
  holds('N1', 'a renewal moves the deadline to its full length from now', async (bench) => {
    const lease = first(await held(bench, 1));
    await bench.clock.advance(LEASE - 1);
    const deadline = bench.clock.now() + 3 * LEASE;
    assert.deepEqual(await bench.peer.renew([{ ...lease, lease: 3 * LEASE }]), [{ kind: 'renewed', deadline }]);
    assertRecord(await find(bench, 0), { state: 'running', deadline, attempts: 1, token: lease.token });
    await bench.clock.advance(3 * LEASE - 1);
    assert.deepEqual(await expired(bench), []);
    await pass(bench, 1);
    assert.deepEqual(ids(await expired(bench)), [idOf(0)]);
  }),
  holds('N1', 'a renewed lease holds its place beyond its old deadline', async (bench) => {
    const lease = first(await held(bench, 1));
    await bench.store.enqueue([aTask(1)]);
    await bench.store.renew([{ ...lease, lease: 10 * LEASE }]);
    await pass(bench, 2 * LEASE);
    assert.deepEqual(await claimed(bench, { cap: 1 }), []);
    assert.equal(await settleOne(bench.store, completed(lease)), 'applied');
    assert.equal((await claimed(bench, { cap: 1 })).length, 1);
  }),
  holds('N1', 'a shorter lease moves the deadline nearer', async (bench) => {
    const lease = first(await held(bench, 1, { lease: 100 * LEASE }));
    assert.deepEqual(await bench.store.renew([{ ...lease, lease: LEASE }]), [{ kind: 'renewed', deadline: bench.clock.now() + LEASE }]);
    await pass(bench, LEASE);
    assert.deepEqual(ids(await expired(bench)), [idOf(0)]);
  }),
  holds('N1', 'answers are in the order of the arguments, whatever becomes of each', async (bench) => {
    const [a, b, c, d] = await held(bench, 4);
    await bench.store.settle([completed(b!)]);
    await bench.clock.advance(1_000);
    const renewed = (length: number) => ({ kind: 'renewed', deadline: bench.clock.now() + length });
    assert.deepEqual(
      await bench.store.renew([
        { ...d!, lease: 5 * LEASE },
        { ...b!, lease: LEASE },
        { ...a!, lease: 2 * LEASE },
        { ...c!, token: 'wrong', lease: LEASE },
        { ...c!, lease: 3 * LEASE },
      ]),
      [renewed(5 * LEASE), stale, renewed(2 * LEASE), stale, renewed(3 * LEASE)],
    );
  }),
  holds('N1', 'two hundred and fifty in one call', async (bench) => {
    const leases = await held(bench, 250);
    const answers = await bench.store.renew(leases.map((each, n) => ({ ...each, lease: LEASE + n * 1_000 })));
    assert.deepEqual(
      answers,
      range(250).map((n) => ({ kind: 'renewed', deadline: bench.clock.now() + LEASE + n * 1_000 })),
    );
    await pass(bench, LEASE);
    assertRecord(await find(bench, 249), { state: 'running', deadline: first(leases).claimedAt + LEASE + 249_000 });
  }),
  holds('N2', 'an expired lease is stale and is not revived', async (bench) => {
    const lease = first(await held(bench, 1));
    await pass(bench, LEASE);
    const before = await find(bench, 0);
    assert.deepEqual(await bench.store.renew([{ ...lease, lease: LEASE }]), [stale]);
    assert.deepEqual(await bench.peer.renew([{ ...lease, lease: 100 * LEASE }]), [stale]);
    assert.deepEqual(await find(bench, 0), before);
    assert.deepEqual(ids(await expired(bench)), [idOf(0)]);
  }),
  holds('N2', 'a lease whose place has passed on cannot take it back', async (bench) => {
    const lease = first(await held(bench, 1));
    await bench.store.enqueue([aTask(1), aTask(2)]);
    await pass(bench, LEASE);
    assert.equal((await claimed(bench, { cap: 1 })).length, 1);
    assert.deepEqual(await bench.store.renew([{ ...lease, lease: LEASE }]), [stale]);
    await bench.settled?.();
    assert.deepEqual(await bench.store.census([labourer]), [{ due: 1, waiting: 0, running: 1, expired: 1 }]);
  }),
  holds('N2', 'an ended or queued attempt is stale, and stays what it is', async (bench) => {
    const leases = await held(bench, 4);
    const [a, b, c, d] = leases;
    await bench.store.settle([completed(a!), dead(b!), retry(c!, LEASE), released(d!, LEASE)]);
    const before = await Promise.all(range(4).map((n) => find(bench, n)));
    assert.deepEqual(await bench.store.renew(leases.map((each) => ({ ...each, lease: LEASE }))), [stale, stale, stale, stale]);
    assert.deepEqual(await Promise.all(range(4).map((n) => find(bench, n))), before);
  }),
  holds('N2', 'a foreign attempt is stale: another token, another labourer, no such task', async (bench) => {
    const lease = first(await held(bench, 1));
    const before = await find(bench, 0);
    await bench.clock.advance(1_000);
    const foreign = [
      { ...lease, token: 'wrong' },
      { ...lease, token: '' },
      { ...lease, labourer: other },
      { ...lease, id: idOf(99) },
    ];
    assert.deepEqual(await bench.store.renew(foreign.map((each) => ({ ...each, lease: 9 * LEASE }))), [stale, stale, stale, stale]);
    assert.deepEqual(await find(bench, 0), before);
    assert.equal(await find(bench, 99), undefined);
  }),
  holds('N2', 'an attempt that was followed by another cannot renew the lease of its successor', async (bench) => {
    const old = first(await held(bench, 1));
    await bench.store.settle([retry(old)]);
    const current = first(await claimed(bench));
    await bench.clock.advance(1_000);
    assert.deepEqual(await bench.store.renew([{ ...old, lease: 100 * LEASE }]), [stale]);
    assertRecord(await find(bench, 0), { token: current.token, deadline: current.deadline });
  }),
  holds('N2', 'of a renewal and a verdict that race, the verdict is applied, and the task ends ended', async (bench) => {
    for (const n of range(5)) {
      await bench.store.enqueue([aTask(n)]);
      const lease = first(await claimed(bench));
      const [[renewal], outcomes] = await Promise.all([
        bench.peer.renew([{ ...lease, lease: 2 * LEASE }]),
        bench.store.settle([completed(lease)]),
      ]);
      assert.deepEqual(outcomes, ['applied']);
      assert.ok(renewal?.kind === 'renewed' || renewal?.kind === 'stale');
      assertRecord(await find(bench, n), { state: 'completed' });
    }
    assert.deepEqual(await expired(bench), []);
  }),
];
