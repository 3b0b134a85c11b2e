import { ReeveError } from '../errors.ts';

/** Where an item stands in a list, compared number by number. */
export type Position = readonly number[];

export interface Placed<T> {
  readonly item: T;
  readonly at: Position;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly cursor?: string;
}

/**
 * A page of a sorted list. The cursor says where the page ended, not which item ended it, so the next page goes on from
 * there even if that item has left the list meanwhile.
 * @throws ReeveError INVALID_CURSOR
 */
export const pageOf = <T>(list: readonly Placed<T>[], limit: number, cursor: string | undefined): Page<T> => {
  const after = cursor === undefined ? undefined : parseCursor(cursor);
  const rest = after === undefined ? list : list.filter(({ at }) => comparePositions(at, after) > 0);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(({ item }) => item), ...(last && rest.length > page.length && { cursor: last.at.join('.') }) };
};

export const comparePositions = (a: Position, b: Position): number => {
  for (let n = 0; n < Math.max(a.length, b.length); n += 1) {
    const difference = (a[n] ?? 0) - (b[n] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

const parseCursor = (cursor: string): Position => {
  const parts = cursor.split('.').map(Number);
  if (cursor !== '' && parts.every(Number.isSafeInteger)) return parts;
  throw new ReeveError({
    kind: 'input',
    code: 'INVALID_CURSOR',
    message: `cursor: ${JSON.stringify(cursor.slice(0, 40))} is no place in a list; give back what the page before answered, or leave it out`,
  });
};
