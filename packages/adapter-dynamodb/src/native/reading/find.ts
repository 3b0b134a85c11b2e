import type { TaskKey, TaskRecord } from '@reeve/core';
import { toRecord } from '../codec/record.ts';
import { homeKey } from '../keys.ts';
import type { NativeParts } from '../parts.ts';

/** Strongly consistent. */
export const find = async ({ requests, shelf, addresses }: NativeParts, key: TaskKey): Promise<TaskRecord | undefined> => {
  if (key.id === '' || key.labourer === '') return undefined; // no key of DynamoDB's
  return addresses.visit(key, async (home) => {
    const row = await requests.get(shelf.table, homeKey(home));
    return { row, value: row && toRecord(row, home) };
  });
};
