import assert from 'node:assert/strict';
import type { TaskKey } from '@reeve/core';
import type { WholeBench } from '../../bench.ts';
import { aTask, claim, claimed, completed, dead, first, idOf, labourer, other, range } from '../../given.ts';

/** The task of each number as `threeOpen`, `fourEnded` and `strangers` make it. */
export const QUEUED = 0;
export const WAITING = 1;
export const RUNNING = 2;

/** One that is due, one that waits and one that runs. */
export const threeOpen = async (bench: WholeBench): Promise<void> => {
  await bench.store.enqueue([aTask(RUNNING, { priority: 9 })]);
  await claimed(bench);
  await bench.store.enqueue([aTask(QUEUED), aTask(WAITING, { due: bench.clock.now() + 3_600_000 })]);
};

export const COMPLETED = 10;
export const DEAD = 11;
export const CANCELLED = 12;
export const DROPPED = 13;
export const ENDED: readonly number[] = [COMPLETED, DEAD, CANCELLED, DROPPED];

/** One task that ended in each way. */
export const fourEnded = async (bench: WholeBench): Promise<void> => {
  await bench.store.enqueue([aTask(DROPPED, { priority: 9, expiresAt: bench.clock.now() }), aTask(COMPLETED, { priority: 9 })]);
  const { leases, dropped } = await claim(bench, { limit: 1 });
  assert.equal(dropped?.length, 1);
  await bench.store.settle([completed(first(leases), '"done"')]);
  await bench.store.enqueue([aTask(DEAD, { priority: 9 })]);
  await bench.store.settle([dead(first(await claimed(bench, { limit: 1 })), 'spent')]);
  await bench.store.enqueue([aTask(CANCELLED)]);
  assert.deepEqual(await bench.store.cancel([{ labourer, id: idOf(CANCELLED) }]), ['cancelled']);
};

/** Keys of no task: nobody has the id, or another labourer. */
export const strangers: readonly [TaskKey, TaskKey] = [
  { labourer, id: 'nobody' },
  { labourer: other, id: idOf(QUEUED) },
];

/** What lies in the store under these numbers. */
export const records = (bench: WholeBench, numbers: readonly number[]): Promise<readonly unknown[]> =>
  Promise.all(numbers.map((n) => bench.peer.find({ labourer, id: idOf(n) })));

/** Each key of a large batch is answered on its own. */
export const BATCH: readonly number[] = range(120);
