import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { tellIssues } from '../../src/decide/tell-issues.ts';

const told = (value: unknown, message: string, path: readonly PropertyKey[] = []) => tellIssues('payload', value, [{ message, path }]);

describe('tellIssues', () => {
  it('names the place as other messages do', () => {
    assert.equal(told({}, 'no', ['size', 'width']), 'payload.size.width: no');
    assert.equal(told({}, 'no', ['list', 3, 'a b']), 'payload.list[3]["a b"]: no');
    assert.equal(tellIssues('payload', {}, [{ message: 'no', path: [{ key: 'list' }, { key: '3' }] }]), 'payload.list[3]: no');
    assert.equal(tellIssues('payload', {}, [{ message: 'no' }]), 'payload: no');
    assert.equal(told({}, 'two\n lines'), 'payload: two lines');
  });

  it('has none of the values that the words quote', () => {
    const cases: readonly (readonly [value: unknown, message: string, words: string])[] = [
      ['abc', 'Expected number but received "abc"', 'Expected number but received "…"'],
      ['a "b" \n c', 'must be a number (was "a \\"b\\" \\n c")', 'must be a number (was "…")'],
      [4_711, 'must be less than 10 (was 4711)', 'must be less than 10 (was …)'],
      [1, 'must be at least 10 (was 1)', 'must be at least 10 (was …)'],
      ['me@x.org', 'me@x.org is taken', '… is taken'],
      [
        { a: { pass: 'hidden', n: [12] } },
        'must be a text (was {"a":{"pass":"hidden","n":[12]}})',
        'must be a text (was {"a":{"pass":"…","n":[…]}})',
      ],
      ['x'.repeat(500), `received "${'x'.repeat(40)}…"`, 'received "…'],
      [['ab', 'abc'], 'abc, ab and abcd', '…, … and abcd'],
      ['', 'must not be empty', 'must not be empty'],
    ];
    for (const [value, message, words] of cases) assert.equal(told(value, message), `payload: ${words}`);
    assert.equal(told({ name: 'kind', kind: 'x' }, 'kind must be known (was x)', ['kind']), 'payload.kind: kind must be known (was …)');
  });

  it('leaves out any text of some length, wherever it is quoted', () => {
    const text = fc.string({ minLength: 8, maxLength: 60 }).filter((each) => /^\w/.test(each) && /\w$/.test(each));
    fc.assert(
      fc.property(text, (secret) => !told({ at: secret }, `bad ${JSON.stringify(secret)}, or "${secret}"`, ['at']).includes(secret)),
    );
  });

  it('is of bounded length, whatever the schema says', () => {
    const issues = Array.from({ length: 1_000 }, () => ({ message: 'x'.repeat(10_000), path: ['a'] }));
    const line = tellIssues('payload', {}, issues);
    assert.ok(line.length < 1_200 && line.endsWith('and 995 more'));
  });
});
