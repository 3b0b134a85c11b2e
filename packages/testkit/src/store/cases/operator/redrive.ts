import assert from 'node:assert/strict';
import { assertRecord } from '../../assertions.ts';
import type { WholeBench, WholeCase } from '../../bench.ts';
import {
  aTask,
  attemptsOf,
  claim,
  claimed,
  completed,
  dead,
  find,
  first,
  held,
  idOf,
  ids,
  json,
  keyOf,
  LEASE,
  labourer,
  pass,
  range,
  released,
  retry,
} from '../../given.ts';
import { holdsWhole } from '../../holds.ts';
import { pages } from '../../pages.ts';
import { BATCH, CANCELLED, COMPLETED, DEAD, DROPPED, fourEnded, QUEUED, RUNNING, records, strangers, threeOpen, WAITING } from './ends.ts';

/** Tasks that died at their first attempt. */
const deadTasks = async (bench: WholeBench, many: number): Promise<void> => {
  const leases = await held(bench, many);
  await bench.store.settle(leases.map((each) => dead(each, `spent ${each.id}`)));
};

export const redriveCases: readonly WholeCase[] = [
  holdsWhole('O4', 'a dead, a cancelled and a dropped task are queued again as if they had just been enqueued', async (bench) => {
    await fourEnded(bench);
    await bench.clock.advance(5_000);
    assert.deepEqual(await bench.store.redrive([DEAD, CANCELLED, DROPPED].map(keyOf)), ['queued', 'queued', 'queued']);
    const fresh = { state: 'queued', due: bench.clock.now(), attempts: 0, expiresAt: undefined };
    for (const n of [DEAD, CANCELLED, DROPPED]) assertRecord(await bench.peer.find(keyOf(n)), { ...fresh, payload: aTask(n).payload });
    const leases = await claimed(bench);
    assert.deepEqual([...ids(leases)].sort(), [DEAD, CANCELLED, DROPPED].map(idOf));
    for (const { attempt } of leases) assert.equal(attempt, 1);
    assert.deepEqual(
      await bench.store.settle(leases.map((each) => completed(each, '"at last"'))),
      leases.map(() => 'applied'),
    );
    for (const n of [DEAD, CANCELLED, DROPPED])
      assertRecord(await find(bench, n), { state: 'completed', result: '"at last"', attempts: 1 });
  }),
  holdsWhole('O4', 'its payload and its priority are those it was enqueued with', async (bench) => {
    const payload = json(' { "b" : 1.0 , "a" : 12345678901234567890 } ');
    await bench.store.enqueue([aTask(0, { payload, priority: 7 })]);
    await bench.store.settle([dead(first(await claimed(bench)))]);
    await bench.store.redrive([keyOf(0)]);
    assertRecord(await bench.peer.find(keyOf(0)), { payload, priority: 7 });
    await bench.store.enqueue([aTask(1, { priority: 6 }), aTask(2, { priority: 8 })]);
    const leases = await claimed(bench);
    assert.deepEqual(ids(leases), [2, 0, 1].map(idOf));
    assert.equal(leases[1]?.payload, payload);
  }),
  holdsWhole('O4', 'it is the last in its order, and no more ahead of the fresh as a retry is', async (bench) => {
    await bench.store.enqueue(range(2).map((n) => aTask(n)));
    await attemptsOf(bench, 3, (lease, n) => (n === 2 ? dead(lease) : retry(lease)));
    await bench.clock.advance(1_000);
    await bench.store.enqueue([aTask(2), aTask(3)]);
    await bench.clock.advance(1_000);
    await bench.store.redrive([keyOf(0)]);
    await bench.clock.advance(1_000);
    await bench.store.enqueue([aTask(4)]);
    assert.deepEqual(ids(await claimed(bench)), [1, 2, 3, 0, 4].map(idOf));
  }),
  holdsWhole('O4', 'several of one call come in the order of the call', async (bench) => {
    await deadTasks(bench, 5);
    await bench.store.redrive([3, 0, 4, 1, 2].map(keyOf));
    assert.deepEqual(ids(await claimed(bench)), [3, 0, 4, 1, 2].map(idOf));
  }),
  holdsWhole('O4', 'with a wait it is due after it', async (bench) => {
    await deadTasks(bench, 2);
    assert.deepEqual(
      await bench.store.redrive([
        { ...keyOf(0), after: 20_000 },
        { ...keyOf(1), after: 0 },
      ]),
      ['queued', 'queued'],
    );
    assertRecord(await find(bench, 0), { state: 'queued', due: bench.clock.now() + 20_000 });
    assert.deepEqual(ids(await claimed(bench)), [idOf(1)]);
    await bench.clock.advance(19_999);
    assert.deepEqual(await claimed(bench), []);
    await pass(bench, 1);
    assert.equal(first(await claimed(bench)).attempt, 1);
  }),
  holdsWhole('O4', 'its former errors are kept, and new ones come after them, the last ten of all', async (bench) => {
    await bench.store.enqueue([aTask(0)]);
    await attemptsOf(bench, 6, (lease, n) => (n === 5 ? dead(lease, 'error 5') : retry(lease, 0, `error ${n}`)));
    const before = (await find(bench, 0))?.errors ?? [];
    assert.equal(before.length, 6);
    await bench.clock.advance(1_000);
    await bench.store.redrive([keyOf(0)]);
    assertRecord(await bench.peer.find(keyOf(0)), { state: 'queued', errors: before, lastError: 'error 5' });
    await attemptsOf(bench, 6, (lease, n) => (n === 5 ? dead(lease, 'again 5') : retry(lease, 0, `again ${n}`)));
    const after = range(6).map((n) => ({ attempt: n + 1, at: bench.clock.now(), error: `again ${n}` }));
    assertRecord(await find(bench, 0), { state: 'dead', error: 'again 5', attempts: 6, errors: [...before.slice(2), ...after] });
  }),
  holdsWhole('O4', 'asking again answers that it is open, and changes nothing', async (bench) => {
    await deadTasks(bench, 1);
    assert.deepEqual(await bench.store.redrive([keyOf(0), keyOf(0)]), ['queued', 'open']);
    const before = await find(bench, 0);
    await bench.clock.advance(1_000);
    assert.deepEqual(await bench.peer.redrive([{ ...keyOf(0), after: LEASE }]), ['open']);
    assert.deepEqual(await find(bench, 0), before);
    assert.equal((await claimed(bench)).length, 1);
    assert.deepEqual(await bench.store.redrive([keyOf(0)]), ['open']);
    assertRecord(await find(bench, 0), { state: 'running', attempts: 1 });
  }),
  holdsWhole('O4', 'each of a call is decided on its own, and answered in its order', async (bench) => {
    await fourEnded(bench);
    await threeOpen(bench);
    const open = [QUEUED, WAITING, RUNNING, COMPLETED];
    const before = await records(bench, open);
    const redrives = [keyOf(COMPLETED), strangers[0], keyOf(DROPPED), keyOf(RUNNING), strangers[1], keyOf(DEAD), keyOf(QUEUED)];
    assert.deepEqual(await bench.store.redrive([...redrives, keyOf(WAITING), keyOf(CANCELLED)]), [
      'kept',
      'unknown',
      'queued',
      'open',
      'unknown',
      'queued',
      'open',
      'open',
      'queued',
    ]);
    assert.deepEqual(await records(bench, open), before);
  }),
  holdsWhole('O4', 'a task that is set aside is kept', async (bench) => {
    if (!bench.plantBroken) return;
    await bench.store.enqueue([aTask(0)]);
    await bench.plantBroken(keyOf(0));
    await claim(bench);
    assertRecord(await find(bench, 0), { state: 'aside' });
    assert.deepEqual(await bench.store.redrive([keyOf(0)]), ['kept']);
    assertRecord(await find(bench, 0), { state: 'aside' });
  }),
  holdsWhole('O4', 'it has no expiry: neither a dropped one nor another that had one runs out of time again', async (bench) => {
    const expiresAt = bench.clock.now() + 10_000;
    await bench.store.enqueue([aTask(0, { expiresAt }), aTask(1, { expiresAt }), aTask(2, { expiresAt: bench.clock.now() })]);
    await bench.store.bury([{ ...keyOf(0), error: 'wait' }]);
    await bench.store.cancel([keyOf(1)]);
    assert.equal((await claim(bench)).dropped?.length, 1);
    await bench.store.redrive([0, 1, 2].map((n) => ({ ...keyOf(n), after: 20_000 })));
    await pass(bench, 20_000);
    const answer = await claim(bench);
    assert.deepEqual([ids(answer.leases), answer.dropped ?? []], [[0, 1, 2].map(idOf), []]);
  }),
  holdsWhole('O4', 'a cancellation that was asked for is over with the end that came of it', async (bench) => {
    const old = first(await held(bench, 1));
    await bench.store.cancel([keyOf(0)]);
    await bench.store.settle([completed(old)]);
    await bench.store.redrive([keyOf(0)]);
    const lease = first(await claimed(bench));
    assertRecord(await find(bench, 0), { state: 'running', cancelling: undefined });
    const deadline = bench.clock.now() + 2 * LEASE;
    assert.deepEqual(await bench.store.renew([{ ...lease, lease: 2 * LEASE }]), [{ kind: 'renewed', deadline }]);
    assert.deepEqual(await bench.store.settle([completed(lease)]), ['applied']);
  }),
  holdsWhole('O4', 'no word of an attempt from before changes it, queued or running', async (bench) => {
    const old = first(await held(bench, 1));
    await bench.store.settle([dead(old)]);
    await bench.store.redrive([keyOf(0)]);
    const powerless = async (): Promise<void> => {
      const before = await find(bench, 0);
      for (const say of [completed, retry, dead, released] as const) {
        const [outcome] = await bench.store.settle([say(old)]);
        assert.ok(outcome === 'stale' || outcome === 'repeated', `${outcome} for a word from before`);
      }
      assert.deepEqual(await bench.store.renew([{ ...old, lease: LEASE }]), [{ kind: 'stale' }]);
      assert.deepEqual(await find(bench, 0), before);
    };
    await powerless();
    const lease = first(await claimed(bench));
    await powerless();
    assert.deepEqual(await bench.store.settle([completed(lease)]), ['applied']);
    await powerless();
  }),
  holdsWhole('O4', 'it is listed, counted and named as a queued task, and as an ended one no more', async (bench) => {
    await deadTasks(bench, 3);
    await bench.store.redrive([keyOf(0), { ...keyOf(2), after: LEASE }]);
    assert.deepEqual(ids(await pages(bench, 'dead', 5)), [idOf(1)]);
    assert.deepEqual([...ids(await pages(bench, 'queued', 5))].sort(), [0, 2].map(idOf));
    assert.deepEqual(await bench.peer.census([labourer]), [{ due: 1, waiting: 1, running: 0, expired: 0 }]);
    assert.ok((await bench.peer.labourersWithDue([labourer])).has(labourer));
    assert.deepEqual(await bench.store.enqueue([aTask(0)]), ['duplicate']);
  }),
  holdsWhole('O4', 'an empty call, and a hundred and twenty', async (bench) => {
    assert.deepEqual(await bench.store.redrive([]), []);
    await deadTasks(bench, BATCH.length);
    assert.deepEqual(
      await bench.store.redrive(BATCH.map(keyOf)),
      BATCH.map(() => 'queued'),
    );
    assert.deepEqual(ids(await claimed(bench)), BATCH.map(idOf));
  }),
];
