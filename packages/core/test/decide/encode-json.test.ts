import assert from 'node:assert/strict';
import { decodeJson, encodeJson, isJsonText, ReeveError } from '@reeve/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { faultOf } from './faults.ts';

const options = { what: 'payload', maxBytes: 100_000 };
const encode = (value: unknown): string => encodeJson(value, options);

describe('encodeJson takes what JSON can carry', () => {
  it('any JSON value comes back as JSON.parse and JSON.stringify would give it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('\\u0000'));
        assert.equal(encode(value), text);
        assert.deepEqual(decodeJson(encode(value)), JSON.parse(text));
      }),
    );
  });

  it('whatever it is given, it answers the text of JSON.stringify or a fault of its own', () => {
    const anything = fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
      withObjectString: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        let text: string;
        try {
          text = encode(value);
        } catch (error) {
          assert.ok(ReeveError.is(error, 'PAYLOAD_NOT_JSON'), String(error));
          return;
        }
        assert.equal(text, JSON.stringify(value));
      }),
      { numRuns: 500 },
    );
  });

  it('members that are undefined are left out', () => {
    assert.equal(encode({ a: undefined, b: 1 }), '{"b":1}');
  });

  it('toJSON is honoured, with the name of its place', () => {
    class Price {
      toJSON(key: string) {
        return `price at ${key}`;
      }
    }
    class Failure extends Error {
      toJSON() {
        return { message: this.message };
      }
    }
    assert.equal(encode({ at: new Date(0), items: [new Price()] }), '{"at":"1970-01-01T00:00:00.000Z","items":["price at 0"]}');
    assert.equal(encode(new Price()), '"price at "');
    assert.equal(encode(new Failure('no disk')), '{"message":"no disk"}');
  });

  it('instances with plain fields, objects without a prototype, and one object in two places', () => {
    class Point {
      readonly x: number = 1;
    }
    const point = new Point();
    assert.equal(encode([point, point]), '[{"x":1},{"x":1}]');
    assert.equal(encode(Object.assign(Object.create(null), { a: 1 })), '{"a":1}');
  });

  it('a member named __proto__ is data and survives', () => {
    const text = '{"__proto__":{"admin":true},"constructor":1}';
    assert.equal(encode(JSON.parse(text)), text);
  });
});

describe('decodeJson and isJsonText', () => {
  it('a text that is not JSON is a fault that does not quote it', () => {
    for (const text of ['', 'secret', '{"card": secret}', '[1,2', '{"a":1} secret', 'secret in JSON at position 7']) {
      assert.equal(isJsonText(text), false);
      const { message, cause } = faultOf(() => decodeJson(text), 'input', 'PAYLOAD_NOT_JSON');
      assert.match(message, new RegExp(`the text of ${text.length} characters is not JSON`));
      assert.doesNotMatch(message, /secret/);
      assert.equal(cause, undefined);
    }
    assert.match(faultOf(() => decodeJson('[1 2]'), 'input', 'PAYLOAD_NOT_JSON').message, /from position 3 on/);
  });

  it('any one JSON value is JSON text, and only a string is', () => {
    for (const text of ['null', '1.0', ' {"a": [1]} ', '"\\u00e9"']) assert.equal(isJsonText(text), true);
    assert.equal(isJsonText(5 as never), false);
  });
});
