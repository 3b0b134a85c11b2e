import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { encodeJson } from '@reeve/core';
import { describe, it } from 'vitest';
import { faultOf } from './faults.ts';

const options = { what: 'payload', maxBytes: 100_000 };
const refusal = (value: unknown, code: string = 'PAYLOAD_NOT_JSON') => faultOf(() => encodeJson(value, options), 'input', code);

/** What it is, what the message must say, and a value. */
const REFUSED: readonly (readonly [name: string, words: RegExp, value: unknown])[] = [
  ['undefined', /^payload: undefined; .*null/, undefined],
  ['undefined in an array', /^payload\.items\[1\]: undefined/, { items: [1, undefined] }],
  ['a hole in an array', /^payload\[0\]: undefined/, new Array(4_000_000_000)],
  ['NaN', /^payload\.items\[3\]\.price: NaN/, { items: [0, 1, 2, { price: Number.NaN }] }],
  ['Infinity', /^payload\.a: Infinity/, { a: Number.POSITIVE_INFINITY }],
  ['a BigInt', /^payload\.a: a BigInt.*text/, { a: 1n }],
  ['a function', /^payload\.a: a function/, { a: () => 1 }],
  ['a symbol', /^payload\.a: a symbol/, { a: Symbol('secret') }],
  ['a Map', /^payload\.a: .*Map/, { a: new Map([['secret', 1]]) }],
  ['a Set', /^payload\.a: .*Set/, { a: new Set([1]) }],
  ['a Map of another realm', /^payload: .*Map/, runInNewContext('new Map()')],
  ['what toJSON answers, if that is a Map', /^payload\.a: .*Map/, { a: { toJSON: () => new Map() } }],
  ['what toJSON answers, if that is undefined', /^payload\.a: undefined/, { a: { toJSON: () => undefined } }],
  ['bytes', /^payload\.a: .*Uint8Array/, { a: new Uint8Array(2) }],
  ['a Buffer', /^payload\.a: .*Uint8Array/, { a: Buffer.from('secret') }],
  ['an ArrayBuffer', /^payload: .*ArrayBuffer/, new ArrayBuffer(2)],
  ['an error', /^payload\.a: .*Error/, { a: new TypeError('secret') }],
  ['a promise', /^payload\.a: .*Promise/, { a: Promise.resolve('secret') }],
  ['a pattern', /^payload: .*RegExp/, /secret/],
  ['a boxed number', /^payload: .*Number/, Object(Number.NaN)],
  ['search parameters', /^payload\.q: .*URLSearchParams/, { q: new URLSearchParams('secret=1') }],
  ['an invalid date', /^payload\.at: an invalid date/, { at: new Date(Number.NaN) }],
  ['an invalid date of another realm', /^payload: an invalid date/, runInNewContext('new Date(NaN)')],
  ['NUL in a text', /^payload\.a: .*NUL/, { a: 'secret\u0000' }],
  ['NUL in a key', /^payload\.a: a key .*NUL/, { a: { 'secret\u0000': 1 } }],
  ['half of a pair in a text', /^payload\[0\]: .*surrogate/, ['secret\ud83d']],
  ['half of a pair in a key', /^payload: a key .*surrogate/, { 'secret\udc00': 1 }],
];

describe('encodeJson refuses what JSON.stringify would change without a word', () => {
  for (const [name, words, value] of REFUSED) {
    it(name, () => {
      const { message } = refusal(value);
      assert.match(message, words);
      assert.doesNotMatch(message, /secret/);
    });
  }

  it('a cycle, with the path on which it closes', () => {
    const order: Record<string, unknown> = { lines: [{ price: 1 }] };
    (order['lines'] as unknown[]).push({ order });
    assert.match(refusal({ order }).message, /^payload\.order\.lines\[1\]\.order: a cycle/);
    const self: unknown[] = [];
    self.push(self);
    assert.match(refusal(self).message, /^payload\[0\]: a cycle/);
  });

  it('a key that is no name is quoted in the path, and a long one cut', () => {
    assert.match(refusal({ 'a b\n': { ['x'.repeat(500)]: 1n } }).message, /^payload\["a b\\n"\]\["x{64}"\]: a BigInt/);
  });

  it('code of the caller that throws is the cause', () => {
    const own = new Error('mine');
    const throws = () => {
      throw own;
    };
    for (const value of [
      Object.defineProperty({}, 'a', { enumerable: true, get: throws }),
      { a: { toJSON: throws } },
      new Proxy({}, { ownKeys: throws }),
      new Proxy({}, { getPrototypeOf: throws }),
    ]) {
      const { message, cause } = refusal(value);
      assert.match(message, /^payload: .*could not be read.*plain data/);
      assert.equal(cause, own);
    }
  });

  it('a value that says something else when it is asked again', () => {
    let asked = 0;
    assert.match(refusal({ toJSON: () => (++asked === 1 ? 1 : undefined) }).message, /^payload: undefined/);
  });
});

describe('encodeJson is bounded', () => {
  const nested = (levels: number): unknown => {
    let value: unknown = 1;
    for (let n = 0; n < levels; n += 1) value = n % 2 ? [value] : { a: value };
    return value;
  };

  it('64 levels pass, 65 do not, and 100,000 do not break the stack', () => {
    encodeJson(nested(64), options);
    assert.match(refusal(nested(65), 'PAYLOAD_TOO_DEEP').message, /^payload: more than 64 levels/);
    refusal(nested(100_000), 'PAYLOAD_TOO_DEEP');
    encodeJson(nested(2), { ...options, maxDepth: 2 });
    assert.match(
      faultOf(() => encodeJson(nested(3), { ...options, maxDepth: 2 }), 'input', 'PAYLOAD_TOO_DEEP').message,
      /more than 2 levels/,
    );
  });

  it('an object that makes a deeper one of itself each time it is asked', () => {
    const endless = (): unknown => ({ toJSON: () => ({ next: endless() }) });
    refusal(endless(), 'PAYLOAD_TOO_DEEP');
  });

  it('counts bytes of UTF-8, not characters', () => {
    assert.equal(encodeJson('é€😀', { what: 'result', maxBytes: 11 }), '"é€😀"');
    const { message } = faultOf(() => encodeJson('é€😀', { what: 'result', maxBytes: 10 }), 'input', 'PAYLOAD_TOO_LARGE');
    assert.match(message, /^result: 11 bytes are more than the 10 allowed; keep the data elsewhere/);
  });

  it('a handful of objects that would unfold to 2^50 is refused at once', () => {
    let value: unknown = 'x';
    for (let n = 0; n < 50; n += 1) value = [value, value];
    assert.match(refusal(value, 'PAYLOAD_TOO_LARGE').message, /^payload: more than the 100000 bytes allowed/);
  });

  it('a text longer than a string can be is too large, and not a fault of the caller’s code', () => {
    const half = 'x'.repeat(300_000_000);
    refusal([half, half], 'PAYLOAD_TOO_LARGE');
  });
});
