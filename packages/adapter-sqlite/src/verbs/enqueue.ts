import { type EpochMs, MOST_URGENT, type NewTask } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { DROP_SECOND, PUT_HEAD, PUT_KEYED } from '../schema/heads.ts';
import { KEYED } from './head.ts';

const insert = (column: string, value: string): string => `
  INSERT INTO tasks (id, labourer, state, fresh, due, attempts, created_at, payload, priority, expires_at, follow${column})
  VALUES (?1, ?2, 'queued', 1, ?3, 0, ?4, ?5, ?6, ?7, ?8${value})
  ON CONFLICT (id) DO NOTHING`;

const INSERT = insert('', '');
const INSERT_KEYED = insert(', key', ', ?9');

export const enqueue = (statements: Statements, tasks: readonly NewTask[], now: EpochMs): ('created' | 'duplicate')[] =>
  tasks.map(({ id, labourer, payload, due, priority = 0, expiresAt, follow = null, key }) => {
    const expires = expiresAt === undefined ? null : Math.ceil(expiresAt);
    const values = [id, labourer, Math.ceil(due ?? now), now, payload, priority, expires, follow] as const;
    if (key === undefined) return statements.run(INSERT, ...values) === 1 ? 'created' : 'duplicate';
    if (statements.run(INSERT_KEYED, ...values, key) === 0) return 'duplicate';
    putKeyed(statements, labourer, key, freshLane(priority), Math.ceil(due ?? now));
    return 'created';
  });

/** Of fresh tasks with a key, as the column `lane` has it. */
const freshLane = (priority: number): number => KEYED + 2 * (MOST_URGENT - priority) + 1;

/** Mostly there are earlier ones, and the head stays as it is. */
const putKeyed = (statements: Statements, labourer: string, key: string, lane: number, due: EpochMs): void => {
  statements.run(PUT_KEYED, labourer, key, lane, due);
  if (statements.run(PUT_HEAD, labourer, key, lane) === 1) statements.run(DROP_SECOND, labourer, key, lane);
};
