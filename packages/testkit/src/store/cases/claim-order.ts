import assert from 'node:assert/strict';
import { assertRecord } from '../assertions.ts';
import type { StoreCase } from '../bench.ts';
import { aTask, claim, claimed, completed, find, first, held, idOf, ids, LEASE, pass, range, released, retry, tasks } from '../given.ts';
import { holds } from '../holds.ts';

const reversed = [...tasks(6)].reverse();

export const claimOrderCases: readonly StoreCase[] = [
  holds('C6', 'tasks that are due at one instant come in the order of enqueueing, not of their ids', async (bench) => {
    await bench.store.enqueue(reversed);
    assert.deepEqual(ids(await claimed(bench)), ids(reversed));
  }),
  holds('C6', 'first in, first out over many calls and both connections', async (bench) => {
    for (const [n, task] of reversed.entries()) {
      await (n % 2 ? bench.peer : bench.store).enqueue([task]);
      await bench.clock.advance(1_000);
    }
    const order: string[] = [];
    for (const _ of range(3)) order.push(...ids(await claimed(bench, { limit: 2 })));
    assert.deepEqual(order, ids(reversed));
  }),
  holds('C6', 'the due time goes before the order of enqueueing', async (bench) => {
    const now = bench.clock.now();
    const offsets = [-1_000, -9_000, -5_000, -9_000, -7_000];
    await bench.store.enqueue(offsets.map((offset, n) => aTask(n, { due: now + offset })));
    assert.deepEqual(ids(await claimed(bench)), [1, 3, 4, 2, 0].map(idOf));
  }),
  holds('C6', 'a task whose time has come goes before those that were enqueued later', async (bench) => {
    await bench.store.enqueue([aTask(1, { due: bench.clock.now() + 10_000 })]);
    await pass(bench, 20_000);
    await bench.store.enqueue([aTask(2)]);
    assert.deepEqual(ids(await claimed(bench)), [idOf(1), idOf(2)]);
  }),
  holds('C6', 'a retry that is due goes before every fresh task, older ones too', async (bench) => {
    const [lease] = await held(bench, 1);
    await bench.store.enqueue(range(3).map((n) => aTask(n + 1, { due: bench.clock.now() - 60_000 })));
    await bench.store.settle([retry(lease!, 5_000)]);
    await pass(bench, 5_000);
    assert.deepEqual(ids(await claimed(bench, { limit: 2 })), [idOf(0), idOf(1)]);
  }),
  holds('C6', 'a retry that is not due yet stops no fresh task', async (bench) => {
    const [lease] = await held(bench, 1);
    await bench.store.settle([retry(lease!, 3_600_000)]);
    await bench.store.enqueue([aTask(1)]);
    assert.deepEqual(ids(await claimed(bench)), [idOf(1)]);
  }),
  holds('C6', 'due retries come in the order in which they fell due', async (bench) => {
    const [a, b, c] = await held(bench, 3);
    await bench.store.settle([retry(a!, 20_000), retry(b!, 10_000), retry(c!, 15_000)]);
    await pass(bench, 20_000);
    assert.deepEqual(ids(await claimed(bench)), [1, 2, 0].map(idOf));
  }),
  holds('C6', 'a released task goes before every fresh one', async (bench) => {
    await bench.store.enqueue(tasks(4));
    const [, second] = await claimed(bench, { limit: 2 });
    await bench.store.settle([released(second!)]);
    assert.deepEqual(ids(await claimed(bench)), [1, 2, 3].map(idOf));
  }),
  holds('C6', 'released tasks come back in their old order, whatever the order of release', async (bench) => {
    await bench.store.enqueue(tasks(5));
    const leases = await claimed(bench, { limit: 3 });
    await bench.store.settle([...leases].reverse().map((each) => released(each)));
    assert.deepEqual(ids(await claimed(bench)), range(5).map(idOf));
  }),
  holds('C7', 'a task is due at the very instant it names, and not a millisecond before', async (bench) => {
    await bench.store.enqueue([aTask(1, { due: bench.clock.now() + 10_000 })]);
    await bench.clock.advance(9_999);
    assert.deepEqual(await claimed(bench), []);
    await pass(bench, 1);
    assert.deepEqual(ids(await claimed(bench)), [idOf(1)]);
  }),
  holds('C7', 'an instant within a second is as good as a whole one', async (bench) => {
    await bench.store.enqueue([aTask(1, { due: bench.clock.now() + 1_501 })]);
    await bench.clock.advance(1_500);
    assert.deepEqual(await claimed(bench), []);
    await pass(bench, 1);
    assert.equal((await claimed(bench)).length, 1);
  }),
  holds('C7', 'a task enqueued without an instant, or with one in the past, is due at once', async (bench) => {
    await bench.store.enqueue([aTask(1), aTask(2, { due: bench.clock.now() }), aTask(3, { due: 0 })]);
    assert.equal((await claimed(bench)).length, 3);
  }),
  holds('C7', 'a task that waits ten times a lease runs once, at its time', async (bench) => {
    await bench.store.enqueue([aTask(1, { due: bench.clock.now() + 10 * LEASE })]);
    for (const _ of range(9)) {
      await bench.clock.advance(LEASE);
      assert.deepEqual(await claimed(bench), []);
      assert.deepEqual(await bench.store.expired([aTask(1).labourer], 10), []);
    }
    await pass(bench, LEASE);
    assert.equal(first(await claimed(bench)).attempt, 1);
    assert.deepEqual(await claimed(bench), []);
  }),
  holds('C1', 'a lease says all there is to say, and the record the same', async (bench) => {
    const due = bench.clock.now() + 2_000;
    const createdAt = bench.clock.now();
    await bench.store.enqueue([aTask(1, { due })]);
    await pass(bench, 3_000);
    const claimedAt = bench.clock.now();
    const lease = first(await claimed(bench, { token: 'token-of-this-case', lease: 45_000 }));
    const said = { ...aTask(1), token: 'token-of-this-case', attempt: 1, createdAt, due, claimedAt, deadline: claimedAt + 45_000 };
    const { members: _, ...facts } = lease;
    assert.deepEqual(facts, said);
    assertRecord(await bench.peer.find(lease), {
      state: 'running',
      token: 'token-of-this-case',
      deadline: claimedAt + 45_000,
      attempts: 1,
      payload: aTask(1).payload,
    });
  }),
  holds('C1', 'each claim counts one attempt', async (bench) => {
    await bench.store.enqueue([aTask(0)]);
    for (const n of range(4)) {
      const lease = first(await claimed(bench));
      assert.equal(lease.attempt, n + 1);
      assertRecord(await find(bench, 0), { attempts: n + 1 });
      await bench.store.settle([retry(lease)]);
    }
  }),
  holds('C1', 'an ended task is not to be had, however late the claim', async (bench) => {
    const [lease] = await held(bench, 1);
    await bench.store.settle([completed(lease!)]);
    await pass(bench, 100 * LEASE);
    assert.deepEqual(await claimed(bench), []);
    assert.deepEqual((await bench.peer.claim({ labourer: lease!.labourer, token: 'late', cap: 9, limit: 9, lease: LEASE })).leases, []);
  }),
  holds('C3', 'what it says of the next due task is not later than that task', async (bench) => {
    await bench.store.enqueue([aTask(0), aTask(1, { due: bench.clock.now() + 60_000 })]);
    const within = async (most: number): Promise<void> => {
      const { nextDueIn } = await claim(bench);
      const latest = most + bench.store.capabilities.clockGuard;
      assert.ok(nextDueIn === undefined || (nextDueIn >= 0 && nextDueIn <= latest), `${nextDueIn} where at most ${latest} is right`);
    };
    const lease = first(await claimed(bench));
    await within(60_000);
    await bench.store.settle([retry(lease, 10_000)]);
    await within(10_000);
    await bench.clock.advance(4_000);
    await within(6_000);
  }),
];
