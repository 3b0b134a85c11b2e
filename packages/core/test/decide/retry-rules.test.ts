import assert from 'node:assert/strict';
import { DAY, defineLabourers, type LabourerDefinition, ReeveError, type RetryDefinition, type RetryFunction } from '@reeve/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { afterFailure } from '../../src/decide/after-failure.ts';
import { errorName } from '../../src/decide/error-name.ts';

const retrying = (retry: RetryDefinition, more: Partial<LabourerDefinition> = {}) => {
  const [labourer] = defineLabourers({ a: { maxSimultaneousInvocations: 1, maxAttempts: 5, ...more, retry } });
  assert.ok(labourer);
  const told: unknown[] = [];
  /** The wait, or that it is dead. */
  const after = (error: string, attempt = 1, more: { readonly retryAfter?: number; readonly retryable?: boolean } = {}) => {
    const answer = afterFailure(labourer, { attempt, error, ...more }, 0.5, (problem) => told.push(problem));
    assert.equal(answer.error, error);
    return answer.kind === 'dead' ? 'dead' : answer.after;
  };
  return { after, told };
};

describe('errorName', () => {
  it('is what stands in front, however a language writes it', () => {
    for (const [error, name] of [
      ['TimeoutError: no answer', 'TimeoutError'],
      ['TimeoutError', 'TimeoutError'],
      ['TimeoutError:', 'TimeoutError'],
      ['botocore.exceptions.ClientError: An error occurred (Throttling): x', 'botocore.exceptions.ClientError'],
      ['java.net.SocketTimeoutException: Read timed out', 'java.net.SocketTimeoutException'],
      ['Net::ReadTimeout: Net::ReadTimeout with #<TCPSocket>', 'Net::ReadTimeout'],
      ['App\\Exceptions\\Gone:\n at line 3', 'App\\Exceptions\\Gone'],
      ['ENOENT: no such file', 'ENOENT'],
      ['no answer: within 5 s', undefined],
      ['a text of words', undefined],
      ['http://host/: refused', 'http://host/'],
      ['', undefined],
      [`${'x'.repeat(300)}: y`, undefined],
    ] as const) {
      assert.equal(errorName(error), name, error);
    }
  });
});

describe('policies', () => {
  it('fixed: always the same', () => {
    const { after } = retrying({ kind: 'fixed', wait: 700 });
    assert.deepEqual([after('x', 1), after('x', 4), after('x', 5)], [700, 700, 'dead']);
  });

  it('exponential without jitter: the whole wait', () => {
    const { after } = retrying({ base: 100, limit: 300, jitter: 'none' });
    assert.deepEqual(
      [1, 2, 3, 4].map((attempt) => after('x', attempt)),
      [100, 200, 300, 300],
    );
  });

  it('a function is told the attempt, the error and its name, and says how long or that it is dead', () => {
    const seen: unknown[] = [];
    const { after, told } = retrying((failure) => {
      seen.push(failure);
      return failure.name === 'Gone' ? 'dead' : failure.attempt * 10.5;
    });
    assert.deepEqual([after('Slow: x', 2), after('Gone: y'), after('no name here')], [21, 'dead', 11]);
    assert.deepEqual(seen, [
      { attempt: 2, error: 'Slow: x', name: 'Slow' },
      { attempt: 1, error: 'Gone: y', name: 'Gone' },
      { attempt: 1, error: 'no name here' },
    ]);
    assert.deepEqual(told, []);
    assert.equal(retrying({ kind: 'function', decide: () => 9 * DAY }).after('x'), 7 * DAY);
  });

  it('a function that throws or answers nonsense leaves it to the default policy, and somebody is told', () => {
    const broken = new Error('broken');
    const throwing = retrying(() => {
      throw broken;
    });
    assert.equal(throwing.after('x', 2), 1_000); // half of 2 s
    assert.deepEqual(throwing.told, [broken]);
    for (const answer of [undefined, null, -1, Number.NaN, '5', 'alive', {}, 5n]) {
      const { after, told } = retrying((() => answer) as never as RetryFunction);
      assert.equal(after('x'), 500);
      assert.match(String(told[0]), /the retry function answered .*let it return milliseconds/);
    }
  });

  it('an async function is told so, and what it throws ends no process', async () => {
    const { after, told } = retrying((async () => Promise.reject(new Error('later'))) as never as RetryFunction);
    assert.equal(after('x'), 500);
    assert.match(String(told[0]), /a promise/);
    await new Promise<void>((resolve) => setImmediate(resolve)); // an unhandled rejection would fail the test
  });
});

