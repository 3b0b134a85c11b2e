import type { TaskKey, TaskRecord } from '@reeve/core';
import { toRecord } from '../rows/read-row.ts';
import type { Parts } from '../verbs/parts.ts';

/** Strongly consistent: the queue, then what has ended, then sosw's own table of retries. */
export const find = async ({ requests, layout }: Parts, { labourer, id }: TaskKey): Promise<TaskRecord | undefined> => {
  if (id === '' || labourer === '') return undefined; // no key of DynamoDB's
  const { tables } = layout;
  const places = [
    [tables.tasks, layout.taskKey(id)],
    [tables.closed, layout.taskKey(id)],
    [tables.retry, layout.retryKey(labourer, id)],
  ] as const;
  for (const [table, key] of places) {
    const row = await requests.get(table, key);
    const record = row && toRecord(row, layout);
    if (record) return record.labourer === labourer ? record : undefined;
  }
  return undefined;
};
