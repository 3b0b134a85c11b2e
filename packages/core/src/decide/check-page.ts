import { ReeveError } from '../errors.ts';

/** The most records of one page: the bound of `ListQuery.limit`. */
const LONGEST_PAGE = 1_000;

/**
 * The length of a page as a caller asks for it, for stores.
 * @throws ReeveError INVALID_LIMIT
 */
export const checkPageLimit = (limit: unknown): void => {
  if (Number.isSafeInteger(limit) && (limit as number) >= 1 && (limit as number) <= LONGEST_PAGE) return;
  throw new ReeveError({
    kind: 'input',
    code: 'INVALID_LIMIT',
    message: `limit: ${typeof limit === 'number' ? limit : typeof limit} is no page's length; give a whole number from 1 to ${LONGEST_PAGE}`,
  });
};

/** For stores: INVALID_CURSOR, for a cursor that no list of that state has answered. */
export const cursorFault = (): ReeveError =>
  new ReeveError({
    kind: 'input',
    code: 'INVALID_CURSOR',
    message: 'cursor: it is not one that a list of this state has answered; send it back as it came, or leave it out to begin anew',
  });

/** Where a page of a list ended: the values that the list is sorted by, of its last task. Whole numbers. */
export type PagePosition = readonly number[];

/** For stores whose lists are sorted by numbers. */
export const writeCursor = (position: PagePosition): string => position.join('_');

/**
 * The position that `writeCursor` was given.
 * @param length how many numbers it has, two or more
 * @throws ReeveError INVALID_CURSOR
 */
export const readCursor = (cursor: string, length: number): PagePosition => {
  const position = cursor.split('_').map(Number);
  if (/^-?\d+(_-?\d+)+$/.test(cursor) && position.length === length && position.every(Number.isSafeInteger)) return position;
  throw cursorFault();
};
