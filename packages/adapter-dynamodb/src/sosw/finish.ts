import type { Row } from '../client/requests.ts';
import { OURS } from '../rows/attributes.ts';
import { claimsOf } from '../rows/read-row.ts';
import { close, keptUntil } from '../verbs/close.ts';
import type { Parts } from '../verbs/parts.ts';
import { placeOf } from '../verbs/settle.ts';

/**
 * Archives what sosw's assistant completed. It knows no token and only sets completed_at, so its word ends whatever attempt there is; from
 * then on no verdict of ours changes the row. The copy comes first: such a row may have no place under which it would be found.
 */
export const finish = async (parts: Parts, labourer: string, row: Row): Promise<void> => {
  const { requests, layout, clock, ledger } = parts;
  const { fields, tables } = layout;
  await close(parts, row);
  const copied = row[fields.greenfield] === undefined ? {} : { [OURS.left]: fields.greenfield };
  await requests.update(
    tables.tasks,
    layout.taskKey(layout.idOf(row)),
    {
      set: { [OURS.verdict]: { S: 'completed' }, ...keptUntil(parts, clock.now()) },
      copy: copied,
      remove: [fields.greenfield, OURS.until],
    },
    // A row that has been archived meanwhile, or deleted by a sosw that did the same, stays as it is.
    (e) => `attribute_exists(${e.name(fields.completed_at)}) AND attribute_exists(${e.name(fields.greenfield)})`,
  );
  if (claimsOf(row) > 0) await ledger.leave(labourer, [placeOf(row, layout.idOf(row))]);
};
