import type { JsonText } from '../domain/json.ts';
import type { Lease, NewTask, TaskRecord, Verdict } from '../domain/task.ts';
import type { EpochMs } from '../domain/time.ts';

/** A task as the memory store keeps it. The state says where it is listed. */
export interface MemoryTask {
  readonly id: string;
  readonly labourer: string;
  readonly payload: JsonText;
  readonly createdAt: EpochMs;
  readonly seq: number;
  due: EpochMs;
  state: 'queued' | 'running' | 'completed' | 'dead';
  attempts: number;
  /** The latest claim's. Kept after the verdict, so that a repetition of it can be told. */
  token?: string;
  verdict?: Verdict['kind'];
  claimedAt: EpochMs;
  deadline: EpochMs;
  endedAt: EpochMs;
  /** Counts the tasks that ended: two may end at one instant. */
  endOrder: number;
  error?: string;
  result?: JsonText;
  stats?: JsonText;
}

export const newMemoryTask = ({ id, labourer, payload, due }: NewTask, now: EpochMs, seq: number): MemoryTask => ({
  id,
  labourer,
  payload,
  seq,
  createdAt: now,
  due: due ?? now,
  state: 'queued',
  attempts: 0,
  claimedAt: 0,
  deadline: 0,
  endedAt: 0,
  endOrder: 0,
});

export const toLease = ({ id, labourer, payload, token, attempts, createdAt, due, claimedAt, deadline }: MemoryTask): Lease => ({
  id,
  labourer,
  payload,
  token: token ?? '',
  attempt: attempts,
  createdAt,
  due,
  claimedAt,
  deadline,
});

export const toRecord = (task: MemoryTask): TaskRecord => {
  const { id, labourer, payload, attempts, createdAt, error, result, stats } = task;
  const facts = { id, labourer, payload, attempts, createdAt };
  const lastError = error === undefined ? {} : { lastError: error };
  switch (task.state) {
    case 'queued':
      return { ...facts, ...lastError, state: 'queued', due: task.due };
    case 'running':
      return { ...facts, ...lastError, state: 'running', token: task.token ?? '', deadline: task.deadline };
    case 'completed':
      return {
        ...facts,
        state: 'completed',
        endedAt: task.endedAt,
        ...(result !== undefined && { result }),
        ...(stats !== undefined && { stats }),
      };
    case 'dead':
      return { ...facts, state: 'dead', endedAt: task.endedAt, error: error ?? '' };
  }
};
