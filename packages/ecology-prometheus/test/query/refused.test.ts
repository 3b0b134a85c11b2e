import type { Json } from '@reeve/core';
import { PrometheusSource } from '@reeve/ecology-prometheus';
import { expect, test } from 'vitest';
import { isSelector } from '../../src/query/selector.ts';

const source = new PrometheusSource({ url: 'http://127.0.0.1:9' });

test.each<[Json, RegExp]>([
  [42, /must be PromQL like .*, not 42/],
  [{ promql: 'up' }, /promql is not known; there is query/],
  [{ query: null }, /must be PromQL .*, not \{"query":null\}/],
  [' \n', /is empty/],
  [`up # ${'x'.repeat(9_000)}`, /characters; give at most 8192/],
  ['sum(up', /has a \( that is not closed/],
  ['sum(up))', /has a \) that closes nothing/],
  ['up{a="b"', /has a \{ that is not closed/],
  ['up[5m)', /has a \) that closes nothing/],
  ['up{a="b}', /has a " without its other one/],
])('refuses %j', (query, problem) => {
  expect(source.check(query)).toMatch(problem);
});

test.each(['up', 'sum by (a) (rate(x{b=~"(", c!=\'"\'}[5m]))', 'up{a="\\""}', 'up # a ( in a comment', '`raw\\`', { query: 'up' }])(
  'takes %j',
  (query) => {
    expect(source.check(query)).toBeUndefined();
  },
);

test.each(['up', 'a:b:c', 'up{a="b"}', '{a="b"}', 'up offset 5m', 'up{} offset -1h', 'info'])('%s only picks out', (text) => {
  expect(isSelector(text)).toBe(true);
});

test.each(['1', 'Inf', 'nan', '-up', 'up + 1', 'sum(up)', 'up[5m]', '{}', 'up or down', 'up # c', 'up{a="b"} > 3', '"up"', 'time()'])(
  '%s is worked out',
  (text) => {
    expect(isSelector(text)).toBe(false);
  },
);
