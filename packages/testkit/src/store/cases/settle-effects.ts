import assert from 'node:assert/strict';
import type { Lease, Verdict } from '@reeve/core';
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
  json,
  LEASE,
  labourer,
  other,
  pass,
  range,
  released,
  request,
  retry,
  settleOne,
  tasks,
} from '../given.ts';
import { holds } from '../holds.ts';

export const settleEffectCases: readonly StoreCase[] = [
  holds('V3', 'completed ends the task: when, with what, and never again', async (bench) => {
    const [a, b] = await held(bench, 2);
    await bench.clock.advance(7_000);
    const result = json('{"z":1.0,"a":12345678901234567890,"2":[ ],"text":"\\u00e9 \\/"}');
    const stats = json('{"seconds": 0.10, "peak": 1e400}');
    assert.deepEqual(await bench.store.settle([{ ...completed(a!), result, stats } as Verdict, completed(b!)]), ['applied', 'applied']);
    const endedAt = bench.clock.now();
    assertRecord(await bench.peer.find(a!), { state: 'completed', result, stats, endedAt, attempts: 1, payload: a!.payload });
    assertRecord(await bench.peer.find(b!), { state: 'completed', result: undefined, stats: undefined, endedAt });
    await pass(bench, 100 * LEASE);
    assert.deepEqual(await claimed(bench), []);
    assert.deepEqual(await expired(bench), []);
  }),
  holds('V4', 'retry queues the task, due after the wait, the attempt counted and the error kept', async (bench) => {
    const lease = first(await held(bench, 1));
    await bench.clock.advance(3_000);
    assert.equal(await settleOne(bench.store, retry(lease, 30_000, 'no answer')), 'applied');
    const due = bench.clock.now() + 30_000;
    assertRecord(await bench.peer.find(lease), { state: 'queued', due, attempts: 1, lastError: 'no answer', payload: lease.payload });
    await bench.clock.advance(29_999);
    assert.deepEqual(await claimed(bench), []);
    await pass(bench, 1);
    const again = first(await claimed(bench));
    assert.deepEqual([again.attempt, again.payload, again.due, again.createdAt], [2, lease.payload, due, lease.createdAt]);
    assert.notEqual(again.token, lease.token);
    assertRecord(await find(bench, 0), { state: 'running', attempts: 2, lastError: 'no answer' });
  }),
  holds('V4', 'a retry with no wait may be claimed at once, and the latest error is the one kept', async (bench) => {
    await bench.store.enqueue([aTask(0)]);
    for (const n of range(3)) await bench.store.settle([retry(first(await claimed(bench)), 0, `error ${n}`)]);
    assertRecord(await find(bench, 0), { attempts: 3, lastError: 'error 2' });
    const lease = first(await claimed(bench));
    assert.equal(lease.attempt, 4);
    await bench.store.settle([dead(lease, 'the end')]);
    assertRecord(await find(bench, 0), { state: 'dead', error: 'the end', attempts: 4 });
  }),
  holds('V5', 'dead ends the task with its error, and it never runs again', async (bench) => {
    const lease = first(await held(bench, 1));
    await bench.clock.advance(2_000);
    assert.equal(await settleOne(bench.store, dead(lease, 'no such bucket')), 'applied');
    assertRecord(await bench.peer.find(lease), {
      state: 'dead',
      error: 'no such bucket',
      endedAt: bench.clock.now(),
      attempts: 1,
      payload: lease.payload,
    });
    await pass(bench, 100 * LEASE);
    assert.deepEqual(await claimed(bench), []);
    assert.deepEqual(await expired(bench), []);
  }),
  holds('V6', 'released gives the attempt back, and the task may be claimed at once', async (bench) => {
    const lease = first(await held(bench, 1));
    assert.equal(await settleOne(bench.store, released(lease)), 'applied');
    assertRecord(await bench.peer.find(lease), { state: 'queued', attempts: 0, lastError: undefined, payload: lease.payload });
    assert.equal(first(await claimed(bench)).attempt, 1);
  }),
  holds('V6', 'released with a wait is due after it', async (bench) => {
    const lease = first(await held(bench, 1));
    assert.equal(await settleOne(bench.store, released(lease, 20_000)), 'applied');
    assertRecord(await find(bench, 0), { state: 'queued', due: bench.clock.now() + 20_000, attempts: 0 });
    await bench.clock.advance(19_999);
    assert.deepEqual(await claimed(bench), []);
    await pass(bench, 1);
    assert.equal(first(await claimed(bench)).attempt, 1);
  }),
  holds('V6', 'any number of releases uses up no attempt and loses no error', async (bench) => {
    await bench.store.enqueue([aTask(0)]);
    await bench.store.settle([retry(first(await claimed(bench)), 0, 'kept')]);
    for (const _ of range(5)) {
      const lease = first(await claimed(bench));
      assert.equal(lease.attempt, 2);
      await bench.store.settle([released(lease)]);
      assertRecord(await find(bench, 0), { attempts: 1, lastError: 'kept' });
    }
  }),
  holds('V7', 'the place is free when the answer arrives, for the other connection too', async (bench) => {
    await bench.store.enqueue(tasks(10));
    let lease = first(await claimed(bench, { cap: 1 }));
    for (const say of [completed, (ref: typeof lease) => dead(ref), (ref: typeof lease) => retry(ref, 3_600_000)]) {
      assert.equal(await settleOne(bench.store, say(lease)), 'applied');
      // No wait for indexes: the tasks were there long before, and the place is not an index's to give.
      const { leases } = await bench.peer.claim(request({ cap: 1 }));
      assert.equal(leases.length, 1, `the place is free after ${say(lease).kind}`);
      lease = first(leases);
    }
  }),
  holds('V8', 'each verdict of a call is decided on its own, and answered in its order', async (bench) => {
    const [a, b, c, d, e] = await held(bench, 5);
    await bench.store.settle([completed(b!)]);
    const verdicts = [
      completed(a!, '1'),
      completed(b!),
      { ...dead(c!), token: 'wrong' },
      completed({ labourer, id: 'unknown', token: 'x' }),
      retry(c!, 3_600_000),
      { ...completed(d!), labourer: other },
      released(d!, 3_600_000),
      dead(e!),
    ];
    assert.deepEqual(await bench.store.settle(verdicts), [
      'applied',
      'repeated',
      'stale',
      'stale',
      'applied',
      'stale',
      'applied',
      'applied',
    ]);
    const states = (await Promise.all(range(5).map((n) => find(bench, n)))).map((each) => each?.state);
    assert.deepEqual(states, ['completed', 'completed', 'queued', 'queued', 'dead']);
  }),
  holds('V8', 'two hundred and fifty verdicts of four kinds, in order', async (bench) => {
    const leases = await held(bench, 250);
    const kinds = [completed, (ref: (typeof leases)[0]) => dead(ref), (ref: (typeof leases)[0]) => retry(ref, 3_600_000)];
    const verdicts = leases.map((lease, n) => (n % 50 === 49 ? { ...completed(lease), token: 'wrong' } : kinds[n % 3]!(lease)));
    assert.deepEqual(
      await bench.store.settle(verdicts),
      range(250).map((n) => (n % 50 === 49 ? 'stale' : 'applied')),
    );
    await bench.settled?.();
    assert.deepEqual(await bench.store.census([labourer]), [
      { due: 0, waiting: verdicts.filter(({ kind }) => kind === 'retry').length, running: 5, expired: 0 },
    ]);
    assertRecord(await find(bench, 249), { state: 'running' });
  }),
  holds('V8', 'verdicts for several labourers in one call', async (bench) => {
    const names = range(5).map((n) => `worker-${n}`);
    await bench.store.enqueue(names.map((each, n) => aTask(n, { labourer: each })));
    const leases: Lease[] = [];
    for (const each of names) leases.push(...(await claimed(bench, { labourer: each })));
    assert.deepEqual(
      await bench.store.settle(leases.map((each) => completed(each))),
      names.map(() => 'applied'),
    );
    assert.deepEqual(
      await bench.peer.settle(leases.map((each) => dead(each))),
      names.map(() => 'stale'),
    );
  }),
];
