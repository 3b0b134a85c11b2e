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
