import type { EpochMs } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { hasMark } from '../../ledger/marks.ts';
import { digits } from '../codec/home-key.ts';
import { type Pointer, readPointer } from '../codec/pointer.ts';
import { pointerPartition } from '../keys.ts';
import type { NativeParts } from '../parts.ts';
import { type KeyRange, keyRange } from '../shelf.ts';
import { byPointer, type Candidate, inOrder, isOutOfTime, MOST_DROPPED } from './candidate.ts';
import { prioritiesIn } from './priorities.ts';

/** Before every due time, and after. */
export const FIRST = '0';
export const LAST = '~';

/** Pointers of one kind and one priority, in the order of their due times. */
export type PointerQueue = Pick<Pointer, 'kind' | 'priority'> & {
  /** Of tasks with a key, which lie apart. */
  readonly isKeyed?: boolean;
};

/** In the order in which those of these priorities are claimed (C6). */
export const kindsOf = (priorities: readonly number[]): readonly PointerQueue[] =>
  priorities.flatMap((priority) => [
    { priority, kind: 'a' },
    { priority, kind: 'f' },
  ]);

/** All that there may be, as the first group says. */
export const queuesIn = (first: Row | undefined): readonly PointerQueue[] => {
  const queues = kindsOf(prioritiesIn(first));
  return hasMark(first, 'keyed') ? [...queues, ...queues.map((each) => ({ ...each, isKeyed: true }))] : queues;
};

export const pointerRange = (
  table: string,
  labourer: string,
  { kind, priority, isKeyed }: PointerQueue,
  from: string,
  to: string,
): KeyRange => keyRange(table, pointerPartition(labourer, priority, isKeyed), kind + from, kind + to);

export interface PointerPage {
  readonly found: readonly Candidate[];
  /** All that are due were looked at. */
  readonly isWhole: boolean;
}

/** More pages than this are not read for one claim, whatever stands in the way. */
const PAGES = 20;

/** Up to so many of the pointers that are due. Strongly consistent. */
export const readPointers = async (
  { requests, shelf }: NativeParts,
  labourer: string,
  queue: PointerQueue,
  { now, want, isGone }: { readonly now: EpochMs; readonly want: number; readonly isGone: (candidate: Candidate) => boolean },
): Promise<PointerPage> => {
  const found: Candidate[] = [];
  let live = 0;
  let next: Row | undefined;
  let size = want + 1;
  for (let pages = 0; pages < PAGES && live < want && found.length - live <= MOST_DROPPED; pages += 1) {
    const page = await requests.query({
      ...pointerRange(shelf.table, labourer, queue, FIRST, digits(now + 1)),
      limit: size,
      ...(next && { start: next }),
    });
    const candidates = page.rows.map((row) => byPointer(readPointer(labourer, queue.priority, row)));
    found.push(...candidates.filter((each) => !isGone(each)));
    live = found.filter((each) => !isOutOfTime(each, now)).length;
    next = page.next;
    if (!next) return { found, isWhole: true };
    size = Math.min(1_000, 2 * size);
  }
  return { found, isWhole: false };
};

/** The same of tasks with and without a key, in one order. */
export const readBoth = async (
  parts: NativeParts,
  labourer: string,
  queue: PointerQueue,
  how: { readonly now: EpochMs; readonly want: number; readonly isGone: (candidate: Candidate) => boolean },
): Promise<PointerPage> => {
  const pages = await Promise.all([
    readPointers(parts, labourer, queue, how),
    readPointers(parts, labourer, { ...queue, isKeyed: true }, how),
  ]);
  return { found: pages.flatMap(({ found }) => found).sort(inOrder), isWhole: pages.every(({ isWhole }) => isWhole) };
};
