import type { EpochMs } from '@reeve/core';
import type { Row } from '../client/requests.ts';
import { itemSize, MAX_ITEM_SIZE } from '../codec/item-size.ts';
import { RESULT_PREFIX, STAT_PREFIX, typedAttributes } from '../codec/typed-attributes.ts';
import { TTL_FIELD } from '../config/greenfield-tables.ts';
import { NOT_IN_CLOSED, OURS } from '../rows/attributes.ts';
import type { Layout } from '../rows/layout.ts';
import { isDead } from '../rows/read-row.ts';
import type { Parts } from './parts.ts';

/** When DynamoDB may drop an ended row of the table of tasks. Until then its id is known. */
export const keptUntil = ({ keepEnded }: Pick<Parts, 'keepEnded'>, now: EpochMs): Row => ttl(now + keepEnded);

const ttl = (at: EpochMs): Row => ({ [TTL_FIELD]: { N: String(Math.ceil(at / 1_000)) } });

/**
 * Writes the row of an ended task into the table of closed tasks. The row does not change any more, so the copy is the same each
 * time, and may be made by anybody, any number of times.
 */
export const close = async (parts: Parts, row: Row): Promise<void> => {
  const { requests, layout, keepClosed } = parts;
  await requests.put(layout.tables.closed, closedRow(row, layout, keepClosed));
};

const closedRow = (row: Row, layout: Layout, keepClosed: number | undefined): Row => {
  const { fields } = layout;
  const completedAt = isDead(row) ? undefined : row[fields.completed_at];
  const endedAt = completedAt ?? row[fields.closed_at];
  const greenfield = row[OURS.left] ?? row[fields.greenfield];
  const kept = Object.fromEntries(Object.entries(row).filter(([name]) => name !== TTL_FIELD && !NOT_IN_CLOSED.includes(name)));
  const closed: Row = {
    ...kept,
    ...(greenfield && { [fields.greenfield]: greenfield }),
    ...(endedAt && { [fields.closed_at]: endedAt }),
    [fields.labourer_id_task_status]: { S: layout.status(layout.labourerOf(row) ?? '', completedAt ? '1' : '0') },
    ...(keepClosed !== undefined && ttl(Number(endedAt?.N ?? 0) * 1_000 + keepClosed)),
  };
  const typed = {
    ...typedAttributes(RESULT_PREFIX, row[OURS.result]?.S ?? 'null'),
    ...typedAttributes(STAT_PREFIX, row[OURS.stats]?.S ?? 'null'),
  };
  const both = { ...closed, ...typed };
  // The typed attributes are for reports over sosw's tables; the texts themselves are kept whatever happens.
  if (itemSize(both) <= MAX_ITEM_SIZE) return both;
  // A row that another program filled to the brim: it is closed without its payload, which stays in the row itself while that is kept.
  return itemSize(closed) <= MAX_ITEM_SIZE ? closed : { ...closed, [fields.payload]: { S: 'null' } };
};
