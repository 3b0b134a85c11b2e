import { type CloudwatchEndpointOptions, cloudwatchErrors, startCloudwatchEndpoint } from '@reeve/testkit';
import { expect, onTestFinished, test } from 'vitest';

/** In seconds, as the protocol counts: a whole hour. */
const T = 1_795_420_800;

const open = async (options: CloudwatchEndpointOptions = {}) => {
  const endpoint = await startCloudwatchEndpoint(options);
  onTestFinished(() => endpoint.close());
  const call = async (
    queries: readonly unknown[],
    more: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData', ...headers },
      body: JSON.stringify({ MetricDataQueries: queries, StartTime: T - 600, EndTime: T, ...more }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: what a test looks at is what it expects
    return { status: response.status, error: response.headers.get('x-amzn-query-error'), body: (await response.json()) as any };
  };
  return { endpoint, call };
};
const stat = (Id: string, MetricName = 'M', more: Readonly<Record<string, unknown>> = {}) => ({
  Id,
  MetricStat: { Metric: { Namespace: 'N', MetricName }, Period: 60, Stat: 'Average', ...more },
});
const M = { namespace: 'N', metric: 'M' };

test.each([
  ['Average', 4],
  ['Sum', 12],
  ['Minimum', 1],
  ['Maximum', 8],
  ['SampleCount', 3],
  ['p50', 3],
  ['p100', 8],
])('%s of what was measured in a minute', async (Stat, value) => {
  const { endpoint, call } = await open();
  for (const each of [3, 8, 1]) endpoint.put(M, each, (T - 60) * 1_000 + each);
  const { body } = await call([stat('a', 'M', { Stat })]);
  expect(body.MetricDataResults).toEqual([{ Id: 'a', Label: 'a', Timestamps: [T - 60], Values: [value], StatusCode: 'Complete' }]);
});

test('the newest come first, from the beginning of the time that is asked for up to before its end', async () => {
  const { endpoint, call } = await open();
  for (const at of [-660, -600, -60, 0]) endpoint.put(M, at, (T + at) * 1_000);
  const { body } = await call([stat('a')]);
  expect(body.MetricDataResults[0]).toMatchObject({ Timestamps: [T - 60, T - 600], Values: [-60, -600] });
});

test('arithmetic, of the instants that all have, with no point where it is divided by zero', async () => {
  const { endpoint, call } = await open();
  for (const [at, value] of [
    [-60, 6],
    [-120, 8],
    [-180, 9],
  ] as const)
    endpoint.put(M, value, (T + at) * 1_000);
  for (const [at, value] of [
    [-60, 2],
    [-120, 0],
  ] as const)
    endpoint.put({ ...M, metric: 'D' }, value, (T + at) * 1_000);
  const silent = { ReturnData: false };
  const { body } = await call([
    { ...stat('a'), ...silent },
    { ...stat('d', 'D'), ...silent },
    { Id: 'e', Expression: '-(a + 2 * 3) / d - 1.5' },
  ]);
  expect(body.MetricDataResults).toEqual([{ Id: 'e', Label: 'e', Timestamps: [T - 60], Values: [-7.5], StatusCode: 'Complete' }]);
});

test.each<[string, readonly unknown[], Readonly<Record<string, unknown>>, RegExp]>([
  ['no queries', [], {}, /required/],
  ['too many', Array.from({ length: 501 }, (_, n) => stat(`q${n}`)), {}, /greater than 500/],
  ['an id twice', [stat('a'), stat('a')], {}, /not unique/],
  ['an id in capitals', [stat('A')], {}, /Id is not valid/],
  ['a period in between', [stat('a', 'M', { Period: 90 })], {}, /Period is not valid/],
  ['fine points of yesterday', [stat('a', 'M', { Period: 1 })], { StartTime: T - 86_400 }, /last three hours/],
  ['no such statistic', [stat('a', 'M', { Stat: 'median' })], {}, /Stat is not supported/],
  ['a time that ends before it begins', [stat('a')], { StartTime: T }, /must be less/],
  ['an expression of what is not there', [{ Id: 'e', Expression: 'a + 1' }], {}, /Error in expression/],
  ['an expression that is a number', [{ Id: 'e', Expression: '1 + 1' }], {}, /no series/],
  ['two SELECTs', ['a', 'b'].map((Id) => ({ Id, Expression: 'SELECT AVG(M) FROM N', Period: 60 })), {}, /Only one SELECT/],
])('one query that is wrong is the end of its call: %s', async (_, queries, more, said) => {
  const { call } = await open();
  const { status, error, body } = await call(queries, more);
  expect([status, error]).toEqual([400, 'ValidationError;Sender']);
  expect(body.message).toMatch(said);
});

test('a page holds so many points, and the rest comes with the token', async () => {
  const { endpoint, call } = await open({ maxDatapoints: 3 });
  for (const metric of ['M', 'O']) for (const at of [60, 120]) endpoint.put({ ...M, metric }, at, (T - at) * 1_000);
  const queries = [stat('a'), stat('b', 'O')];
  const first = await call(queries);
  expect(first.body.MetricDataResults.map((each: { StatusCode: string; Values: unknown[] }) => [each.StatusCode, each.Values])).toEqual([
    ['Complete', [60, 120]],
    ['PartialData', [60]],
  ]);
  const second = await call(queries, { NextToken: first.body.NextToken });
  expect(second.body.MetricDataResults).toMatchObject([{ Id: 'b', Values: [120], StatusCode: 'Complete' }]);
  expect(second.body.NextToken).toBeUndefined();
});

test('faults are scripted, or looked up, and calls are kept', async () => {
  const { endpoint, call } = await open({ fault: ({ queries }) => (queries.length === 2 ? cloudwatchErrors.internal() : undefined) });
  endpoint.next(cloudwatchErrors.throttled(), { kind: 'results', status: 'Forbidden', of: ({ Id }) => Id === 'a' }, undefined);
  expect(await call([stat('a')])).toMatchObject({ status: 400, error: 'Throttling;Sender', body: { message: 'Rate exceeded' } });
  expect((await call([stat('a'), stat('b')])).body.MetricDataResults).toMatchObject([
    { StatusCode: 'Forbidden' },
    { StatusCode: 'Complete' },
  ]);
  expect((await call([stat('a'), stat('b')])).status).toBe(200);
  expect((await call([stat('a'), stat('b')])).error).toBe('InternalServiceFault;Receiver');
  expect(endpoint.calls.map(({ queries, start }) => [queries.length, start])).toEqual(
    [1, 2, 2, 2].map((count) => [count, (T - 600) * 1_000]),
  );
});
