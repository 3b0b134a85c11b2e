import type { JsonText } from '../../domain/json.ts';
import type { NewTask } from '../../domain/task.ts';
import type { EpochMs } from '../../domain/time.ts';
import { derivedId } from '../read-follow.ts';
import { type JobEntry, NO_ENDS } from './job-entry.ts';

/** The task that runs when a job has ended, if there is to be one: the same each time, so that the store knows it again. */
export const finalizerTask = (id: string, { run, total = 0, parts, finalizer }: JobEntry, now: EpochMs): NewTask | undefined => {
  if (!finalizer) return undefined;
  const { labourer, payload, priority, expireAfter } = finalizer;
  const told = { job: id, run, total, ...(parts?.counts ?? NO_ENDS), ...(payload !== undefined && { payload }) };
  return {
    labourer,
    id: derivedId('job-end', id),
    payload: JSON.stringify(told) as JsonText,
    ...(priority !== undefined && { priority }),
    ...(expireAfter !== undefined && { expiresAt: now + expireAfter }),
  };
};
