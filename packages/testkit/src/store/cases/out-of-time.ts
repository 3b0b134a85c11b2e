import assert from 'node:assert/strict';
import type { ClaimAnswer, NewTask } from '@reeve/core';
import { assertApart, assertRecord } from '../assertions.ts';
import type { StoreBench, StoreCase } from '../bench.ts';
import { eitherOf, RACERS } from '../crowd.ts';
import {
  aTask,
  claim,
  claimed,
  completed,
  dead,
  find,
  first,
  held,
  idOf,
  ids,
  keyOf,
  LEASE,
  labourer,
  other,
  pass,
  range,
  released,
  request,
  retry,
} from '../given.ts';
import { holds } from '../holds.ts';
import { pages } from '../pages.ts';

/** How long the tasks of these cases have. */
const TIME = 10_000;

/** A task that has so long. */
const short = (bench: StoreBench, n: number, over: Partial<NewTask> = {}): NewTask =>
  aTask(n, { expiresAt: bench.clock.now() + TIME, ...over });

/** Tasks that are out of time when it returns. */
const late = async (bench: StoreBench, numbers: readonly number[], over: Partial<NewTask> = {}): Promise<void> => {
  await bench.store.enqueue(numbers.map((n) => short(bench, n, over)));
  await pass(bench, TIME);
};

const dropped = ({ dropped: list = [] }: ClaimAnswer): readonly string[] => ids(list);

