import type { Json } from '@reeve/core';
import { cloudwatchErrors } from '@reeve/testkit';
import { expect, test } from 'vitest';
import { CPU, MINUTE, MINUTE_BEGAN, openRig, type Rig, saidBy } from '../support/rig.ts';

const metric = (n: number): Json => ({ namespace: 'Trouble', metric: `M${n}` });
const fill = ({ endpoint }: Rig, count: number): readonly Json[] =>
  Array.from({ length: count }, (_, n) => {
    endpoint.put({ namespace: 'Trouble', metric: `M${n}` }, n, MINUTE_BEGAN - 1);
    return metric(n);
  });
const kinds = (samples: readonly { readonly kind: string }[]) => [...new Set(samples.map(({ kind }) => kind))];

test('throttled: what was asked counts as failed, and CloudWatch is left alone for a moment', async () => {
  const rig = await openRig();
  const { endpoint, clock, read } = rig;
  const [query] = fill(rig, 1);
  endpoint.next(cloudwatchErrors.throttled());
  expect(saidBy((await read(query!))[0])).toMatch(/throttles GetMetricData \(Rate exceeded\); ask less often/);
  await clock.advance(499);
  expect(saidBy((await read(query!))[0])).toMatch(/left alone for a while/);
  expect(endpoint.calls).toHaveLength(1);
  await clock.advance(501);
  expect(kinds(await read(query!))).toEqual(['value']);
  // The answer has ended it: the next wait is a short one again.
  endpoint.next(cloudwatchErrors.throttled());
  await read(query!);
  await clock.advance(1_000);
  expect(kinds(await read(query!))).toEqual(['value']);
});

test('each further throttling doubles the wait, up to two minutes', async () => {
  const rig = await openRig({ fault: () => cloudwatchErrors.throttled() });
  const { endpoint, clock, read } = rig;
  const [query] = fill(rig, 1);
  // For ten minutes it is asked every second.
  for (let second = 0; second < 600; second += 1) {
    await read(query!);
    await clock.advance(1_000);
  }
  expect(endpoint.calls.length).toBeGreaterThan(6);
  expect(endpoint.calls.length).toBeLessThan(20);
});

test('throttled in the middle of a read: what was answered stays, and what waits is not sent', async () => {
  const rig = await openRig();
  const queries = fill(rig, 5_000);
  rig.endpoint.next(undefined, cloudwatchErrors.throttled());
  const samples = await rig.read(...queries);
  expect(samples.filter(({ kind }) => kind === 'value').length).toBeGreaterThanOrEqual(500);
  expect(samples.filter((each) => saidBy(each).includes('left alone')).length).toBeGreaterThanOrEqual(500);
  expect(rig.endpoint.calls.length).toBeLessThan(10);
});

