import type { SetAside } from '@reeve/core';
import { secondsOf } from '../codec/greenfield.ts';
import { OURS } from '../rows/attributes.ts';
import type { Broken } from './candidates.ts';
import type { Parts } from './parts.ts';

/**
 * Takes a row that cannot be run out of the queue, with all that is in it. A copy goes to the closed tasks first, under a status
 * that sosw does not ask for: it is what lists of such tasks are made from. The row itself is changed by one caller only, who reports it.
 */
export const setAside = async (parts: Parts, labourer: string, { row, problem }: Broken): Promise<readonly SetAside[]> => {
  const { requests, layout, clock } = parts;
  const { fields, tables } = layout;
  const seen = layout.greenfieldOf(row) ?? '0';
  const now = clock.now();
  const { [fields.greenfield]: _, [fields.closed_at]: __, ...kept } = row;
  await requests.put(tables.closed, {
    ...kept,
    [OURS.aside]: { S: problem },
    [fields.closed_at]: { N: secondsOf(now) },
    [fields.labourer_id_task_status]: { S: layout.status(labourer, 'aside') },
  });
  const { kind } = await requests.update(
    tables.tasks,
    layout.taskKey(layout.idOf(row)),
    { set: { [OURS.aside]: { S: problem }, [OURS.error]: { S: `set aside at ${secondsOf(now)}` } }, remove: [fields.greenfield] },
    (e) => `${e.name(fields.greenfield)} = ${e.value({ N: seen })} AND attribute_not_exists(${e.name(OURS.until)})`,
  );
  return kind === 'done' ? [{ labourer, id: layout.idOf(row), problem }] : [];
};
