import { type Clock, type Millis, ReeveError, systemClock, type TaskReader } from '@reeve/core';
import { inLanes } from '../client/lanes.ts';
import { type Moving, type Side, sideOf } from './side.ts';

export interface MoveQueueOptions {
  /** A `DynamoDbTaskStore` or `DynamoDbNativeTaskStore`. */
  readonly from: TaskReader;
  /** The other of the two. */
  readonly to: TaskReader;
  readonly labourers: readonly string[];
  /** Times the wait for an index that is late. Default the clock of this machine. */
  readonly clock?: Clock;
}

export interface MovedQueue {
  /** Tasks that are in the other layout now. */
  readonly moved: number;
  /** Ids that have another task there: theirs stay where they are. */
  readonly conflicts: readonly string[];
}

/** An index that shows what has gone is asked again so often. */
const TRIES = 20;
const WAIT: Millis = 500;

/**
 * Moves what is queued from one layout to the other: payload, due time, attempts, last error and order. Each task is held, brought in
 * and dropped, in this order, so at no instant can it be claimed twice, and none is lost. If it dies, call it again with the same arguments.
 * What has ended stays where it is, and so do rows that cannot be run.
 * @throws ReeveError TASKS_RUNNING if tasks of these labourers run, or ran and were not reaped: stop the orchestrators and let them end;
 * INVALID_DYNAMODB_STORE if the stores are not of these two kinds; those of every call
 */
export const moveQueue = async ({ from, to, labourers, clock = systemClock }: MoveQueueOptions): Promise<MovedQueue> => {
  const [source, target] = [sideOf(from), sideOf(to)];
  if (!source || !target || from === to) {
    const message = 'moveQueue: from and to are to be two stores of this package, a DynamoDbTaskStore and a DynamoDbNativeTaskStore';
    throw new ReeveError({ kind: 'config', code: 'INVALID_DYNAMODB_STORE', message });
  }
  await refuseWhileRunning(from, labourers);
  let moved = 0;
  const conflicts: string[] = [];
  for (const labourer of labourers) {
    const answer = await moveOne(source, target, labourer, clock);
    moved += answer.moved;
    conflicts.push(...answer.conflicts);
  }
  return { moved, conflicts };
};

const refuseWhileRunning = async (from: TaskReader, labourers: readonly string[]): Promise<void> => {
  const counts = await from.census(labourers);
  const busy = labourers.filter((_, at) => (counts[at]?.running ?? 0) + (counts[at]?.expired ?? 0) > 0);
  if (busy.length === 0) return;
  const message = `moveQueue: tasks of ${busy.join(', ')} run, or were not reaped; stop the orchestrators, let what runs end, sweep, and try again`;
  throw new ReeveError({ kind: 'unavailable', code: 'TASKS_RUNNING', message });
};

const moveOne = async (source: Side, target: Side, labourer: string, clock: Clock): Promise<MovedQueue> => {
  const conflicts = new Set<string>();
  let moved = 0;
  await target.meet(labourer);
  for (let tries = 0; tries < TRIES; ) {
    const { tasks, seen } = await source.take(labourer, conflicts);
    if (seen === 0) break;
    const answers = await inLanes(tasks, (moving) => moveTask(source, target, moving));
    for (const [at, { task }] of tasks.entries()) if (answers[at] === 'other') conflicts.add(task.id);
    moved += answers.filter((each) => each === 'in').length;
    tries = tasks.length === 0 ? tries + 1 : 0;
    if (tasks.length === 0) await clock.sleep(WAIT);
  }
  return { moved, conflicts: [...conflicts] };
};

const moveTask = async (source: Side, target: Side, moving: Moving): Promise<'in' | 'other'> => {
  const answer = await target.bringIn(moving);
  await (answer === 'in' ? source.drop(moving) : source.release(moving));
  return answer;
};
