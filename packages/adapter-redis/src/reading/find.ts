import type { TaskKey, TaskRecord } from '@reeve/core';
import { toRecord } from '../records.ts';
import type { Parts } from '../verbs/parts.ts';
import { lookAt } from './look.ts';

export const find = async (parts: Parts, { labourer, id }: TaskKey): Promise<TaskRecord | undefined> => {
  const [stored] = await lookAt(parts, labourer, [id]);
  return toRecord({ labourer, id }, stored!);
};
