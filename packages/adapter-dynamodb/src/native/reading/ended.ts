import type { TaskRecord } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { type Ending, type EndKind, endingOrder, endingsOf, unpacked } from '../codec/ending.ts';
import { digits, homeOf, instantIn } from '../codec/home-key.ts';
import { hasEndedAt, stateOf } from '../codec/home-row.ts';
import { toRecord } from '../codec/record.ts';
import { SPAN } from '../history/history.ts';
import { historyPartition } from '../keys.ts';
import { FIRST, LAST } from '../lane/read-pointers.ts';
import type { NativeParts } from '../parts.ts';
import { keyRange, sortKeyOf } from '../shelf.ts';
import { rowsOf } from '../verbs/expired.ts';

/** Items of history that are read at once. */
const PAGE = 20;

export interface EndedPage {
  readonly endings: readonly Ending[];
  readonly more: boolean;
}

/**
 * The newest ends of one kind before a point: those that their groups still have, and those in history. An item of history lies
 * where its newest end is, so what an item that is not read yet may hold is older than the last one read.
 */
export const readEnded = async (
  { requests, shelf }: NativeParts,
  labourer: string,
  kind: EndKind,
  groups: readonly Row[],
  { before = LAST, limit }: { readonly before: string | undefined; readonly limit: number },
): Promise<EndedPage> => {
  const found = new Map<string, Ending>();
  const add = (endings: readonly Ending[]): void => {
    for (const each of endings) if (each.kind === kind && endingOrder(each) < before) found.set(endingOrder(each), each);
  };
  add(groups.flatMap(endingsOf));
  const to = before === LAST ? LAST : `${digits(instantIn(before) + SPAN)}${LAST}`;
  let start: Row | undefined;
  for (;;) {
    const page = await requests.query({
      ...keyRange(shelf.table, historyPartition(labourer, kind), FIRST, to),
      newestFirst: true,
      limit: PAGE,
      ...(start && { start }),
    });
    for (const row of page.rows) add(unpacked(row['ended']?.S ?? '', kind));
    start = page.next;
    const newest = [...found.keys()].sort().reverse();
    const safe = start
      ? newest.filter((order) => order.slice(0, digits(0).length) > sortKeyOf(start ?? {}).slice(0, digits(0).length))
      : newest;
    if (start && safe.length < limit + 1) continue;
    const endings = safe
      .slice(0, limit)
      .map((order) => found.get(order))
      .filter((each) => each !== undefined);
    return { endings, more: safe.length > limit };
  }
};

/**
 * What DynamoDB has dropped meanwhile is left out, and so is an end that the home does not bear out: one that did not come about, or that of
 * a task which was redriven since.
 */
export const endedRecords = async (parts: NativeParts, labourer: string, endings: readonly Ending[]): Promise<readonly TaskRecord[]> => {
  const homes = endings.map(({ home }) => homeOf(labourer, home));
  const found = new Map((await rowsOf(parts, homes)).map(([{ lane, place }, row]) => [`${lane} ${place}`, row]));
  return endings.flatMap(({ kind, at }, n) => {
    const home = homes[n];
    const row = home && found.get(`${home.lane} ${home.place}`);
    const record = row && stateOf(row) === kind && hasEndedAt(row, at) ? toRecord(row, home) : undefined;
    return record ? [record] : [];
  });
};
