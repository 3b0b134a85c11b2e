import { readFileSync } from 'node:fs';
import type { Json, Sample } from '@reeve/core';
import { expect, test } from 'vitest';
import { CPU, MINUTE, MINUTE_BEGAN, openRig, saidBy } from '../support/rig.ts';

const RDS = { namespace: 'AWS/RDS', metric: 'CPUUtilization' };

test('the newest period that is over counts, and not the one that runs', async () => {
  const { endpoint, read } = await openRig();
  endpoint.put(CPU, 10, MINUTE_BEGAN - 3 * MINUTE);
  endpoint.put(CPU, 40, MINUTE_BEGAN - MINUTE);
  endpoint.put(CPU, 60, MINUTE_BEGAN - 1);
  endpoint.put(CPU, 99, MINUTE_BEGAN);
  expect(await read(CPU)).toEqual([{ kind: 'value', value: 50, at: MINUTE_BEGAN }]);
});

test('a period is over when it is over, whatever its length', async () => {
  const { endpoint, clock, read } = await openRig();
  const hourBegan = Math.floor(MINUTE_BEGAN / 3_600_000) * 3_600_000;
  endpoint.put(CPU, 10, hourBegan - 1);
  endpoint.put(CPU, 90, hourBegan + 1);
  const hourly = { ...CPU, period: 3_600 };
  expect(await read(hourly)).toEqual([{ kind: 'value', value: 10, at: hourBegan }]);
  await clock.advance(hourBegan + 3_600_000 - clock.now());
  expect(await read(hourly)).toEqual([{ kind: 'value', value: 90, at: hourBegan + 3_600_000 }]);
});

test('dimensions, statistic, unit and account reach CloudWatch, and tell metrics apart', async () => {
  const { endpoint, read } = await openRig();
  for (const value of [1, 2, 3, 4, 100]) endpoint.put({ ...CPU, unit: 'Percent', account: '123456789012' }, value, MINUTE_BEGAN - 2);
  const query = { ...CPU, statistic: 'p50', unit: 'Percent', account: '123456789012' };
  const samples = await read(query, { ...query, statistic: 'Sum' }, CPU, { ...query, unit: 'Count' }, RDS);
  expect(samples.map((each) => (each.kind === 'value' ? each.value : each.kind))).toEqual([3, 110, 'none', 'none', 'none']);
  expect(endpoint.calls[0]?.queries[0]).toEqual({
    Id: 'q0',
    MetricStat: {
      Metric: { Namespace: 'AWS/RDS', MetricName: 'CPUUtilization', Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'orders' }] },
      Period: 60,
      Stat: 'p50',
      Unit: 'Percent',
    },
    ReturnData: true,
    AccountId: '123456789012',
  });
});

test('an expression is worked out by CloudWatch, and shares its metrics with whoever asks for them', async () => {
  const { endpoint, read } = await openRig();
  const errors = { namespace: 'AWS/Lambda', metric: 'Errors' };
  const calls = { namespace: 'AWS/Lambda', metric: 'Invocations' };
  endpoint.put(errors, 5, MINUTE_BEGAN - 1);
  endpoint.put(calls, 50, MINUTE_BEGAN - 1);
  const ratio = { expression: '100 * errors / calls', metrics: { errors, calls } };
  // The same names in another expression mean other metrics.
  const other = { expression: 'calls / errors', metrics: { calls: errors, errors: calls } };
  expect(await read(ratio, other, errors)).toEqual([
    { kind: 'value', value: 10, at: MINUTE_BEGAN },
    { kind: 'value', value: 0.1, at: MINUTE_BEGAN },
    { kind: 'value', value: 5, at: MINUTE_BEGAN },
  ]);
  const [{ queries }] = endpoint.calls as [(typeof endpoint.calls)[0]];
  expect(endpoint.calls).toHaveLength(1);
  expect(queries.map(({ Expression, ReturnData }) => [Expression, ReturnData])).toEqual([
    [undefined, true],
    [undefined, false],
    ['100 * q0 / q1', true],
    ['q0 / q1', true],
  ]);
});

