import type { TaskState } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';

export const STATE = 'SELECT state FROM tasks WHERE id = ?1 AND labourer = ?2';

/** Under the lock of the write that changed no row: what is found now is why. */
export const stateOf = (statements: Statements, id: string, labourer: string): TaskState | undefined =>
  statements.first<{ readonly state: TaskState }>(STATE, id, labourer)?.state;

export const isKnown = (statements: Statements, id: string, labourer: string): boolean => stateOf(statements, id, labourer) !== undefined;