describe('rules for some errors', () => {
  const { after } = retrying(
    {
      kind: 'fixed',
      wait: 1,
      on: [
        { match: 'ValidationError', policy: 'dead' },
        { match: /throttl/gi, policy: { kind: 'fixed', wait: 2 }, maxAttempts: 8 },
        { match: 'TimeoutError', maxAttempts: 2 },
        { match: 'TimeoutError', policy: 'dead' },
        { match: 'Own', policy: () => 3 },
      ],
    },
    { maxAttempts: 5 },
  );

  it('the first that matches counts, and the others are not looked at', () => {
    assert.deepEqual([after('ValidationError: x'), after('TimeoutError: x'), after('Own')], ['dead', 1, 3]);
    assert.deepEqual([after('TimeoutError: x', 2), after('other', 4), after('other', 5)], ['dead', 1, 'dead']);
  });

  it('an expression looks at the whole text, each time anew whatever its flags', () => {
    assert.deepEqual([after('Error: Throttled', 7), after('Error: Throttled', 7), after('throttling', 8)], [2, 2, 'dead']);
  });

  it('a name is the whole of it or its last part, and no word in the message', () => {
    assert.deepEqual([after('app.ValidationError: x'), after('a::ValidationError'), after('MyValidationError: x')], ['dead', 'dead', 1]);
    assert.deepEqual([after('it was a ValidationError: x'), after('validationerror: x')], [1, 1]);
  });

  it('the worker’s own wait counts before a policy, and not against dead', () => {
    assert.deepEqual([after('throttled', 1, { retryAfter: 9 }), after('ValidationError', 1, { retryAfter: 9 })], [9, 'dead']);
    assert.equal(after('throttled', 1, { retryable: false }), 'dead');
  });

  it('any error is answered, whatever the rules', () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (error) => after(error) !== undefined));
  });
});

describe('the definition', () => {
  it('may come as JSON, but for functions and expressions', () => {
    const on = [{ match: 'TimeoutError', policy: { kind: 'linear', step: 5 }, maxAttempts: 4 }];
    const [labourer] = defineLabourers(JSON.stringify({ a: { maxSimultaneousInvocations: 1, retry: { kind: 'fixed', wait: 5, on } } }));
    const policy = { kind: 'linear', step: 5, limit: 7 * DAY };
    assert.deepEqual(labourer?.retry, { kind: 'fixed', wait: 5, on: [{ match: 'TimeoutError', policy, maxAttempts: 4 }] });
  });

  it('refuses what cannot be, by path', () => {
    const refused: readonly (readonly [retry: unknown, words: RegExp])[] = [
      [{ kind: 'fixed' }, /^ {2}labourers\.a\.retry\.wait: is missing; give a whole number/m],
      [{ kind: 'fixed', step: 1, wait: 1 }, /labourers\.a\.retry\.step: is not known here/],
      [{ jitter: 'some' }, /labourers\.a\.retry\.jitter: is "some"; give one of full, none/],
      [{ kind: 'function' }, /labourers\.a\.retry\.decide: is no function/],
      [5, /labourers\.a\.retry: is 5; give an object/],
      [{ on: {} }, /labourers\.a\.retry\.on: is an object; give a list/],
      [{ on: [5] }, /labourers\.a\.retry\.on\[0\]: is 5/],
      [{ on: [{ policy: 'dead' }] }, /labourers\.a\.retry\.on\[0\]\.match: is missing; give the name/],
      [{ on: [{ match: 'rate limited', policy: 'dead' }] }, /on\[0\]\.match: is no name; .* or a RegExp/],
      [{ on: [{ match: 'X:', policy: 'dead' }] }, /on\[0\]\.match: is no name/],
      [{ on: [{ match: 'X' }] }, /on\[0\]: changes nothing; give a policy/],
      [{ on: [{ match: 'X', policy: 'never' }] }, /on\[0\]\.policy: is a text; give a policy/],
      [{ on: [{ match: 'X', policy: { kind: 'fixed', wait: -1 } }] }, /on\[0\]\.policy\.wait: is -1/],
      [{ on: [{ match: 'X', maxAttempts: 0 }] }, /on\[0\]\.maxAttempts: is 0; give a whole number from 1/],
      [{ on: [{ match: 'X', policy: { on: [] } }] }, /on\[0\]\.policy\.on: is not known here/],
    ];
    for (const [retry, words] of refused) {
      assert.throws(
        () => defineLabourers({ a: { maxSimultaneousInvocations: 1, retry: retry as RetryDefinition } }),
        (error) => ReeveError.is(error, 'INVALID_LABOURERS') && words.test(error.message),
        String(words),
      );
    }
  });
});
