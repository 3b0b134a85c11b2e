import type { ClaimAnswer, ClaimRequest, EpochMs } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { LEASE_COLUMNS, type LeaseRow, toLease } from '../rows.ts';

/** Stops at the cap: a claim reads no more than that, however many run. */
export const COUNT_RUNNING = `
  SELECT count(*) AS running
  FROM (SELECT 1 FROM tasks WHERE state = 'running' AND labourer = ?1 AND deadline > ?2 LIMIT ?3)`;

export const TAKE: string = `
  UPDATE tasks
  SET state = 'running', token = ?4, attempts = attempts + 1, claimed_at = ?3, deadline = ?5, verdict = NULL
  WHERE seq IN (
    SELECT seq FROM tasks
    WHERE state = 'queued' AND labourer = ?1 AND fresh = ?2 AND due <= ?3
    ORDER BY due, seq
    LIMIT ?6
  )
  RETURNING ${LEASE_COLUMNS}`;

export const NEXT_DUE = `
  SELECT min(due) AS next FROM (
    SELECT (SELECT due FROM tasks WHERE state = 'queued' AND labourer = ?1 AND fresh = 0 ORDER BY due LIMIT 1) AS due
    UNION ALL
    SELECT (SELECT due FROM tasks WHERE state = 'queued' AND labourer = ?1 AND fresh = 1 ORDER BY due LIMIT 1)
  )`;

/**
 * Counts and takes under one write lock. Two claims at once could each count the same free place; here the second begins
 * only after the first has committed, and counts what the first took (C2). `now` is read under the lock as well: an
 * instant from before a long wait would let a lease be counted that has expired meanwhile, or be given out short.
 */
export const claim = (statements: Statements, { labourer, token, cap, limit, lease }: ClaimRequest, now: EpochMs): ClaimAnswer => {
  const { running } = statements.first<{ readonly running: number }>(COUNT_RUNNING, labourer, now, cap)!;
  const room = Math.max(0, Math.min(limit, cap - running));
  const take = (fresh: 0 | 1, most: number): LeaseRow[] =>
    most === 0
      ? []
      : // UPDATE answers its rows in no promised order.
        statements.all<LeaseRow>(TAKE, labourer, fresh, now, token, Math.ceil(now + lease), most).sort(byDue);
  const again = take(0, room);
  const rows = [...again, ...take(1, room - again.length)];
  const { next } = statements.first<{ readonly next: number | null }>(NEXT_DUE, labourer)!;
  return { leases: rows.map(toLease), ...(next !== null && { nextDueIn: Math.max(0, next - now) }) };
};

const byDue = (a: LeaseRow, b: LeaseRow): number => a.due - b.due || a.seq - b.seq;
