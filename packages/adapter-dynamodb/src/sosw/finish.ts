import type { Change } from '../client/expression.ts';
import type { Row } from '../client/requests.ts';
import { OURS } from '../rows/attributes.ts';
import { claimsOf, endedByUs, endOf, endsFrom } from '../rows/read-row.ts';
import { isItemTooLarge } from '../tables/dynamodb-fault.ts';
import { close, keptUntil } from '../verbs/close.ts';
import { ending } from '../verbs/ending.ts';
import type { Parts } from '../verbs/parts.ts';
import { placeOf } from '../verbs/settle.ts';

/**
 * Archives what sosw's assistant completed. It knows no token and only sets completed_at, so its word ends whatever attempt there is; from
 * then on no verdict of ours changes the row. The copy comes first: such a row may have no place under which it would be found.
 * @param seen the row as an index shows it, which may be late
 */
export const finish = async (parts: Parts, labourer: string, seen: Row): Promise<void> => {
  const { requests, layout, clock, ledger } = parts;
  const { fields, tables } = layout;
  const row = await requests.get(tables.tasks, layout.taskKey(layout.idOf(seen)));
  // Archived meanwhile, by us or by a sosw that deletes it; or ended by us, and called completed after that.
  if (row?.[fields.completed_at] === undefined || row[fields.greenfield] === undefined || endedByUs(row)) return;
  await close(parts, row);
  const end = (change: Change): Promise<unknown> =>
    requests.update(
      tables.tasks,
      layout.taskKey(layout.idOf(row)),
      change,
      // It may be archived by another just now: then it stays as it is.
      (e) => `attribute_exists(${e.name(fields.completed_at)}) AND attribute_exists(${e.name(fields.greenfield)})`,
    );
  const endedAt = Math.max(endOf(row, layout)?.endedAt ?? clock.now(), endsFrom(row));
  const { set, copy, remove } = ending(parts, 'completed', parts.call(), endedAt, row[OURS.follow] !== undefined);
  const { [fields.completed_at]: _, ...ours } = { ...set, ...(row[OURS.follow] === undefined && keptUntil(parts, clock.now())) };
  // While its end is in the outbox, sosw's own word for it is not in the row: `ending` says why.
  const change = { set: ours, copy, remove: [...remove, OURS.cancel, ...(row[OURS.follow] === undefined ? [] : [fields.completed_at])] };
  await end(change).catch((error: unknown) => {
    if (!isItemTooLarge(error)) throw error;
    return end({ remove: [fields.greenfield, OURS.until] }); // full to the brim: it leaves the index, and says no more
  });
  if (claimsOf(row) > 0) await ledger.leave(labourer, [placeOf(row, layout.idOf(row))]);
};
