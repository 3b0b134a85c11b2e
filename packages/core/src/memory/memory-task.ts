import type { JsonText } from '../domain/json.ts';
import { type AttemptError, type Lease, MOST_ERRORS, type NewTask, type TaskRecord, type Verdict } from '../domain/task.ts';
import type { EpochMs } from '../domain/time.ts';
import type { End } from '../ports/outbox.ts';

/** A task as the memory store keeps it. The state says where it is listed. */
export interface MemoryTask {
  readonly id: string;
  readonly labourer: string;
  payload: JsonText;
  readonly createdAt: EpochMs;
  readonly priority: number;
  readonly key: string | undefined;
  readonly follow: JsonText | undefined;
  seq: number;
  expiresAt: EpochMs | undefined;
  due: EpochMs;
  state: 'queued' | 'running' | 'completed' | 'dead' | 'cancelled' | 'dropped';
  /** Retried or released: goes before the fresh ones of its priority. */
  again: boolean;
  attempts: number;
  /** The latest claim's. Kept after the verdict, so that a repetition of it can be told. */
  token: string | undefined;
  verdict: Verdict['kind'] | undefined;
  /** To end with whatever verdict its attempt gives. */
  cancelling: boolean;
  claimedAt: EpochMs;
  deadline: EpochMs;
  endedAt: EpochMs;
  /** Counts the tasks that ended: two may end at one instant. */
  endOrder: number;
  errors: readonly AttemptError[];
  result: JsonText | undefined;
  stats: JsonText | undefined;
}

export const newMemoryTask = (
  { id, labourer, payload, due, priority = 0, expiresAt, follow, key }: NewTask,
  now: EpochMs,
  seq: number,
): MemoryTask => ({
  id,
  labourer,
  payload,
  seq,
  priority,
  key,
  follow,
  expiresAt,
  createdAt: now,
  due: due ?? now,
  state: 'queued',
  again: false,
  attempts: 0,
  token: undefined,
  verdict: undefined,
  cancelling: false,
  claimedAt: 0,
  deadline: 0,
  endedAt: 0,
  endOrder: 0,
  errors: [],
  result: undefined,
  stats: undefined,
});

/** Keeps the error with those before it, the last ones. */
export const addError = (task: MemoryTask, error: string, at: EpochMs): void => {
  task.errors = [...task.errors, { attempt: task.attempts, at, error }].slice(-MOST_ERRORS);
};

export const toLease = ({ id, labourer, payload, key, token, attempts, createdAt, due, claimedAt, deadline }: MemoryTask): Lease => ({
  id,
  labourer,
  payload,
  ...(key !== undefined && { key }),
  token: token ?? '',
  attempt: attempts,
  createdAt,
  due,
  claimedAt,
  deadline,
});

export const toEnd = ({ id, labourer, state, endedAt, follow, result }: MemoryTask): readonly End[] => {
  if (follow === undefined || state === 'queued' || state === 'running') return [];
  return [{ id, labourer, state, endedAt, follow, ...(result !== undefined && { result }) }];
};

export const toRecord = (task: MemoryTask): TaskRecord => {
  const { id, labourer, payload, priority, key, attempts, createdAt, errors, endedAt, result, stats, expiresAt } = task;
  const facts = { id, labourer, payload, priority, attempts, createdAt, errors, ...(key !== undefined && { key }) };
  const last = errors.at(-1)?.error;
  const lastError = last === undefined ? {} : { lastError: last };
  switch (task.state) {
    case 'queued':
      return { ...facts, ...lastError, state: 'queued', due: task.due, ...(expiresAt !== undefined && { expiresAt }) };
    case 'running':
      return {
        ...facts,
        ...lastError,
        state: 'running',
        token: task.token ?? '',
        deadline: task.deadline,
        ...(task.cancelling && { cancelling: true }),
      };
    case 'completed':
      return { ...facts, state: 'completed', endedAt, ...(result !== undefined && { result }), ...(stats !== undefined && { stats }) };
    case 'dead':
      return { ...facts, state: 'dead', endedAt, error: last ?? '' };
    default:
      return { ...facts, state: task.state, endedAt };
  }
};
