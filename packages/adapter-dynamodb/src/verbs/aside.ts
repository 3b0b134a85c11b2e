import type { SetAside } from '@reeve/core';
import type { Row, Written } from '../client/requests.ts';
import { secondsOf } from '../codec/greenfield.ts';
import { itemSize, MAX_ITEM_SIZE } from '../codec/item-size.ts';
import { OURS } from '../rows/attributes.ts';
import { isItemTooLarge } from '../tables/dynamodb-fault.ts';
import type { Broken } from './look.ts';
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
  const call = parts.call();
  const { [fields.greenfield]: _, [fields.closed_at]: __, ...kept } = row;
  const copy = {
    ...kept,
    [OURS.aside]: { S: problem },
    [fields.closed_at]: { N: secondsOf(now) },
    [fields.labourer_id_task_status]: { S: layout.status(labourer, 'aside') },
  };
  const { [fields.payload]: ___, ...slim } = copy;
  // The row itself keeps its payload, so a copy without it will do where both together are too much for an item.
  await requests.put(tables.closed, itemSize(copy) <= MAX_ITEM_SIZE ? copy : slim);
  const mark = (set: Row): Promise<Written> =>
    requests.update(
      tables.tasks,
      layout.taskKey(layout.idOf(row)),
      { set, remove: [fields.greenfield] },
      (e) => `${e.name(fields.greenfield)} = ${e.value({ N: seen })} AND attribute_not_exists(${e.name(OURS.until)})`,
    );
  const written = await mark({ [OURS.aside]: { S: problem }, [OURS.call]: { S: call } }).catch((error: unknown) => {
    if (!isItemTooLarge(error)) throw error;
    return mark({}); // it is full to the brim: the copy says why it is out of the queue
  });
  // Lost to ourselves: the first answer did not arrive, and the client asked again.
  const isOurs = written.kind === 'done' || written.row?.[OURS.call]?.S === call;
  return isOurs ? [{ labourer, id: layout.idOf(row), problem }] : [];
};
