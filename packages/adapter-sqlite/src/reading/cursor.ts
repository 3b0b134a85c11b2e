import { cursorFault } from '@reeve/core';

/** Where a page ended: the values that the list is sorted by, of its last task. */
export type Position = readonly number[];

export const writeCursor = (position: Position): string => position.join('_');

/** @throws ReeveError INVALID_CURSOR */
export const readCursor = (cursor: string, length: number): Position => {
  const position = cursor.split('_').map(Number);
  if (/^-?\d+(_-?\d+)+$/.test(cursor) && position.length === length && position.every(Number.isSafeInteger)) return position;
  throw cursorFault();
};
