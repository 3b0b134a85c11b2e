import assert from 'node:assert/strict';
import { assertRecord } from '../../assertions.ts';
import type { WholeCase } from '../../bench.ts';
import {
  aTask,
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
  pass,
  range,
  released,
  retry,
  tasks,
} from '../../given.ts';
import { holdsWhole } from '../../holds.ts';
import { pages } from '../../pages.ts';
import { BATCH, CANCELLED, ENDED, fourEnded, QUEUED, RUNNING, records, strangers, threeOpen, WAITING } from './ends.ts';

export const cancelCases: readonly WholeCase[] = [
  holdsWhole('O1', 'a queued task is ended at once, due or waiting, and never claimed again', async (bench) => {
    await bench.store.enqueue([aTask(0), aTask(1, { due: bench.clock.now() + LEASE }), aTask(2)]);
    await bench.clock.advance(2_000);
    assert.deepEqual(await bench.store.cancel([keyOf(0), keyOf(1)]), ['cancelled', 'cancelled']);
    const ended = { state: 'cancelled', endedAt: bench.clock.now(), attempts: 0, errors: [], payload: aTask(0).payload };
    assertRecord(await bench.peer.find(keyOf(0)), ended);
    assertRecord(await bench.peer.find(keyOf(1)), { ...ended, payload: aTask(1).payload });
    await pass(bench, 100 * LEASE);
    assert.deepEqual(ids(await claimed(bench)), [idOf(2)]);
    assert.deepEqual(await bench.store.enqueue([aTask(0)]), ['duplicate']);
  }),
  holdsWhole('O1', 'a task that came back is ended too: what it was counted and its errors stay', async (bench) => {
    const [a, b, c] = await held(bench, 3);
    await bench.store.settle([retry(a!, 0, 'one'), retry(b!, LEASE, 'two'), released(c!)]);
    const at = bench.clock.now();
    assert.deepEqual(await bench.store.cancel(range(3).map(keyOf)), ['cancelled', 'cancelled', 'cancelled']);
    assertRecord(await find(bench, 0), { state: 'cancelled', attempts: 1, errors: [{ attempt: 1, at, error: 'one' }] });
    assertRecord(await find(bench, 1), { state: 'cancelled', attempts: 1, errors: [{ attempt: 1, at, error: 'two' }] });
    assertRecord(await find(bench, 2), { state: 'cancelled', attempts: 0, errors: [] });
    await pass(bench, 2 * LEASE);
    assert.deepEqual(await claimed(bench), []);
  }),
  holdsWhole('O1', 'no word of an earlier attempt changes it', async (bench) => {
    const lease = first(await held(bench, 1));
    await bench.store.settle([retry(lease)]);
    await bench.store.cancel([keyOf(0)]);
    const before = await find(bench, 0);
    for (const say of [completed, dead, released] as const) assert.deepEqual(await bench.store.settle([say(lease)]), ['stale']);
    await bench.store.settle([retry(lease)]);
    assert.deepEqual(await bench.store.renew([{ ...lease, lease: LEASE }]), [{ kind: 'stale' }]);
    assert.deepEqual(await find(bench, 0), before);
    assert.deepEqual(await claimed(bench), []);
  }),
  holdsWhole('O1', 'asking again answers that it has ended, and changes nothing', async (bench) => {
    await bench.store.enqueue([aTask(0)]);
    await bench.store.cancel([keyOf(0)]);
    const before = await find(bench, 0);
    await bench.clock.advance(1_000);
    assert.deepEqual(await bench.peer.cancel([keyOf(0)]), ['ended']);
    assert.deepEqual(await find(bench, 0), before);
  }),
  holdsWhole('O1', 'cancelled tasks are listed as such, the newest first, and counted no more', async (bench) => {
    await bench.store.enqueue(tasks(5));
    for (const n of [3, 0, 4, 1]) {
      await bench.clock.advance(1_000);
      await bench.store.cancel([keyOf(n)]);
    }
    assert.deepEqual(ids(await pages(bench, 'cancelled', 3)), [1, 4, 0, 3].map(idOf));
    assert.deepEqual(ids(await pages(bench, 'queued', 3)), [idOf(2)]);
    assert.deepEqual(await bench.peer.census([labourer]), [{ due: 1, waiting: 0, running: 0, expired: 0 }]);
  }),
  holdsWhole('O1', 'each key of a call is decided on its own, and answered in its order', async (bench) => {
    await fourEnded(bench);
    await threeOpen(bench);
    const before = await records(bench, ENDED);
    const keys = [keyOf(CANCELLED), keyOf(RUNNING), strangers[0], ...ENDED.map(keyOf), strangers[1], keyOf(WAITING), keyOf(QUEUED)];
    assert.deepEqual(await bench.store.cancel(keys), [
      'ended',
      'cancelling',
      'unknown',
      'ended',
      'ended',
      'ended',
      'ended',
      'unknown',
      'cancelled',
      'cancelled',
    ]);
    assert.deepEqual(await records(bench, ENDED), before, 'an ended task was changed');
    assert.equal(await bench.store.find(strangers[0]), undefined);
  }),
  holdsWhole('O1', 'an empty call, one task twice in a call, and a hundred and twenty', async (bench) => {
    assert.deepEqual(await bench.store.cancel([]), []);
    await bench.store.enqueue(BATCH.map((n) => aTask(n)));
    assert.deepEqual(await bench.store.cancel([keyOf(7), keyOf(7)]), ['cancelled', 'ended']);
    assert.deepEqual(
      await bench.store.cancel(BATCH.map(keyOf)),
      BATCH.map((n) => (n === 7 ? 'ended' : 'cancelled')),
    );
    assert.deepEqual(await claimed(bench), []);
  }),
  holdsWhole('O2', 'a running task goes on, holds its place, and its record says that it is to be cancelled', async (bench) => {
    const lease = first(await held(bench, 1));
    await bench.store.enqueue([aTask(1)]);
    await bench.clock.advance(1_000);
    assert.deepEqual(await bench.store.cancel([keyOf(0)]), ['cancelling']);
    const running = { state: 'running', cancelling: true, token: lease.token, deadline: lease.deadline, attempts: 1 };
    assertRecord(await bench.peer.find(keyOf(0)), running);
    assert.deepEqual(await bench.store.cancel([keyOf(0), keyOf(0)]), ['cancelling', 'cancelling']);
    assertRecord(await bench.peer.find(keyOf(0)), running);
    assert.deepEqual(await claimed(bench, { cap: 1 }), [], 'its place was given away');
    await bench.settled?.();
    assert.deepEqual(await bench.store.census([labourer]), [{ due: 1, waiting: 0, running: 1, expired: 0 }]);
    assert.deepEqual(ids(await pages(bench, 'running', 5)), [idOf(0)]);
    assert.deepEqual(await pages(bench, 'cancelled', 5), []);
  }),
  holdsWhole('O2', 'of one that nobody cancelled the record says nothing of it', async (bench) => {
    await held(bench, 1);
    assertRecord(await find(bench, 0), { state: 'running', cancelling: undefined });
  }),
  holdsWhole('O2', 'a lease that has expired is to be cancelled as well, and not claimed again', async (bench) => {
    await held(bench, 1);
    await pass(bench, LEASE);
    assert.deepEqual(await bench.store.cancel([keyOf(0)]), ['cancelling']);
    assertRecord(await find(bench, 0), { state: 'running', cancelling: true });
    assert.deepEqual(await claimed(bench), []);
  }),
];
