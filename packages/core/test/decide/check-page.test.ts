import assert from 'node:assert/strict';
import { checkPageLimit, cursorFault, ReeveError } from '@reeve/core';
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