test('a query that CloudWatch refuses is found, takes no other with it, and costs nothing the next time', async () => {
  const rig = await openRig();
  const { endpoint, clock, read } = rig;
  const bad: Json = { expression: 'NOSUCH(a)', metrics: { a: { namespace: 'Trouble', metric: 'M1' } } };
  const queries = [...fill(rig, 299), bad];
  const samples = await read(...queries);
  expect(samples.filter(({ kind }) => kind === 'value')).toHaveLength(299);
  expect(saidBy(samples[299])).toMatch(/CloudWatch refuses the query \(Validation\w+: Error in expression/);
  expect(endpoint.calls.length).toBeLessThanOrEqual(1 + 2 * 9);

  const before = endpoint.calls.length;
  expect(saidBy((await read(...queries))[299])).toMatch(/refuses the query/);
  expect(endpoint.calls.length - before).toBe(1);

  // Later it is tried again, by itself.
  await clock.advance(10 * MINUTE);
  for (const query of queries.slice(0, 299)) endpoint.put(query as typeof CPU, 1, clock.now() - MINUTE);
  const again = await read(...queries);
  expect(endpoint.calls.length - before).toBe(3);
  expect(endpoint.calls.at(-1)?.queries.length === 2 || endpoint.calls.at(-2)?.queries.length === 2).toBe(true);
  expect(kinds(again.slice(0, 299))).toEqual(['value']);
});

test('many queries that CloudWatch refuses are no storm of calls', async () => {
  const rig = await openRig();
  const bad = Array.from(
    { length: 100 },
    (_, n): Json => ({ expression: `NOSUCH(a) + ${n}`, metrics: { a: { namespace: 'T', metric: 'M' } } }),
  );
  expect(kinds(await rig.read(...bad))).toEqual(['failed']);
  expect(rig.endpoint.calls.length).toBeLessThanOrEqual(1 + 24);
});

test('pages are put together', async () => {
  const rig = await openRig({ maxDatapoints: 7 });
  const { endpoint, read } = rig;
  for (let n = 0; n < 5; n += 1) {
    for (let minute = 1; minute <= 4; minute += 1)
      endpoint.put({ namespace: 'Trouble', metric: `M${n}` }, n * 10 + minute, MINUTE_BEGAN - minute * MINUTE);
  }
  const sosw = { Namespace: 'Trouble', MetricName: 'M3', MetricAggregationTimeSlice: 240 };
  const samples = await read(...Array.from({ length: 5 }, (_, n) => metric(n)), sosw);
  expect(samples.map((each) => (each.kind === 'value' ? each.value : each.kind))).toEqual([1, 11, 21, 31, 41, 32.5]);
  expect(endpoint.calls.map(({ nextToken }) => nextToken === undefined)).toEqual([true, false, false]);
});

test('a part of the points is enough for the newest, and not for a mean', async () => {
  const rig = await openRig();
  const { endpoint, read } = rig;
  for (let minute = 1; minute <= 4; minute += 1) endpoint.put(CPU, minute, MINUTE_BEGAN - minute * MINUTE);
  const sosw = { Namespace: CPU.namespace, MetricName: CPU.metric, Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'orders' }] };
  endpoint.next({ kind: 'results', status: 'PartialData', points: 2 });
  const [newest, mean] = await read(CPU, sosw);
  expect(newest).toEqual({ kind: 'value', value: 1, at: MINUTE_BEGAN });
  expect(saidBy(mean)).toMatch(/a part of the points/);
  endpoint.next({ kind: 'results', status: 'PartialData', points: 0 });
  expect(saidBy((await read(CPU))[0])).toMatch(/a part of the points/);
});

test.each([
  ['InternalError', /could not work it out \(InternalError: This query ended/],
  ['Forbidden', /does not let this role read it .*; allow it, or mend the account/],
] as const)('%s for one query is the failure of that one', async (status, said) => {
  const rig = await openRig();
  const queries = fill(rig, 3);
  rig.endpoint.next({ kind: 'results', status, of: ({ MetricStat }) => MetricStat?.Metric.MetricName === 'M1' });
  const samples = await rig.read(...queries);
  expect(samples.map(({ kind }) => kind)).toEqual(['value', 'failed', 'value']);
  expect(saidBy(samples[1])).toMatch(said);
});

test('a connection that was kept too long is no failure', async () => {
  const rig = await openRig();
  const [query] = fill(rig, 1);
  rig.endpoint.next(undefined, { kind: 'reset' }, undefined);
  for (let times = 0; times < 2; times += 1) expect(kinds(await rig.read(query!))).toEqual(['value']);
  expect(rig.endpoint.calls).toHaveLength(3);
});

test.each([
  ['an error of the server', cloudwatchErrors.internal(), /InternalServiceFault, status 500/],
  ['no rights', cloudwatchErrors.denied(), /denied GetMetricData .*allow cloudwatch:GetMetricData/],
  ['an answer that is no JSON', { kind: 'garbage' } as const, /could not be read/],
])('%s is said, asked once, and over with the next read', async (_, fault, said) => {
  const rig = await openRig();
  const [query] = fill(rig, 1);
  rig.endpoint.next(fault);
  expect(saidBy((await rig.read(query!))[0])).toMatch(said);
  expect(rig.endpoint.calls).toHaveLength(1);
  expect(kinds(await rig.read(query!))).toEqual(['value']);
});

test('no answer in time is a failure, and leaves no connection open', async () => {
  const rig = await openRig({}, { requestTimeout: 50 });
  const [query] = fill(rig, 1);
  rig.endpoint.next({ kind: 'silent' });
  expect(saidBy((await rig.read(query!))[0])).toBe('no answer from CloudWatch within 50 ms');
  await expect.poll(() => rig.endpoint.underWay, { timeout: 10_000 }).toBe(0);
});

test('credentials that never come hold up nobody for longer than a request may take', async () => {
  const rig = await openRig({}, { requestTimeout: 50, credentials: () => new Promise(() => {}) });
  const [query] = fill(rig, 1);
  expect(saidBy((await rig.read(query!))[0])).toBe('no answer from CloudWatch within 50 ms');
  expect(rig.endpoint.calls).toHaveLength(0);
});
