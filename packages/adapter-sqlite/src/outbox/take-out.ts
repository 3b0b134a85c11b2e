import type { EndRef } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';

/** Names the end, so that another one of the same task stays: a task that was queued again has no end, or a later one. */
export const TAKE_OUT = `
  UPDATE tasks SET taken_out = ended_at
  WHERE id = ?1 AND labourer = ?2 AND ended_at = ?3 AND outbox = 1`;

export const takeOut = (statements: Statements, ends: readonly EndRef[]): void => {
  for (const { id, labourer, endedAt } of ends) statements.run(TAKE_OUT, id, labourer, endedAt);
};
