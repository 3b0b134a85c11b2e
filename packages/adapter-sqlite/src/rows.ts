import type { JsonText, Lease, TaskRecord } from '@reeve/core';

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
  readonly seq: number;
}

export const LEASE_COLUMNS = 'id, labourer, payload, token, attempts, created_at, due, claimed_at, deadline, seq';

/** A row of `tasks` as the reading side shows it. */
export interface TaskRow {
  readonly id: string;
  readonly labourer: string;
  readonly payload: string;
  readonly state: 'queued' | 'running' | 'completed' | 'dead';
  readonly fresh: number;
  readonly due: number;
  readonly attempts: number;
  readonly created_at: number;
  readonly token: string | null;
  readonly deadline: number | null;
  readonly ended_at: number | null;
  readonly error: string | null;
  readonly result: string | null;
  readonly stats: string | null;
  readonly seq: number;
}

export const TASK_COLUMNS =
  'id, labourer, payload, state, fresh, due, attempts, created_at, token, deadline, ended_at, error, result, stats, seq';

export const toLease = (row: LeaseRow): Lease => ({
  id: row.id,
  labourer: row.labourer,
  payload: row.payload as JsonText,
  token: row.token,
  attempt: row.attempts,
  createdAt: row.created_at,
  due: row.due,
  claimedAt: row.claimed_at,
  deadline: row.deadline,
});

export const toRecord = (row: TaskRow): TaskRecord => {
  const { id, labourer, attempts } = row;
  const facts = { id, labourer, payload: row.payload as JsonText, attempts, createdAt: row.created_at };
  const lastError = row.error === null ? {} : { lastError: row.error };
  switch (row.state) {
    case 'queued':
      return { ...facts, ...lastError, state: 'queued', due: row.due };
    case 'running':
      return { ...facts, ...lastError, state: 'running', token: row.token ?? '', deadline: row.deadline ?? 0 };
    case 'completed':
      return {
        ...facts,
        state: 'completed',
        endedAt: row.ended_at ?? 0,
        ...(row.result !== null && { result: row.result as JsonText }),
        ...(row.stats !== null && { stats: row.stats as JsonText }),
      };
    case 'dead':
      return { ...facts, state: 'dead', endedAt: row.ended_at ?? 0, error: row.error ?? '' };
  }
};