export const outOfTimeCases: readonly StoreCase[] = [
  holds('C10', 'a task whose time has run out is dropped when it is met, said to be, and never claimed', async (bench) => {
    await late(bench, [0]);
    await bench.clock.advance(2_000);
    const answer = await claim(bench);
    assert.deepEqual(answer.leases, []);
    assert.deepEqual(answer.dropped, [keyOf(0)]);
    assertRecord(await bench.peer.find(keyOf(0)), {
      state: 'dropped',
      endedAt: bench.clock.now(),
      attempts: 0,
      errors: [],
      payload: aTask(0).payload,
      expiresAt: undefined,
    });
    await pass(bench, 100 * LEASE);
    assert.deepEqual(await claimed(bench), []);
    assert.deepEqual(await bench.store.enqueue([aTask(0)]), ['duplicate']);
  }),
  holds('C10', 'it may be claimed until the instant, and not at it', async (bench) => {
    await bench.store.enqueue([short(bench, 0), short(bench, 1)]);
    const { clockGuard } = bench.store.capabilities;
    await bench.clock.advance(TIME - 1 - clockGuard);
    assert.deepEqual(ids(await claimed(bench, { limit: 1 })), [idOf(0)]);
    await bench.clock.advance(1 + clockGuard);
    const answer = await claim(bench);
    assert.deepEqual([answer.leases, dropped(answer)], [[], [idOf(1)]]);
  }),
  holds('C10', 'one claim that was in time is enough: the lease runs on past the instant', async (bench) => {
    await bench.store.enqueue([short(bench, 0)]);
    const lease = first(await claimed(bench, { lease: LEASE }));
    await pass(bench, TIME);
    assert.deepEqual(dropped(await claim(bench)), []);
    assert.deepEqual(await bench.store.settle([completed(lease)]), ['applied']);
  }),
  holds('C10', 'a task that was out of time when it was enqueued is created, and dropped when it is met', async (bench) => {
    const now = bench.clock.now();
    assert.deepEqual(await bench.store.enqueue([aTask(0, { expiresAt: now }), aTask(1, { expiresAt: 1 })]), ['created', 'created']);
    const answer = await claim(bench);
    assert.deepEqual([answer.leases, [...dropped(answer)].sort()], [[], [0, 1].map(idOf)]);
  }),
  holds('C10', 'each is reported once, to one caller', async (bench) => {
    await late(bench, range(4));
    const answers = [await claim(bench), await claim(bench), await bench.peer.claim(request()), await claim(bench)];
    assert.deepEqual([...answers.flatMap(dropped)].sort(), range(4).map(idOf));
  }),
  holds('C10', 'it holds up no other: the claim that meets it goes on to the next, up to its limit', async (bench) => {
    await late(bench, range(5));
    await bench.store.enqueue(range(4).map((n) => aTask(n + 10)));
    const answer = await claim(bench, { limit: 2 });
    assert.deepEqual(ids(answer.leases), [10, 11].map(idOf));
    assert.deepEqual([...dropped(answer)].sort(), range(5).map(idOf));
    assert.deepEqual(ids(await claimed(bench)), [12, 13].map(idOf));
  }),
  holds('C10', 'it takes no place: with a cap of one the next one runs', async (bench) => {
    await late(bench, range(3));
    await bench.store.enqueue([aTask(10), aTask(11)]);
    assert.deepEqual(ids(await claimed(bench, { cap: 1 })), [idOf(10)]);
    assert.deepEqual(await claimed(bench, { cap: 1 }), []);
  }),
  holds('C10', 'out of time and in time by turns, of several priorities: the order is that of those in time', async (bench) => {
    const all = range(12).map((n) => ({ ...(n % 2 ? short(bench, n) : aTask(n)), priority: n % 3 }));
    await bench.store.enqueue(all);
    await pass(bench, TIME);
    const answer = await claim(bench);
    assert.deepEqual(ids(answer.leases), [2, 8, 4, 10, 0, 6].map(idOf));
    assert.deepEqual([...dropped(answer)].sort(), [1, 3, 5, 7, 9, 11].map(idOf));
  }),
  holds('C10', 'three hundred of them before one in time: no claim answers that there is nothing', async (bench) => {
    await late(bench, range(300));
    await bench.store.enqueue([aTask(500)]);
    const gone: string[] = [];
    const leases: string[] = [];
    for (let calls = 0; calls < 301 && leases.length === 0; calls += 1) {
      const answer = await claim(bench, { limit: 1 });
      gone.push(...dropped(answer));
      leases.push(...ids(answer.leases));
      if (leases.length > 0) break;
      assert.ok(dropped(answer).length > 0, 'a claim met those out of time, dropped none and went on to none');
      assert.equal(answer.nextDueIn, 0, 'there is more, and the claim does not say so');
    }
    assert.deepEqual(leases, [idOf(500)]);
    assert.deepEqual([...gone].sort(), range(300).map(idOf));
  }),
  holds('C10', 'a retry does not run out of time', async (bench) => {
    await bench.store.enqueue([short(bench, 0), short(bench, 1)]);
    const [a, b] = await claimed(bench, { lease: TIME });
    await bench.store.settle([retry(a!, 2 * TIME)]);
    await pass(bench, 2 * TIME);
    assert.deepEqual(await bench.store.reap([retry(b!)]), ['applied']);
    const answer = await claim(bench);
    assert.deepEqual([[...ids(answer.leases)].sort(), dropped(answer)], [[0, 1].map(idOf), []]);
  }),
  holds('C10', 'a released task, whose attempt is not counted, does', async (bench) => {
    await bench.store.enqueue([short(bench, 0), short(bench, 1), aTask(2)]);
    const [a, b, c] = await claimed(bench);
    await bench.store.settle([released(a!), released(b!, TIME), released(c!)]);
    assertRecord(await find(bench, 0), { state: 'queued', attempts: 0 });
    await pass(bench, TIME);
    const answer = await claim(bench);
    assert.deepEqual([ids(answer.leases), [...dropped(answer)].sort()], [[idOf(2)], [0, 1].map(idOf)]);
    assert.deepEqual(await bench.store.settle([completed(a!), dead(b!)]), ['stale', 'stale']);
    assertRecord(await find(bench, 0), { state: 'dropped' });
  }),
  holds('C10', 'a task that was retried and then released does not: an attempt was counted', async (bench) => {
    await bench.store.enqueue([short(bench, 0)]);
    await bench.store.settle([retry(first(await claimed(bench)))]);
    await bench.store.settle([released(first(await claimed(bench)))]);
    await pass(bench, TIME);
    const answer = await claim(bench);
    assert.deepEqual([ids(answer.leases), dropped(answer)], [[idOf(0)], []]);
  }),
  holds('C10', 'a task that falls due after its time is dropped once it is due, and holds up nothing until then', async (bench) => {
    await bench.store.enqueue([short(bench, 0, { due: bench.clock.now() + 5 * TIME, priority: 9 })]);
    await pass(bench, TIME);
    await bench.store.enqueue([aTask(1)]);
    assert.deepEqual(ids(await claimed(bench)), [idOf(1)]);
    await pass(bench, 5 * TIME);
    assert.deepEqual(await claimed(bench), []);
    assertRecord(await find(bench, 0), { state: 'dropped' });
  }),
  holds('C10', 'a claim with no room starts nothing, and the next one with room knows what to do', async (bench) => {
    await held(bench, 1);
    await late(bench, [5, 6]);
    await bench.store.enqueue([aTask(7)]);
    const answers = [await claim(bench, { limit: 0 }), await claim(bench, { cap: 0 })];
    assert.deepEqual(
      answers.flatMap(({ leases }) => leases),
      [],
    );
    const last = await claim(bench);
    assert.deepEqual(ids(last.leases), [idOf(7)]);
    assert.deepEqual([...[...answers, last].flatMap(dropped)].sort(), [5, 6].map(idOf));
  }),
  holds('C10', 'an exchange drops as a claim does, and passes the place on to one in time', async (bench) => {
    const lease = first(await held(bench, 1));
    await late(bench, [5, 6]);
    await bench.store.enqueue([aTask(7), aTask(8)]);
    await bench.settled?.();
    const answer = await bench.store.exchange([completed(lease)], request({ cap: 1 }));
    assert.deepEqual([answer.outcomes, ids(answer.leases)], [['applied'], [idOf(7)]]);
    assert.deepEqual([...dropped(answer)].sort(), [5, 6].map(idOf));
  }),
  holds('C10', "another labourer's are left alone", async (bench) => {
    await late(bench, [0], { labourer: other });
    assert.deepEqual(dropped(await claim(bench)), []);
    assertRecord(await bench.store.find({ labourer: other, id: idOf(0) }), { state: 'queued' });
    assert.deepEqual((await claim(bench, { labourer: other })).dropped, [{ labourer: other, id: idOf(0) }]);
  }),
  holds('C10', 'claims that meet them at once over two connections drop and report each once, and take all others', async (bench) => {
    await late(bench, range(8));
    await bench.store.enqueue(range(8).map((n) => aTask(n + 10)));
    await bench.settled?.();
    const answers = await Promise.all(range(RACERS).map((n) => eitherOf(bench, n).claim(request({ limit: 2 }))));
    for (let looks = 0; looks < 20; looks += 1) answers.push(await claim(bench));
    const leases = answers.flatMap((each) => each.leases);
    assertApart(leases);
    assert.deepEqual(
      [...ids(leases)].sort(),
      range(8).map((n) => idOf(n + 10)),
    );
    assert.deepEqual([...answers.flatMap(dropped)].sort(), range(8).map(idOf));
  }),
  holds('C10', 'of a drop and a verdict that releases no more than one counts', async (bench) => {
    await bench.store.enqueue([short(bench, 0)]);
    const lease = first(await claimed(bench, { lease: 2 * TIME }));
    await pass(bench, TIME);
    const [[outcome], ...answers] = await Promise.all([
      bench.store.settle([released(lease)]),
      bench.peer.claim(request()),
      bench.store.claim(request()),
    ]);
    assert.equal(outcome, 'applied');
    answers.push(await claim(bench));
    assert.deepEqual(
      answers.flatMap(({ leases }) => leases),
      [],
    );
    assert.deepEqual(answers.flatMap(dropped), [idOf(0)]);
  }),
  holds('F1', 'the record of a queued task says when its time runs out', async (bench) => {
    await bench.store.enqueue([short(bench, 0), aTask(1)]);
    assertRecord(await bench.peer.find(keyOf(0)), { state: 'queued', expiresAt: bench.clock.now() + TIME });
    assertRecord(await bench.peer.find(keyOf(1)), { state: 'queued', expiresAt: undefined });
  }),
  holds('L1', 'dropped tasks are listed as such, the newest first, and no more as queued', async (bench) => {
    for (const n of range(5)) {
      await late(bench, [n]);
      await claim(bench);
    }
    assert.deepEqual(ids(await pages(bench, 'dropped', 2)), [4, 3, 2, 1, 0].map(idOf));
    assert.deepEqual(await pages(bench, 'queued', 2), []);
  }),
  holds('L2', 'a census counts no dropped task', async (bench) => {
    await late(bench, range(3));
    await claim(bench);
    await bench.settled?.();
    assert.deepEqual(await bench.peer.census([labourer]), [{ due: 0, waiting: 0, running: 0, expired: 0 }]);
  }),
];
