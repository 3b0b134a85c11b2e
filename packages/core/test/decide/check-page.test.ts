import assert from 'node:assert/strict';
import { checkPageLimit, cursorFault, ReeveError, readCursor, writeCursor } from '@reeve/core';
import { describe, it } from 'vitest';

describe('the length of a page', () => {
  it.each([1, 2, 999, 1_000])('%s is one', (limit) => checkPageLimit(limit));

  it.each([0, -1, 1_001, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '10', null, undefined])('%s is none', (limit) => {
    assert.throws(
      () => checkPageLimit(limit),
      (error) => ReeveError.is(error, 'INVALID_LIMIT') && /from 1 to 1000/.test(error.message),
    );
  });
});

describe('a cursor that no list has answered', () => {
  it('is an input fault that says what to send back', () => {
    assert.ok(ReeveError.is(cursorFault(), 'INVALID_CURSOR'));
    assert.equal(cursorFault().kind, 'input');
  });
});

describe('a cursor of numbers', () => {
  it('says where the page ended', () => {
    assert.deepEqual(readCursor(writeCursor([2, -1, 1_700_000_000_000]), 3), [2, -1, 1_700_000_000_000]);
  });

  it.each(['', '1', '1_2', '1_2_3_4', '1_2_x', '1_2_', '1_2_1.5', '1_2_9007199254740993'])('%j is none of three', (cursor) => {
    assert.throws(
      () => readCursor(cursor, 3),
      (error) => ReeveError.is(error, 'INVALID_CURSOR'),
    );
  });
});
