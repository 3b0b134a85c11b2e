import type { AttemptError, JsonText, Lease, TaskRecord } from '@reeve/core';

/** What Postgres calls bigint comes as a text. */
type BigInt = string;

/** A running attempt, with what its task's row says. */
export interface LeaseRow {
  readonly id: string;
  readonly labourer: string;
  readonly payload: string;
  readonly token: string;
  readonly attempts: number;
  readonly created_at: BigInt;
  readonly due: BigInt;
  readonly claimed_at: BigInt;
  readonly deadline: BigInt;
  readonly key: string | null;
}

export const toLease = (row: LeaseRow): Lease => ({
  id: row.id,
  labourer: row.labourer,
  payload: row.payload as JsonText,
  ...(row.key !== null && { key: row.key }),
  token: row.token,
  attempt: row.attempts,
  createdAt: Number(row.created_at),
  due: Number(row.due),
  claimedAt: Number(row.claimed_at),
  deadline: Number(row.deadline),
});

/** A task as the reading side shows it. `at` is what its list is sorted by: due, deadline or end. */
export interface TaskRow {
  readonly id: string;
  readonly labourer: string;
  readonly payload: string;
  readonly state: 'queued' | 'running' | 'completed' | 'dead' | 'cancelled' | 'dropped';
  readonly attempts: number;
  readonly created_at: BigInt;
  readonly at: BigInt;
  readonly seq: BigInt;
  readonly token: string | null;
  readonly error: string | null;
  readonly priority: number;
  readonly key: string | null;
  readonly errors: readonly AttemptError[] | null;
  readonly expires_at: BigInt | null;
  readonly cancelling: boolean | null;
  readonly result: string | null;
  readonly stats: string | null;
}

export const toRecord = (row: TaskRow): TaskRecord => {
  const { id, labourer, attempts } = row;
  const payload = row.payload as JsonText;
  const facts = {
    ...{ id, labourer, payload, priority: row.priority, errors: row.errors ?? [], attempts, createdAt: Number(row.created_at) },
    ...(row.key !== null && { key: row.key }),
  };
  const lastError = row.error === null ? {} : { lastError: row.error };
  const at = Number(row.at);
  switch (row.state) {
    case 'queued':
      return { ...facts, ...lastError, state: 'queued', due: at, ...(row.expires_at !== null && { expiresAt: Number(row.expires_at) }) };
    case 'running':
      return {
        ...facts,
        ...lastError,
        state: 'running',
        token: row.token ?? '',
        deadline: at,
        ...(row.cancelling && { cancelling: true }),
      };
    case 'completed':
      return {
        ...facts,
        state: 'completed',
        endedAt: at,
        ...(row.result !== null && { result: row.result as JsonText }),
        ...(row.stats !== null && { stats: row.stats as JsonText }),
      };
    case 'dead':
      return { ...facts, state: 'dead', endedAt: at, error: row.error ?? '' };
    default:
      return { ...facts, state: row.state, endedAt: at };
  }
};
