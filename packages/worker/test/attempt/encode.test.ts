import assert from 'node:assert/strict';
import { encodeJson, ReeveError } from '@reeve/core';
import { describe, it } from 'vitest';
import { flawOf } from '../../src/attempt/encode.ts';

const MAX = 1_000;

class Own {
  readonly n = 1;
}

const cycle: Record<string, unknown> = {};
cycle['self'] = { cycle };
const thrower = {
  get n(): number {
    throw new Error('secret');
  },
};
/** Unfolds to 2 ** 40 values. */
const unfolding = Array.from({ length: 40 }).reduce<unknown>((inner) => [inner, inner], 1);

describe('what keeps a result from travelling', () => {
  const fit = [null, 0, -1.5, '', 'é', true, [], {}, [1, [2, { a: null }]], { a: undefined }, new Date(0), new Own(), Object.create(null)];
  const unfit: readonly (readonly [unknown, RegExp])[] = [
    [Number.NaN, /^result: NaN at ""/],
    [{ a: [Number.POSITIVE_INFINITY] }, /Infinity at "0"/],
    [1n, /a bigint/],
    [{ f: () => {} }, /a function at "f"/],
    [Symbol('x'), /a symbol/],
    [[undefined], /undefined at "0"/],
    [new Map([['secret', 1]]), /a Map/],
    [new Set(), /a Set/],
    [Buffer.from('secret'), /a Uint8Array/],
    [new Uint8Array(2), /a Uint8Array/],
    [new Date(Number.NaN), /an invalid date/],
    [new Error('secret'), /an? Error/],
    ['\u0000', /NUL or half/],
    ['\ud800', /NUL or half/],
    [{ 'a\u0000': 1 }, /NUL or half of a surrogate pair at "a\\u0000"/],
    [cycle, /a cycle, too many levels/],
    [thrower, /code of its own that threw/],
    [unfolding, /more than 1000 bytes of JSON, 1000 are allowed/],
    ['x'.repeat(999), /^result: 1001 bytes of JSON, 1000 are allowed; keep the data elsewhere and return its key$/],
    ['é'.repeat(500), /^result: 1002 bytes/],
  ];

  it('nothing, of plain data up to the limit', () => {
    for (const value of [...fit, 'x'.repeat(998)]) assert.equal(flawOf(value, 'result', MAX), undefined);
  });

  it('is named with its place, and not quoted', () => {
    for (const [value, text] of unfit) {
      const flaw = flawOf(value, 'result', MAX);
      assert.match(flaw ?? '', text);
      assert.doesNotMatch(flaw ?? '', /secret/);
    }
  });

  it('is what the Assistant would find', () => {
    const isTaken = (value: unknown): boolean => {
      try {
        encodeJson(value, { what: 'result', maxBytes: MAX });
        return true;
      } catch (error) {
        assert.ok(ReeveError.is(error));
        return false;
      }
    };
    for (const value of fit) assert.ok(isTaken(value));
    for (const [value] of unfit) assert.ok(!isTaken(value));
  });
});
