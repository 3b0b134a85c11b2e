import { foreignDeadline } from '../rows/read-row.ts';
import type { Parts } from '../verbs/parts.ts';
import { adopt } from './adopt.ts';

/**
 * Whose a task is, for reports that name a task and no attempt, as those of sosw's workers do. One that a sosw has invoked, and that nobody has looked at
 * since, gets its place and its lease here, so that there is an attempt to report on.
 *
 * Only the table of tasks is read: what is in none of its rows runs nowhere, and has nothing to report. If another adopts the row at the
 * same time, there is one lease all the same, whoever was first.
 */
export const whose = async (parts: Parts, id: string): Promise<string | undefined> => {
  if (id === '') return undefined; // no key of DynamoDB's
  const { requests, layout } = parts;
  const row = await requests.get(layout.tables.tasks, layout.taskKey(id));
  if (!row) return undefined;
  const labourer = layout.labourerOf(row);
  if (labourer === undefined) return undefined; // no task
  const isForeign = row[layout.fields.completed_at] === undefined && foreignDeadline(row, layout) !== undefined;
  if (isForeign) await adopt(parts, labourer, row);
  return labourer;
};
