import { expect, test } from 'vitest';
import { jsonFromAttributes, RESULT_PREFIX, STAT_PREFIX, typedAttributes } from '../../src/codec/typed-attributes.ts';
import { byId, recorded } from '../golden/recorded.ts';

test('each member is an attribute, typed by value, digits kept', () => {
  expect(
    typedAttributes(
      'stat_',
      '{"rows": 7, "one": 1.0, "big": 12345678901234567890, "s": "0012", "t": true, "n": null, "l": [1.5, "a", [2.50]], "o": {"k": {}}}',
    ),
  ).toEqual({
    stat_rows: { N: '7' },
    stat_one: { N: '1.0' },
    stat_big: { N: '12345678901234567890' },
    stat_s: { S: '0012' },
    stat_t: { BOOL: true },
    stat_n: { NULL: true },
    stat_l: { L: [{ N: '1.5' }, { S: 'a' }, { L: [{ N: '2.50' }] }] },
    stat_o: { M: { k: { M: {} } } },
  });
});

test('any name will do, and the last of two with one name stands', () => {
  expect(typedAttributes('stat_', '{"a b": 1, "c-d": 2, "": 3, "__proto__": 4, "x": 5, "x": 6}')).toEqual({
    'stat_a b': { N: '1' },
    'stat_c-d': { N: '2' },
    stat_: { N: '3' },
    stat___proto__: { N: '4' },
    stat_x: { N: '6' },
  });
});

test('what has no form in DynamoDB is kept as its JSON text', () => {
  expect(typedAttributes('r_', '{"many": 1234567890123456789012345678901234567890, "p": {"__proto__": 1}}')).toEqual({
    r_many: { S: '1234567890123456789012345678901234567890' },
    r_p: { S: '{"__proto__": 1}' },
  });
  const deep = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
  let found = typedAttributes('', `{"x":${deep(40)}}`)!['x'];
  let depth = 1;
  for (; found?.L; found = found.L[0]) depth += 1;
  expect([depth, found]).toEqual([32, { S: deep(9) }]);
});

test('what is no object has no members', () => {
  for (const text of ['[1]', '"text"', '5', 'null', 'nonsense']) expect(typedAttributes('result_', text), text).toBeUndefined();
  expect(typedAttributes('result_', '{}')).toEqual({});
});

test('ours are the attributes that the real assistant of sosw wrote, but for strings that it turned into numbers', () => {
  const { assists = [], tables } = recorded('typed').stage('completed');
  const rows = byId(tables.sosw_tasks);
  const retyped: string[] = [];
  let compared = 0;
  for (const { task, args } of assists) {
    for (const [prefix, given] of [
      [STAT_PREFIX, args.stats],
      [RESULT_PREFIX, args.result],
    ] as const) {
      if (given === undefined || !rows.get(task)!['completed_at']) continue; // one completion crashed sosw: `{"sup": "²"}`
      const ours = typedAttributes(prefix, typeof given === 'string' ? given : JSON.stringify(given))!;
      for (const [name, value] of Object.entries(ours)) {
        compared += 1;
        const same = JSON.stringify(normal(rows.get(task)![name])) === JSON.stringify(normal(value));
        if (!same) retyped.push(`${task} ${name}`);
      }
    }
  }
  expect(compared).toBeGreaterThan(30);
  expect(retyped).toEqual(RETYPED);
});
/** "0012", {"x": "7"}, {"n": "12"}: sosw makes numbers of them. */
const RETYPED = ['task-5 result_num_str', 'task-12 result_dict', 'task-17 result_nested'];
/** DynamoDB's own form of numbers, members in the order of their names. */
const normal = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value ?? null, (key, each) =>
      key === 'N'
        ? String(Number(each))
        : each && typeof each === 'object' && !Array.isArray(each)
          ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
          : each,
    ),
  );

test('the way back', () => {
  const text = '{"a":"0012","b":[1.5,{"c":null}],"d":true,"e":12345678901234567890}';
  const row = { ...typedAttributes('result_', text)!, task_id: { S: 'x' }, stat_rows: { N: '7' } };
  expect(jsonFromAttributes('result_', row)).toBe(text);
  expect(jsonFromAttributes('stat_', row)).toBe('{"rows":7}');
  expect(jsonFromAttributes('other_', row)).toBeUndefined();
  expect(jsonFromAttributes('', { s: { SS: ['a', 'b'] }, n: { NS: ['1', '.5'] }, b: { B: new Uint8Array(2) } })).toBe(
    '{"b":null,"n":[1,5e-1],"s":["a","b"]}',
  );
});
