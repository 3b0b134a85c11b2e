import type { EpochMs, Lease } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { LEASE_COLUMNS, type LeaseRow, toLease } from '../rows.ts';

export const EXPIRED = `
  SELECT seq, deadline FROM tasks
  WHERE state = 'running' AND labourer = ?1 AND deadline <= ?2
  ORDER BY deadline, seq
  LIMIT ?3`;

const LEASE = `SELECT ${LEASE_COLUMNS} FROM tasks WHERE seq = ?1`;

/** The oldest are chosen from the index alone, so that payloads are read of the chosen only. */
export const expired = (statements: Statements, labourers: readonly string[], limit: number, now: EpochMs): Lease[] =>
  [...new Set(labourers)]
    .flatMap((labourer) => statements.all<Pick<LeaseRow, 'seq' | 'deadline'>>(EXPIRED, labourer, now, limit))
    .sort((a, b) => a.deadline - b.deadline || a.seq - b.seq)
    .slice(0, limit)
    .map(({ seq }) => toLease(statements.first<LeaseRow>(LEASE, seq)!));
