import assert from 'node:assert/strict';
import { boundError, boundText } from '@reeve/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';

describe('boundText', () => {
  it('leaves a text as it is up to the bound, and cuts a longer one with an ellipsis', () => {
    assert.equal(boundText('abcd', 4), 'abcd');
    assert.equal(boundText('abcde', 4), 'abc…');
    assert.equal(boundText('x'.repeat(5_000)).length, 2_048);
    assert.equal(boundText('ab', 1), '…');
  });

  it('never tears a character apart', () => {
    assert.equal(boundText('a😀😀', 4), 'a😀…');
    assert.equal(boundText('a😀😀', 3), 'a…');
    assert.equal(boundText('😀', 2), '😀');
  });

  it('replaces NUL and halves of pairs', () => {
    assert.equal(boundText('a\u0000b\ud83dc\udc00'), 'a\ufffdb\ufffdc\ufffd');
    assert.equal(boundText('ab\ud83dxyz', 4), 'ab\ufffd…');
  });

  it('any text and bound: no longer than the bound, and fit for UTF-8 and every store', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', '\u0000', '\ud83d', '\ude00', '😀', 'é')),
        fc.integer({ min: 1, max: 12 }),
        (parts, most) => {
          const text = parts.join('');
          const bounded = boundText(text, most);
          assert.ok(bounded.length <= most);
          assert.ok(!/\u0000|\p{Surrogate}/u.test(bounded));
          if (text.length > most) assert.ok(bounded.endsWith('…'));
        },
      ),
    );
  });
});

describe('boundError', () => {
  it('describes whatever was thrown', () => {
    class OutOfPaper extends Error {
      override readonly name: string = 'OutOfPaper';
    }
    const described: readonly (readonly [thrown: unknown, text: string])[] = [
      [new Error('no disk'), 'no disk'],
      [new OutOfPaper('tray 2'), 'OutOfPaper: tray 2'],
      [new TypeError(''), 'TypeError'],
      [new Error(''), 'an error without a message'],
      ['plain', 'plain'],
      ['', 'an empty error text'],
      [undefined, 'undefined was thrown'],
      [null, 'null was thrown'],
      [7, 'a number was thrown: 7'],
      [7n, 'a bigint was thrown: 7'],
      [Symbol('s'), 'a symbol was thrown: Symbol(s)'],
      [{ message: 'by shape' }, 'by shape'],
    ];
    for (const [thrown, text] of described) assert.equal(boundError(thrown), text);
  });

  it('does not dump what an object or a function holds', () => {
    for (const thrown of [{ password: 'secret' }, ['secret'], () => 'secret', new Map([['secret', 1]])]) {
      assert.doesNotMatch(boundError(thrown), /secret/);
    }
  });

  it('is bounded', () => {
    assert.equal(boundError(new Error('x'.repeat(10_000_000))).length, 2_048);
    assert.equal(boundError('x'.repeat(10_000)).length, 2_048);
  });

  it('never throws, however hostile the object', () => {
    const throws = () => {
      throw new Error('again');
    };
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const hostile: readonly unknown[] = [
      Object.defineProperty({}, 'message', { get: throws }),
      Object.defineProperty(new Error('a'), 'name', { get: throws }),
      { toString: throws, [Symbol.toPrimitive]: throws },
      Object.create(null),
      new Proxy({}, { get: throws }),
      revoked.proxy,
    ];
    for (const each of hostile) assert.ok(boundError(each).length > 0);
  });
});
