import type { EpochMs } from '@reeve/core';
import { inLanes } from '../../client/lanes.ts';
import type { Row } from '../../client/requests.ts';
import { type Pointer, readPointer, readTurn } from '../codec/pointer.ts';
import { unpoint } from '../enqueue/put-home.ts';
import { homeKey, pointerPartition, turnPartition } from '../keys.ts';
import { prioritiesIn } from '../lane/priorities.ts';
import { FIRST, LAST } from '../lane/read-pointers.ts';
import type { NativeParts } from '../parts.ts';
import { keyRange, sortKeyOf } from '../shelf.ts';
import { LAG } from './audit.ts';
import { rowsOf } from './expired.ts';
import { isOver } from './mark.ts';

const PAGE = 50;

/** Where the next look begins. */
export interface Stand {
  readonly part: number;
  readonly from: string;
}

/**
 * A task with a key has two pointers, and claims look at one kind of them or the other. Whoever dies between taking away the two leaves one
 * that perhaps no claim ever meets, so all of them are looked through, a page at a time: one whose wait is over goes.
 */
export const tidy = async (
  parts: NativeParts,
  labourer: string,
  first: Row,
  { part, from }: Stand,
  now: EpochMs,
): Promise<{ readonly next: Stand; readonly found: number }> => {
  const { requests, shelf } = parts;
  const priorities = prioritiesIn(first);
  const priority = priorities[part - 1];
  const partition = priority === undefined ? turnPartition(labourer) : pointerPartition(labourer, priority, true);
  const begin = from === '' ? (priority === undefined ? ' ' : `a${FIRST}`) : `${from} `;
  const page = await requests.query({ ...keyRange(shelf.table, partition, begin, LAST), consistent: false, limit: PAGE });
  const pointers = page.rows.map((row) =>
    priority === undefined ? readTurn(labourer, row).pointer : readPointer(labourer, priority, row),
  );
  const found = await dropOver(
    parts,
    pointers.filter(({ due }) => due < now - LAG),
    now,
  );
  const isLast = part >= priorities.length;
  return { next: page.next ? { part, from: sortKeyOf(page.next) } : { part: isLast ? 0 : part + 1, from: '' }, found };
};

const dropOver = async (parts: NativeParts, pointers: readonly Pointer[], now: EpochMs): Promise<number> => {
  if (pointers.length === 0) return 0;
  const { shelf } = parts;
  const textOf = ({ home }: Pointer): string => shelf.keyText(homeKey(home));
  const rows = await rowsOf(
    parts,
    pointers.map(({ home }) => home),
  );
  const rowOf = new Map(rows.map(([home, row]) => [shelf.keyText(homeKey(home)), row]));
  const over = pointers.filter((each) => isOver(rowOf.get(textOf(each)), each.claims, each, now));
  await inLanes(over, (each) => unpoint(parts, each));
  return over.length;
};
