import type { EpochMs } from '@reeve/core';
import type { Row } from '../client/requests.ts';
import { secondsOf } from '../codec/greenfield.ts';
import { itemSize, MAX_ITEM_SIZE } from '../codec/item-size.ts';
import { RESULT_PREFIX, STAT_PREFIX, typedAttributes } from '../codec/typed-attributes.ts';
import { TTL_FIELD } from '../config/greenfield-tables.ts';
import { NOT_IN_CLOSED, OURS } from '../rows/attributes.ts';
import type { ClosedAs } from '../rows/layout.ts';
import { type EndState, endOf } from '../rows/read-row.ts';
import type { Parts } from './parts.ts';

/** When DynamoDB may drop an ended row of the table of tasks. Until then its id is known. */
export const keptUntil = ({ keepEnded }: Pick<Parts, 'keepEnded'>, now: EpochMs): Row => ttl(now + keepEnded);

const ttl = (at: EpochMs): Row => ({ [TTL_FIELD]: { N: String(Math.ceil(at / 1_000)) } });

/**
 * Writes the row of an ended task into the table of closed tasks. The copy is the same each time, and may be made by anybody, any number of
 * times. A task that was redriven ends once more: a copy of an earlier end that comes late does not take the place of a later one.
 */
export const close = async (parts: Parts, row: Row): Promise<void> => {
  const { requests, layout } = parts;
  const { closed_at } = layout.fields;
  const copy = closedRow(parts, row);
  const at = copy[closed_at] ?? { N: '0' };
  await requests.put(
    layout.tables.closed,
    copy,
    (e) => `attribute_not_exists(${e.name(closed_at)}) OR ${e.name(closed_at)} <= ${e.value(at)}`,
  );
};

/** sosw's own words for an end, where it has them. */
const CLOSED_AS: Readonly<Record<EndState, ClosedAs>> = { completed: '1', dead: '0', cancelled: 'cancelled', dropped: 'dropped' };

export const closedRow = ({ layout, keepClosed }: Pick<Parts, 'layout' | 'keepClosed'>, row: Row): Row => {
  const { fields } = layout;
  const { state = 'dead', endedAt: at = 0 } = endOf(row, layout) ?? {};
  // The digits as they stand, where they do: a sosw writes more of them than milliseconds.
  const stood =
    row[OURS.ended] === undefined
      ? state === 'completed'
        ? (row[fields.completed_at] ?? row[fields.closed_at])
        : row[fields.closed_at]
      : undefined;
  const endedAt = stood ?? { N: secondsOf(at) };
  const greenfield = row[OURS.left] ?? row[fields.greenfield];
  const kept = Object.fromEntries(Object.entries(row).filter(([name]) => name !== TTL_FIELD && !NOT_IN_CLOSED.includes(name)));
  const closed: Row = {
    ...kept,
    ...(greenfield && { [fields.greenfield]: greenfield }),
    [fields.closed_at]: endedAt,
    ...(state === 'completed' && { [fields.completed_at]: endedAt }),
    [fields.labourer_id_task_status]: { S: layout.status(layout.labourerOf(row) ?? '', CLOSED_AS[state]) },
    ...(keepClosed !== undefined && ttl(Number(endedAt.N) * 1_000 + keepClosed)),
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
