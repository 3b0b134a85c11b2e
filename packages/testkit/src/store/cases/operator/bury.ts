import assert from 'node:assert/strict';
import { assertRecord } from '../../assertions.ts';
import type { WholeCase } from '../../bench.ts';
import {
  aTask,
  claimed,
  completed,
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
} from '../../given.ts';
import { holdsWhole } from '../../holds.ts';
import { hostileErrors } from '../../hostile.ts';
import { pages } from '../../pages.ts';
import { BATCH, ENDED, fourEnded, QUEUED, RUNNING, records, strangers, threeOpen, WAITING } from './ends.ts';

const buried = (n: number, error: string = 'not wanted') => ({ ...keyOf(n), error });

export const buryCases: readonly WholeCase[] = [
  holdsWhole('O3', 'a queued task ends dead with this error, due or waiting, and is never claimed again', async (bench) => {
    await bench.store.enqueue([aTask(0), aTask(1, { due: bench.clock.now() + LEASE }), aTask(2)]);
    await bench.clock.advance(2_000);
    assert.deepEqual(await bench.store.bury([buried(0), buried(1, 'nor this')]), ['buried', 'buried']);
    const at = bench.clock.now();
    assertRecord(await bench.peer.find(keyOf(0)), {
      state: 'dead',
      endedAt: at,
      attempts: 0,
      error: 'not wanted',
      errors: [{ attempt: 0, at, error: 'not wanted' }],
      payload: aTask(0).payload,
    });
    assertRecord(await bench.peer.find(keyOf(1)), { state: 'dead', error: 'nor this' });
    await pass(bench, 100 * LEASE);
    assert.deepEqual(ids(await claimed(bench)), [idOf(2)]);
    assert.deepEqual(await bench.store.enqueue([aTask(0)]), ['duplicate']);
  }),
  holdsWhole('O3', 'a task that came back is buried too: its attempts stay counted, and its errors are kept', async (bench) => {
    const [a, b] = await held(bench, 2);
    await bench.store.settle([retry(a!, LEASE, 'one'), released(b!)]);
    const at = bench.clock.now();
    assert.deepEqual(await bench.store.bury([buried(0), buried(1)]), ['buried', 'buried']);
    const errors = [
      { attempt: 1, at, error: 'one' },
      { attempt: 1, at, error: 'not wanted' },
    ];
    assertRecord(await find(bench, 0), { state: 'dead', attempts: 1, error: 'not wanted', errors });
    assertRecord(await find(bench, 1), { state: 'dead', attempts: 0, error: 'not wanted' });
  }),
  holdsWhole('O3', 'no word of an earlier attempt changes it', async (bench) => {
    const lease = first(await held(bench, 1));
    await bench.store.settle([released(lease)]);
    await bench.store.bury([buried(0)]);
    const before = await find(bench, 0);
    assert.deepEqual(await bench.store.settle([completed(lease), retry(lease)]), ['stale', 'stale']);
    assert.deepEqual(await find(bench, 0), before);
  }),
  holdsWhole('O3', 'a running task is left alone, its lease expired or not', async (bench) => {
    const lease = first(await held(bench, 1));
    const before = await find(bench, 0);
    assert.deepEqual(await bench.store.bury([buried(0)]), ['running']);
    await pass(bench, LEASE);
    assert.deepEqual(await bench.store.bury([buried(0)]), ['running']);
    assert.deepEqual(await find(bench, 0), before);
    assert.deepEqual(await bench.store.settle([completed(lease)]), ['applied']);
  }),
  holdsWhole('O3', 'asking again answers that it has ended, and its error stays', async (bench) => {
    await bench.store.enqueue([aTask(0)]);
    await bench.store.bury([buried(0)]);
    const before = await find(bench, 0);
    await bench.clock.advance(1_000);
    assert.deepEqual(await bench.peer.bury([buried(0, 'another')]), ['ended']);
    assert.deepEqual(await find(bench, 0), before);
  }),
  holdsWhole('O3', 'each burial of a call is decided on its own, and answered in its order', async (bench) => {
    await fourEnded(bench);
    await threeOpen(bench);
    const before = await records(bench, [...ENDED, RUNNING]);
    const burials = [
      ...ENDED.map((n) => buried(n)),
      buried(WAITING, 'waits'),
      { ...strangers[0], error: 'e' },
      buried(RUNNING),
      { ...strangers[1], error: 'e' },
      buried(QUEUED, 'queued'),
      buried(QUEUED, 'twice'),
    ];
    assert.deepEqual(await bench.store.bury(burials), [
      'ended',
      'ended',
      'ended',
      'ended',
      'buried',
      'unknown',
      'running',
      'unknown',
      'buried',
      'ended',
    ]);
    assert.deepEqual(await records(bench, [...ENDED, RUNNING]), before);
    assertRecord(await find(bench, WAITING), { error: 'waits' });
    assertRecord(await find(bench, QUEUED), { error: 'queued' });
  }),
  holdsWhole('O3', 'errors of whatever text come back to the letter, and buried tasks are listed among the dead', async (bench) => {
    await bench.store.enqueue(hostileErrors.map((_, n) => aTask(n)));
    assert.deepEqual(
      await bench.store.bury(hostileErrors.map((error, n) => buried(n, error))),
      hostileErrors.map(() => 'buried'),
    );
    for (const [n, error] of hostileErrors.entries()) assertRecord(await bench.peer.find(keyOf(n)), { state: 'dead', error });
    assert.equal((await pages(bench, 'dead', 4)).length, hostileErrors.length);
    await bench.settled?.();
    assert.deepEqual(await bench.store.census([labourer]), [{ due: 0, waiting: 0, running: 0, expired: 0 }]);
  }),
  holdsWhole('O3', 'an empty call, and a hundred and twenty', async (bench) => {
    assert.deepEqual(await bench.store.bury([]), []);
    await bench.store.enqueue(BATCH.map((n) => aTask(n)));
    assert.deepEqual(
      await bench.store.bury(BATCH.map((n) => buried(n, `error ${n}`))),
      BATCH.map(() => 'buried'),
    );
    for (const n of range(12)) assertRecord(await find(bench, n * 10), { error: `error ${n * 10}` });
    assert.deepEqual(await claimed(bench), []);
  }),
];
