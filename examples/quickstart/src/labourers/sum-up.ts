import { decodeJson, type Handler, type TaskRecord } from '@reeve/core';
import type { Inspection } from './inspect-package.ts';
import type { Storage } from './storage.ts';
import { type LicenceTotal, totalsOf } from './totals.ts';

/** Looks up the task of one package, as the store's reading side shows it. */
export type FindPackage = (id: string) => Promise<TaskRecord | undefined>;

/** The worker of `sum-up`: reads what came out for a portion of the packages, and answers totals by licence. Those that are dead have none. */
export const sumUp =
  (storage: Storage, find: FindPackage): Handler<{ readonly packages: readonly string[] }> =>
  async ({ packages }, context): Promise<readonly LicenceTotal[]> => {
    await storage.answer(context);
    const tasks = await Promise.all(packages.map(find));
    return totalsOf(tasks.flatMap((task) => inspectionOf(task) ?? []));
  };

/** The result of a completed `inspect-package` task. */
export const inspectionOf = (task: TaskRecord | undefined): Inspection | undefined =>
  task?.state === 'completed' && task.result !== undefined ? (decodeJson(task.result) as unknown as Inspection) : undefined;
