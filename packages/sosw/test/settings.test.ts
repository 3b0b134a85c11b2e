import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fateOf, KNOWN_SETTINGS } from '../src/settings/fates.ts';
import { fold, merge, withinClient } from '../src/settings/merge.ts';

describe('the guide', () => {
  const guide = readFileSync(new URL('../../../docs/coming-from-sosw.md', import.meta.url), 'utf8');

  test.each(KNOWN_SETTINGS)('says what becomes of $path', ({ path, becomes }) => {
    const line = guide.split('\n').find((each) => each.startsWith(`| \`${path}\` `));
    expect(line).toContain(becomes);
  });

  test('names no setting that the doctor does not know', () => {
    const named = [...guide.matchAll(/^\| `([\w.*]+)` +\|/gm)].map(([, path = '']) => path).filter((path) => path === path.toLowerCase());
    expect(new Set(named)).toEqual(new Set(KNOWN_SETTINGS.map(({ path }) => path)));
    expect(named).toHaveLength(KNOWN_SETTINGS.length);
  });
});

test.each([
  [['labourers', 'any', 'arn'], 'kept'],
  [['labourers', 'any', 'health_metrics', 'cpu'], 'kept'],
  [['default_simultaneous_invocations'], 'dropped'],
  [['max_attempts_any'], 'kept'],
  [['max_attempts_'], undefined],
  [['labourers', 'any', 'colour'], undefined],
  [['dynamo_db_config', 'table_name'], 'kept'],
  [['dynamo_db_config'], undefined],
])('%j is %s', (path, fate) => {
  expect(fateOf(path)?.fate).toBe(fate);
});

test('configurations are merged as in sosw: members, and lists joined', () => {
  const under = { a: { b: 1, c: [1, 2] }, d: 1 };
  expect(merge(under, { a: { c: [2, 3], e: 5 }, d: { f: 1 } })).toEqual({ a: { b: 1, c: [1, 2, 3], e: 5 }, d: { f: 1 } });
  expect(under).toEqual({ a: { b: 1, c: [1, 2] }, d: 1 });
});

test('what stands beside task_config goes into it, and what is within wins', () => {
  const whole = { labourers: { a: { arn: 'x' } }, max_attempts: 5, task_config: { max_attempts: 4 }, sns_config: {} };
  expect(fold(whole)).toEqual({ sns_config: {}, task_config: { labourers: { a: { arn: 'x' } }, max_attempts: 4 } });
  const both = { task_client_config: { max_attempts: 1, labourers: { a: {} } }, task_config: { max_attempts: 2, labourers: { b: {} } } };
  expect(fold({ ...both, ecology_config: {} })).toEqual({
    ecology_config: {},
    task_config: { max_attempts: 2, labourers: { a: {}, b: {} } },
  });
  expect(fold({ labourers: {} })).toEqual({ task_config: { labourers: {} } });
});

test('sosw sees of a row that is not of its function what is within task_config', () => {
  const whole = { labourers: {}, max_attempts_mill: 5, task_config: { max_attempts: 4 }, sns_config: {} };
  expect(withinClient(whole)).toEqual({
    settings: { task_config: { max_attempts: 4 }, sns_config: {} },
    beside: ['labourers', 'max_attempts_mill'],
  });
});
