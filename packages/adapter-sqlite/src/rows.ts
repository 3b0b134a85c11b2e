import type { AttemptError, JsonText, Lease, TaskRecord } from '@reeve/core';

/** A row of `tasks` as a lease needs it. */
export interface LeaseRow {
  readonly id: string;
  readonly labourer: string;
  readonly payload: string;
  readonly token: string;
  readonly attempts: number;
  readonly created_at: number;
  readonly due: number;
  readonly claimed_at: number;
  readonly deadline: number;
  readonly key: string | null;
  readonly seq: number;
}

export const LEASE_COLUMNS = 'id, labourer, payload, key, token, attempts, created_at, due, claimed_at, deadline, seq';

/** A row of `tasks` as the reading side shows it. */
export interface TaskRow {
  readonly id: string;
  readonly labourer: string;
  readonly payload: string;
  readonly state: 'queued' | 'running' | 'completed' | 'dead' | 'cancelled' | 'dropped';
  readonly lane: number;
  readonly due: number;
  readonly attempts: number;
  readonly created_at: number;
  readonly priority: number;
  readonly key: string | null;
  readonly expires_at: number | null;
  readonly cancelling: number;
  readonly token: string | null;
  readonly deadline: number | null;
  readonly ended_at: number | null;
  readonly error: string | null;
  readonly errors: string | null;
  readonly result: string | null;
  readonly stats: string | null;
  readonly seq: number;
}

export const TASK_COLUMNS =
  'id, labourer, payload, state, lane, due, attempts, created_at, priority, key, expires_at, cancelling, token, deadline, ended_at, error, errors, result, stats, seq';

export const toLease = (row: LeaseRow): Lease => ({
  id: row.id,
  labourer: row.labourer,
  payload: row.payload as JsonText,
  ...(row.key !== null && { key: row.key }),
  token: row.token,
  attempt: row.attempts,
  createdAt: row.created_at,
  due: row.due,
  claimedAt: row.claimed_at,
  deadline: row.deadline,
});

export const toRecord = (row: TaskRow): TaskRecord => {
  const { id, labourer, priority, attempts, key } = row;
  const payload = row.payload as JsonText;
  // Of a task that failed under an earlier version there is the latest error alone, and nobody knows its instant.
  const errors = row.errors === null ? [] : (JSON.parse(row.errors) as AttemptError[]);
  const facts = { id, labourer, payload, priority, errors, attempts, createdAt: row.created_at, ...(key !== null && { key }) };
  const lastError = row.error === null ? {} : { lastError: row.error };
  const endedAt = row.ended_at ?? 0;
  switch (row.state) {
    case 'queued':
      return { ...facts, ...lastError, state: 'queued', due: row.due, ...(row.expires_at !== null && { expiresAt: row.expires_at }) };
    case 'running':
      return {
        ...facts,
        ...lastError,
        state: 'running',
        token: row.token ?? '',
        deadline: row.deadline ?? 0,
        ...(row.cancelling === 1 && { cancelling: true }),
      };
    case 'completed':
      return {
        ...facts,
        state: 'completed',
        endedAt,
        ...(row.result !== null && { result: row.result as JsonText }),
        ...(row.stats !== null && { stats: row.stats as JsonText }),
      };
    case 'dead':
      return { ...facts, state: 'dead', endedAt, error: row.error ?? '' };
    case 'cancelled':
    case 'dropped':
      return { ...facts, state: row.state, endedAt };
  }
};
