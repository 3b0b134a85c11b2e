import type { TaskKey, TaskRecord } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { TASK_COLUMNS, type TaskRow, toRecord } from '../rows.ts';

const FIND = `SELECT ${TASK_COLUMNS} FROM tasks WHERE id = ?1 AND labourer = ?2`;

export const find = (statements: Statements, { id, labourer }: TaskKey): TaskRecord | undefined => {
  const row = statements.first<TaskRow>(FIND, id, labourer);
  return row && toRecord(row);
};