test('a search that finds one metric is its value; more than one are said to be', async () => {
  const { endpoint, read } = await openRig();
  endpoint.put({ ...RDS, dimensions: { a: '1' } }, 7, MINUTE_BEGAN - 1);
  const search = { expression: "SEARCH('{AWS/RDS,a} CPUUtilization', 'Average')" };
  expect(await read(search)).toEqual([{ kind: 'value', value: 7, at: MINUTE_BEGAN }]);
  expect(endpoint.calls[0]?.queries[0]).toMatchObject({ Period: 60 });
  endpoint.put({ ...RDS, dimensions: { a: '2' } }, 9, MINUTE_BEGAN - 1);
  expect(saidBy((await read(search))[0])).toContain('more series than one');
});

test('two SELECTs go in calls of their own, since a call may have one', async () => {
  const { endpoint, read } = await openRig();
  endpoint.put(RDS, 7, MINUTE_BEGAN - 1);
  const select = (what: string): Json => ({ expression: `SELECT ${what}(CPUUtilization) FROM SCHEMA("AWS/RDS")`, period: 60 });
  const samples = await read(select('AVG'), RDS, select('MAX'), select('AVG'));
  expect(samples.map(({ kind }) => kind)).toEqual(['value', 'value', 'value', 'value']);
  expect(endpoint.calls.map(({ queries }) => queries.length).toSorted((a, b) => a - b)).toEqual([1, 2]);
});

interface GoldenCase {
  readonly case: string;
  readonly health_metrics: { readonly cpu: { readonly details: Json } };
  readonly datapoints: readonly number[] | 'empty' | 'error';
}
const golden = JSON.parse(readFileSync(new URL('../golden/health-0.7.31.json', import.meta.url), 'utf8')) as {
  readonly stages: readonly { readonly results: readonly GoldenCase[] }[];
};

/** What sosw made of its datapoints, or crashed on. */
const expected = ({ datapoints }: GoldenCase): Partial<Sample> => {
  if (datapoints === 'error') return { kind: 'failed' };
  if (datapoints === 'empty') return { kind: 'none' };
  return { kind: 'value', value: datapoints.reduce((sum, each) => sum + each, 0) / datapoints.length };
};

test.each(golden.stages[0]!.results)("sosw's metrics as they stand: $case", async (each) => {
  const { endpoint, read, source } = await openRig();
  if (Array.isArray(each.datapoints)) {
    const values: readonly number[] = each.datapoints;
    for (const [n, value] of values.entries()) endpoint.put(RDS, value, MINUTE_BEGAN - 1 - n * MINUTE);
  }
  if (each.datapoints === 'error') endpoint.next({ kind: 'error', status: 403, code: 'AccessDenied', message: 'no' });
  const { details } = each.health_metrics.cpu;
  expect(source.check(details)).toBeUndefined();
  expect((await read(details))[0]).toMatchObject(expected(each));
});

const SOSW = { Namespace: 'AWS/RDS', MetricName: 'CPUUtilization' };

test("sosw's window is its last five minutes or its slice, and the minute that runs belongs to it", async () => {
  const { endpoint, read } = await openRig();
  for (const [minutesAgo, value] of [0, 10, 20, 30, 40, 50, 600].entries()) endpoint.put(RDS, value, MINUTE_BEGAN - minutesAgo * MINUTE);
  const at = MINUTE_BEGAN + 30_000;
  expect(
    await read(
      SOSW,
      { ...SOSW, MetricAggregationTimeSlice: 60 },
      { Namespace: 'AWS/RDS', Name: 'CPUUtilization', Statistics: ['Maximum'], MetricAggregationTimeSlice: 360 },
      { ...SOSW, Statistics: ['Minimum'] },
      { ...SOSW, Statistics: ['Sum'] },
    ),
  ).toEqual([25, 5, 600, 0, 150].map((value) => ({ kind: 'value', value, at })));
});
