import assert from 'node:assert/strict';
import { boundError } from '@reeve/core';
import { describe, it } from 'vitest';
import { failureOf } from '../../src/attempt/failure-of.ts';

describe('what a worker says of an error', () => {
  it('is what core would say, so that rules of retry go by the same text', () => {
    for (const thrown of [
      new Error('boom'),
      new TypeError('x'),
      new Error(''),
      'text',
      Object.assign(new Error('m'), { name: 'Own' }),
      { message: 'plain' },
    ])
      assert.deepEqual(failureOf(thrown), { error: boundError(thrown) });
  });

  it('is bounded, has no half of a pair, and dumps no object', () => {
    assert.equal(failureOf(new Error('x'.repeat(5_000))).error.length, 2_048);
    assert.ok(failureOf(`${'x'.repeat(2_047)}😀`).error.isWellFormed());
    for (const thrown of [{ secret: 1 }, ['secret'], () => 'secret', null, undefined, 5, '', Symbol('secret'), 10n])
      assert.match(failureOf(thrown).error, /^what is no error was thrown: \w+$/);
  });

  it('takes hints by their shape, and only those that are any', () => {
    assert.deepEqual(failureOf({ message: 'm', retryable: false, retryAfter: 0 }), { error: 'm', retryable: false, retryAfter: 0 });
    assert.deepEqual(failureOf({ message: 'm', name: 'NonRetryableError' }), { error: 'NonRetryableError: m', retryable: false });
    for (const hints of [
      { retryable: true },
      { retryable: 0 },
      { retryAfter: -1 },
      { retryAfter: Number.NaN },
      { retryAfter: Infinity },
      { retryAfter: '5' },
    ])
      assert.deepEqual(failureOf({ message: 'm', ...hints }), { error: 'm' });
  });

  it('never throws', () => {
    const thrower = {
      get message(): string {
        throw new Error('x');
      },
    };
    assert.deepEqual(failureOf(thrower), { error: 'an error that cannot be described' });
    assert.equal(failureOf(new Proxy({}, { get: () => assert.fail() })).error, 'an error that cannot be described');
  });
});
