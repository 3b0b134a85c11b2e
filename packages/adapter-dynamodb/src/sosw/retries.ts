import type { EpochMs } from '@reeve/core';
import { inLanes } from '../client/lanes.ts';
import type { Row } from '../client/requests.ts';
import { againAt, digitsOf, endOf, grainsOf, waitingAt } from '../codec/greenfield.ts';
import { OURS } from '../rows/attributes.ts';
import { priorityOf } from '../rows/read-row.ts';
import type { Parts } from '../verbs/parts.ts';

/** Rows of one look at the table of retries. */
const PAGE = 50;

/**
 * Brings back what waits in sosw's table of retries and is due: into the queue first, then out of the table. A crash in between leaves
 * it in both, and the next look deletes the rest: a task that is known is not made again.
 * @returns how many came back, and whether there may be more
 */
export const bringBack = async (
  parts: Parts,
  labourer: string,
  now: EpochMs,
): Promise<{ readonly count: number; readonly more: boolean }> => {
  const { requests, layout, hints } = parts;
  const { fields, tables } = layout;
  const { rows, next } = await requests.query({
    table: tables.retry,
    index: tables.retryIndex,
    partition: [fields.labourer_id, labourer],
    sort: { name: fields.desired_launch_time, from: '0', to: digitsOf(endOf(now)) },
    limit: PAGE,
  });
  await inLanes(rows, (row) => moveBack(parts, labourer, row));
  if (rows.length > 0) await hints.touch(labourer);
  return { count: rows.length, more: next !== undefined };
};

export const moveBack = async ({ requests, layout }: Parts, labourer: string, row: Row): Promise<void> => {
  const { fields, tables } = layout;
  // A sosw that took it for expired may have kept the lease in it.
  const { [fields.desired_launch_time]: launch, [OURS.until]: _, ...kept } = row;
  const due = grainsOf(launch?.N ?? '0');
  const priority = priorityOf(row);
  // Where an urgent one waits, all of them are in the order of their due times; it is put among those that are due from there.
  const greenfield = priority > 0 ? waitingAt(due) : againAt(due);
  const task: Row = { ...kept, [fields.greenfield]: { N: digitsOf(greenfield) }, ...(priority > 0 && { [OURS.verdict]: { S: 'retry' } }) };
  const { kind, row: there } = await requests.put(tables.tasks, task, (e) => `attribute_not_exists(${e.name(fields.task_id)})`);
  if (kind === 'lost' && there && layout.labourerOf(there) === undefined) await complete({ requests, layout }, task, there);
  // A sosw may take it for expired at once, and put it off again: then the row is another.
  const waits = fields.desired_launch_time;
  await requests.delete(tables.retry, layout.retryKey(labourer, layout.idOf(row)), (e) =>
    launch ? `${e.name(waits)} = ${e.value(launch)}` : `attribute_not_exists(${e.name(waits)})`,
  );
};

/**
 * Its worker completed the task while it waited here, and sosw's assistant, which looks in the other table only, made a row of what it was
 * told. Both together are a completed task, which is archived as such.
 */
const complete = async ({ requests, layout }: Pick<Parts, 'requests' | 'layout'>, task: Row, ghost: Row): Promise<void> => {
  const { fields, tables } = layout;
  const set = Object.fromEntries(Object.entries(task).filter(([name]) => ghost[name] === undefined));
  await requests.update(
    tables.tasks,
    layout.taskKey(layout.idOf(task)),
    { set },
    (e) => `attribute_not_exists(${e.name(fields.labourer_id)})`,
  );
};
