import type { TaskKey } from '../domain/task.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Burial, BuryOutcome, CancelOutcome, Redrive, RedriveOutcome, Replacement, ReplaceOutcome } from '../ports/operator.ts';
import { addError } from './memory-task.ts';
import type { Shelf } from './shelf.ts';

export const cancelOne = (shelf: Shelf, key: TaskKey, now: EpochMs): CancelOutcome => {
  const task = shelf.find(key);
  if (!task) return 'unknown';
  if (task.state === 'running') {
    task.cancelling = true;
    return 'cancelling';
  }
  if (task.state !== 'queued') return 'ended';
  task.token = undefined;
  shelf.end(task, 'cancelled', now);
  return 'cancelled';
};

export const buryOne = (shelf: Shelf, { error, ...key }: Burial, now: EpochMs): BuryOutcome => {
  const task = shelf.find(key);
  if (!task) return 'unknown';
  if (task.state === 'running') return 'running';
  if (task.state !== 'queued') return 'ended';
  task.token = undefined;
  addError(task, error, now);
  shelf.end(task, 'dead', now);
  return 'buried';
};

export const redriveOne = (shelf: Shelf, { after = 0, ...key }: Redrive, now: EpochMs): RedriveOutcome => {
  const task = shelf.find(key);
  if (!task) return 'unknown';
  if (task.state === 'queued' || task.state === 'running') return 'open';
  if (task.state === 'completed') return 'kept';
  Object.assign(task, { attempts: 0, token: undefined, expiresAt: undefined, due: now + after });
  shelf.queue(task, false);
  return 'queued';
};

export const replaceOne = (shelf: Shelf, { payload, ...key }: Replacement): ReplaceOutcome => {
  const task = shelf.find(key);
  if (!task) return 'unknown';
  if (task.state !== 'queued' || task.attempts > 0) return 'started';
  task.payload = payload;
  return 'replaced';
};
