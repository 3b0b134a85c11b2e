import type { EpochMs } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { digits } from '../codec/home-key.ts';
import { type PointerKind, readPointer } from '../codec/pointer.ts';
import { pointerPartition } from '../keys.ts';
import type { NativeParts } from '../parts.ts';
import { type KeyRange, keyRange, sortKeyOf } from '../shelf.ts';
import { byPointer, type Candidate } from './candidate.ts';

/** Before every due time, and after. */
export const FIRST = '0';
export const LAST = '~';

export const pointerRange = (table: string, labourer: string, kind: PointerKind, from: string, to: string): KeyRange =>
  keyRange(table, pointerPartition(labourer), kind + from, kind + to);

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
  kind: PointerKind,
  { now, want, isGone }: { readonly now: EpochMs; readonly want: number; readonly isGone: (candidate: Candidate) => boolean },
): Promise<PointerPage> => {
  const found: Candidate[] = [];
  let next: Row | undefined;
  let size = want + 1;
  for (let pages = 0; pages < PAGES && found.length < want; pages += 1) {
    const page = await requests.query({
      ...pointerRange(shelf.table, labourer, kind, FIRST, digits(now + 1)),
      limit: size,
      ...(next && { start: next }),
    });
    const candidates = page.rows.map((row) => byPointer(readPointer(labourer, sortKeyOf(row))));
    found.push(...candidates.filter((each) => !isGone(each)));
    next = page.next;
    if (!next) return { found, isWhole: true };
    size = Math.min(1_000, 2 * size);
  }
  return { found, isWhole: false };
};
