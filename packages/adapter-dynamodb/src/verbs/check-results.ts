import { ReeveError, type Verdict } from '@reeve/core';
import type { Row } from '../client/requests.ts';
import { itemSize, MAX_ITEM_SIZE } from '../codec/item-size.ts';
import { OURS } from '../rows/attributes.ts';
import { untilOf } from '../rows/read-row.ts';
import type { Parts } from './parts.ts';

/** Bytes of result and statistics that there is room for beside any payload that was claimed. */
const UNCHECKED = 1_024;
/** For what else a verdict writes, and the closed row has more than the row. */
const SPARE = 1_536;

/**
 * V8 A result that does not fit beside the payload fails the call before anything is written. DynamoDB would say so only at the write
 * itself, when other verdicts of the call may have been decided; so the rows that long results are for are read first.
 * @throws ReeveError PAYLOAD_TOO_LARGE
 */
export const checkResults = async ({ requests, layout }: Parts, verdicts: readonly Verdict[]): Promise<void> => {
  const long = verdicts.filter(isLong);
  if (long.length === 0) return;
  const keys = [...new Set(long.map(({ id }) => id))].map((id) => layout.taskKey(id));
  const rows = new Map((await requests.batchGet(layout.tables.tasks, keys)).map((row) => [layout.idOf(row), row]));
  for (const each of long) {
    const row = rows.get(each.id);
    // Of any other attempt the verdict is stale, or a repetition, and writes nothing.
    if (!row || row[OURS.token]?.S !== each.token || untilOf(row) === undefined) continue;
    if (!hasRoomFor(row, each)) throw tooLarge(each);
  }
};

/** Whether a verdict's result may not fit, so that the item has to be looked at. */
export const isLong = (verdict: Verdict): boolean => verdict.id !== '' && sizeOf(verdict) > UNCHECKED;

export const hasRoomFor = (row: Row, verdict: Verdict): boolean => itemSize(row) + sizeOf(verdict) + SPARE <= MAX_ITEM_SIZE;

export const tooLarge = ({ id }: Verdict, cause?: unknown): ReeveError => {
  const message = `result and stats of ${JSON.stringify(id)}: with the payload they are more than the 400 KB of an item; keep them elsewhere and report where they are`;
  return new ReeveError({ kind: 'input', code: 'PAYLOAD_TOO_LARGE', message, cause });
};

const sizeOf = (verdict: Verdict): number =>
  verdict.kind === 'completed' ? Buffer.byteLength(verdict.result ?? '') + Buffer.byteLength(verdict.stats ?? '') : 0;
