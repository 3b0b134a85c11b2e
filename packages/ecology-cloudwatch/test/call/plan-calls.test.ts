import type { Json } from '@reeve/core';
import { expect, test } from 'vitest';
import { type Call, planCalls } from '../../src/call/plan-calls.ts';
import { readQuery } from '../../src/query/read-query.ts';

const queryOf = (json: Json) => {
  const read = readQuery(json);
  if (read.kind === 'wrong') throw new Error(read.problems.join('; '));
  return read.query;
};
const plan = (queries: readonly Json[]): readonly Call[] => planCalls(queries.map(queryOf));
const metric = (n: number, more: Readonly<Record<string, Json>> = {}): Json => ({ namespace: 'Plan', metric: `M${n}`, ...more });
const metrics = (count: number, more: Readonly<Record<string, Json>> = {}) => Array.from({ length: count }, (_, n) => metric(n, more));
const sizes = (calls: readonly Call[]) => calls.map(({ items }) => items.size);
const pointsOf = ({ items, span, align }: Call): number =>
  [...items.values()].reduce(
    (total, { item }) => total + (span + align) / 1_000 / (item.kind === 'stat' ? item.stat.period : item.period) + 1,
    0,
  );

test('a hundred labourers with three metrics each are one call, and five hundred metrics are', () => {
  expect(sizes(plan(metrics(300)))).toEqual([300]);
  expect(sizes(plan(metrics(500)))).toEqual([500]);
  expect(sizes(plan(metrics(501)))).toEqual([500, 1]);
  expect(sizes(plan(metrics(1_500)))).toEqual([500, 500, 500]);
  expect(plan([])).toEqual([]);
});

test('a metric of two queries is asked for once', () => {
  const ratio = (n: number): Json => ({ expression: `${n} * a / b`, metrics: { a: metric(1), b: metric(2) } });
  expect(sizes(plan([metric(1), { ...(metric(1) as object), lookBack: 3_600 }, ratio(2), ratio(3)]))).toEqual([4]);
});

test('an expression is in one call with all that it is made of', () => {
  const wide: Json = {
    expression: 'SUM([a, b, c])',
    metrics: { a: metric(1_001), b: metric(1_002), c: metric(1_003) } as Readonly<Record<string, Json>>,
  };
  const calls = plan([...metrics(498), wide]);
  expect(sizes(calls)).toEqual([498, 4]);
  expect([...calls[1]!.items.values()].map(({ isReturned }) => isReturned)).toEqual([false, false, false, true]);
});

test('what looks back for days does not share a call with what would have too many points then', () => {
  const daily = metrics(20, { period: 86_400 });
  const calls = plan([...daily, ...metrics(400, { statistic: 'Sum' })]);
  expect(sizes(calls)).toEqual([400, 20]);
  for (const call of calls) expect(pointsOf(call)).toBeLessThanOrEqual(100_800);
  // A few of them may.
  expect(sizes(plan([metric(1), metric(2, { period: 86_400 })]))).toEqual([2]);
});

test('fine points are asked for in calls that look back no further than they are kept', () => {
  const calls = plan([metric(1, { period: 10 }), metric(2, { period: 60 }), metric(3, { period: 3_600 }), metric(4, { period: 86_400 })]);
  const fine = calls.filter(({ items }) => [...items.values()].some(({ item }) => item.kind === 'stat' && item.stat.period < 60));
  expect(fine).toHaveLength(1);
  expect(fine[0]!.span + fine[0]!.align).toBeLessThan(3 * 3_600_000);
});

test('fine points do not overfill a call', () => {
  for (const call of plan(metrics(500, { period: 1, lookBack: 3_600 }))) expect(pointsOf(call)).toBeLessThanOrEqual(100_800);
});
