import { expect, test } from 'vitest';
import { jsonElements, jsonMembers, jsonValue } from '../../src/codec/json-scan.ts';

const members = (text: string) => jsonMembers(jsonValue(text)!).map(([name, { kind, text: own }]) => [name, kind, own]);
const elements = (text: string) => jsonElements(jsonValue(text)!).map((each) => each.text);

test('members keep digits, escapes, order and their own inner spacing', () => {
  expect(
    members(' { "one" : 1.0 , "big":12345678901234567890,"s":"a,}\\"]\\\\" , "o": { "x" : [ 1 , "]" ] } , "n":null,"t":true,"f":false } '),
  ).toEqual([
    ['one', 'number', '1.0'],
    ['big', 'number', '12345678901234567890'],
    ['s', 'string', '"a,}\\"]\\\\"'],
    ['o', 'object', '{ "x" : [ 1 , "]" ] }'],
    ['n', 'null', 'null'],
    ['t', 'boolean', 'true'],
    ['f', 'boolean', 'false'],
  ]);
});

test('names are decoded, and a name that stands there twice comes twice', () => {
  expect(members('{"a\\u017e\\":{":1,"":2,"":3}')).toEqual([
    ['až":{', 'number', '1'],
    ['', 'number', '2'],
    ['', 'number', '3'],
  ]);
});

test('elements', () => {
  expect(elements('[ 1e-07, [2,[3]], {"a":[4]}, "," ]')).toEqual(['1e-07', '[2,[3]]', '{"a":[4]}', '","']);
  expect(elements('[ ]')).toEqual([]);
  expect(members('{}')).toEqual([]);
});

test('what is not JSON is no value', () => {
  for (const text of ['', '{', "{'a': 1}", '[1,]', '01', 'NaN', '1 2', '"\u0001"']) expect(jsonValue(text), text).toBeUndefined();
});

test('depth costs nothing', () => {
  const deep = `${'['.repeat(5_000)}1${']'.repeat(5_000)}`;
  expect(elements(deep)).toEqual([deep.slice(1, -1)]);
});
