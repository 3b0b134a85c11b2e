import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { memberTexts } from '../../src/decide/member-texts.ts';

const cut = (text: string): unknown => {
  const members = memberTexts(text);
  return members && Object.fromEntries(Array.from(members, ([name, { key, value }]) => [name, [key, value]]));
};

describe('memberTexts', () => {
  it.each([
    ['an empty object', '{}', {}],
    ['an empty object with room', ' { \n } ', {}],
    [
      'members of each kind',
      '{"a":1,"b":"x","c":null,"d":[1,2],"e":{"f":2}}',
      { a: ['"a"', '1'], b: ['"b"', '"x"'], c: ['"c"', 'null'], d: ['"d"', '[1,2]'], e: ['"e"', '{"f":2}'] },
    ],
    ['white space, which is no part of a value', '\t{ "a" :\r\n1 , "b" : [ 1 , 2 ] }\n', { a: ['"a"', '1'], b: ['"b"', '[ 1 , 2 ]'] }],
    ['brackets, commas and quotes in strings', '{"a":"}],{\\"","b,}":"\\\\"}', { a: ['"a"', '"}],{\\""'], 'b,}': ['"b,}"', '"\\\\"'] }],
    [
      'digits as they stand',
      '{"a":1.0,"b":12345678901234567890,"c":1e-07}',
      { a: ['"a"', '1.0'], b: ['"b"', '12345678901234567890'], c: ['"c"', '1e-07'] },
    ],
    ['escapes as they stand', '{"a":"\\u017e","\\u0062":"ž"}', { a: ['"a"', '"\\u017e"'], b: ['"\\u0062"', '"ž"'] }],
    ['a name that is there twice: the first place, the last value', '{"a":1,"b":2,"\\u0061":3}', { a: ['"a"', '3'], b: ['"b"', '2'] }],
    ['an empty name', '{"":{"":1}}', { '': ['""', '{"":1}'] }],
  ])('cuts %s', (_, text, expected) => {
    JSON.parse(text);
    assert.deepEqual(cut(text), expected);
    assert.deepEqual(Object.keys(cut(text) as object), Object.keys(expected));
  });

  it('takes __proto__ for a name like any other', () => {
    assert.deepEqual([...memberTexts('{"__proto__":{"a":1},"constructor":2}')!.keys()], ['__proto__', 'constructor']);
  });

  it.each(['[1]', '"{}"', '5', 'null', ' true'])('finds no members in %s', (text) => {
    assert.equal(memberTexts(text), undefined);
  });

  it('does not mind depth', () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    assert.deepEqual(cut(`{"a":${deep}}`), { a: ['"a"', deep] });
  });
});

describe('memberTexts, held against JSON.parse', () => {
  it('cuts at the same places as JSON.parse', () => {
    const values = ['1', '-0.5e-7', '"a\\"b"', '"}"', '"\\\\"', '[{"x":[1,2]},3]', '{"a":{"b":","}}', 'null', 'true', '""', '[]', '{}'];
    for (const first of values) {
      for (const second of values) {
        const text = `{ "a" : ${first} ,\t"b\\n":${second}\n}`;
        const members = memberTexts(text)!;
        const parsed = JSON.parse(text) as Record<string, unknown>;
        assert.deepEqual(Object.fromEntries([...members].map(([name, each]) => [name, JSON.parse(each.value)])), parsed, text);
        assert.deepEqual(
          Array.from(members.values(), ({ value }) => value),
          [first, second],
        );
      }
    }
  });

  it.each(['1', 'null', '"{"', '[{"a":1}]', ' [] '])('has none of %s', (text) => assert.equal(memberTexts(text), undefined));
  it.each(['{}', ' { \n} '])('has no member of %j', (text) => assert.equal(memberTexts(text)?.size, 0));
});
