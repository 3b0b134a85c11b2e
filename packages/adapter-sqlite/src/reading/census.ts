import type { Census, EpochMs } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { KEYED_LANES, PLAIN_LANES } from '../verbs/head.ts';

/** Counting walks an index; it stops here, so that a census costs the same whatever the backlog. */
const BOUND = 100_000;

const bounded = (condition: string): string => `(SELECT count(*) FROM (SELECT 1 FROM tasks WHERE labourer = ?1 AND ${condition} LIMIT ?3))`;
const queued = (condition: string): string => bounded(`state = 'queued' AND lane IN (${PLAIN_LANES}, ${KEYED_LANES}) AND ${condition}`);

export const COUNT: string = `
  SELECT ${queued('due <= ?2')} AS due,
         ${queued('due > ?2')} AS waiting,
         ${bounded(`state = 'running' AND deadline > ?2`)} AS running,
         ${bounded(`state = 'running' AND deadline <= ?2`)} AS expired`;

export const census = (statements: Statements, labourers: readonly string[], now: EpochMs, bound: number = BOUND): Census[] =>
  labourers.map((labourer) => {
    const counts = statements.first<Census>(COUNT, labourer, now, bound)!;
    return Object.values(counts).some((count) => count >= bound) ? { ...counts, atLeast: true } : counts;
  });
