import { Stream } from '@reeve/testkit';
import { expect, it } from 'vitest';
import { merge } from '../../src/config/merge.ts';
import type { ConfigValue, Piece } from '../../src/config/piece.ts';

const piece = (value: unknown, path: readonly string[] = [], from = 'x'): Piece => ({ value: value as ConfigValue, path, from });
const merged = (...values: unknown[]): unknown => merge(values.map((value) => piece(value))).value;

it('merges objects member by member, and the later wins', () => {
  expect(merged({ a: { b: 1, c: { d: 2 } } }, { a: { c: { e: 3 }, f: 4 } }, { a: { b: 5 } })).toEqual({
    a: { b: 5, c: { d: 2, e: 3 }, f: 4 },
  });
});

it('lists take the place of lists, and anything of anything', () => {
  expect(merged({ a: [1, 2], b: { c: 1 }, d: 1 }, { a: [3], b: 2, d: { e: null } })).toEqual({ a: [3], b: 2, d: {} });
});

it('null removes what is below, and what is not there', () => {
  expect(merged({ a: { b: 1, c: 2 }, d: 1 }, { a: { b: null }, d: null, e: null })).toEqual({ a: { c: 2 } });
});

it('what tasks are made of is taken whole, with its nulls', () => {
  const below = {
    schedules: { s: { every: 1, enqueue: { labourer: 'a', payload: { x: 1, y: 2 } } }, j: { job: { sections: { a: null } } } },
  };
  const above = { schedules: { s: { enqueue: { payload: { x: null } } }, j: { job: { sections: { b: null } } } } };
  expect(merged(below, above)).toEqual({
    schedules: { s: { every: 1, enqueue: { labourer: 'a', payload: { x: null } } }, j: { job: { sections: { b: null } } } },
  });
  // A labourer may have such a name.
  expect(merged({ labourers: { job: { a: 1 } } }, { labourers: { job: { b: 2 } } })).toEqual({ labourers: { job: { a: 1, b: 2 } } });
});

it('a member that is called __proto__ is a member like any other', () => {
  const value = merge([
    piece(JSON.parse('{"a": {"__proto__": {"polluted": 1}}}')),
    piece(JSON.parse('{"__proto__": {"polluted": 1}}')),
  ]).value;
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(JSON.stringify(value)).toBe('{"a":{"__proto__":{"polluted":1}},"__proto__":{"polluted":1}}');
});

it('what is to be the whole has to be an object', () => {
  expect(() => merge([piece(5, [], 'the environment (REEVE_CONFIG)')])).toThrow(
    /^the environment \(REEVE_CONFIG\) is to be a whole configuration.*INVALID_CONFIG/,
  );
});

it('knows who spoke last of each place', () => {
  const { origins } = merge([piece({ labourers: { a: { x: 1, y: 1 } } }, [], 'file'), piece(2, ['labourers', 'a', 'x'], 'env')]);
  expect(origins.get('labourers.a.x')?.from).toBe('env');
  expect(origins.get('labourers.a.y')?.from).toBe('file');
  expect(origins.get('labourers.a')?.from).toBe('env');
});

it('whatever is laid over, each place that the last speaks of is as it says, and others are as before', () => {
  const isDict = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
  const model = (below: Record<string, unknown>, above: Record<string, unknown>): Record<string, unknown> => {
    const result: Record<string, unknown> = { ...below };
    for (const [name, value] of Object.entries(above)) {
      const former = result[name];
      result[name] = isDict(value) ? model(isDict(former) ? former : {}, value) : value;
    }
    return result;
  };
  const stream = new Stream(17, 'merge');
  const dict = (depth: number): Record<string, unknown> =>
    Object.fromEntries(['a', 'b', 'c'].filter(() => stream.happens(0.6)).map((name) => [name, tree(depth - 1)]));
  const tree = (depth: number): unknown =>
    depth > 0 && stream.happens(0.6) ? dict(depth) : stream.happens(0.5) ? stream.below(5) : [stream.below(5)];
  for (let round = 0; round < 500; round += 1) {
    const [a, b, c] = [dict(4), dict(4), dict(4)];
    expect(merged(a, b, c)).toEqual(model(model(a, b), c));
  }
});
