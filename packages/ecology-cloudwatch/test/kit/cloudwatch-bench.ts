import type { Json } from '@reeve/core';
import { CloudwatchSource } from '@reeve/ecology-cloudwatch';
import {
  type CloudwatchFault,
  type CloudwatchMetric,
  CountingChance,
  type KnownMetric,
  ManualClock,
  type MetricSourceBench,
  startCloudwatchEndpoint,
} from '@reeve/testkit';
import { MINUTE, MINUTE_BEGAN, NOW, PATIENT, PLACE } from '../support/rig.ts';

const FOREIGN = '999999999999';

type Form = 'own' | 'sosw';

const metricOf = (name: string): CloudwatchMetric => ({ namespace: 'Kit', metric: name, dimensions: { of: 'kit', kind: 'gauge' } });

/** The same metric in the two forms; in the second the largest of sosw's window, which is the newest here. */
const FORMS: Readonly<Record<Form, (name: string) => Json>> = {
  own: (name) => ({ ...metricOf(name), period: 60 }) as Json,
  sosw: (name) => ({
    Namespace: 'Kit',
    MetricName: name,
    Dimensions: [
      { Name: 'of', Value: 'kit' },
      { Name: 'kind', Value: 'gauge' },
    ],
    Period: 60,
    Statistics: ['Maximum'],
  }),
};

/** The source with the real SDK, before testkit's CloudWatch. */
export const cloudwatchBench = (form: Form) => async (): Promise<MetricSourceBench> => {
  const clock = new ManualClock(NOW);
  let state: 'sound' | 'hanging' | 'broken' = 'sound';
  let letGo = (): void => {};
  let until: Promise<unknown> = Promise.resolve();
  const fault = (): CloudwatchFault => {
    if (state === 'broken') return { kind: 'reset' };
    if (state === 'hanging') return { kind: 'slow', until };
    return { kind: 'results', status: 'Forbidden', of: ({ AccountId }) => AccountId === FOREIGN };
  };
  const endpoint = await startCloudwatchEndpoint({ clock, fault });
  const source = new CloudwatchSource({ ...PLACE, ...PATIENT, endpoint: endpoint.url, clock, chance: new CountingChance() });
  const queryOf = FORMS[form];
  let made = 0;
  /** Where the minute before the one that runs ended. */
  const ended = (): number => Math.floor(clock.now() / MINUTE) * MINUTE;
  const put = (query: Json, name: string, value: number): KnownMetric => {
    endpoint.put(metricOf(name), value, ended() - 1);
    return { query, value, measured: [ended(), ended()] };
  };
  endpoint.put(metricOf('Unfit'), Number.NaN, MINUTE_BEGAN - 1);
  for (const place of ['north', 'south']) endpoint.put({ namespace: 'Kit', metric: 'Several', dimensions: { place } }, 1, MINUTE_BEGAN - 1);
  return {
    source,
    metrics: async (count) =>
      Array.from({ length: count }, () => {
        made += 1;
        return put(queryOf(`M${made}`), `M${made}`, made + 0.25);
      }),
    measure: async ({ query, value }) => {
      await clock.advance(MINUTE);
      const { metric, MetricName } = query as { readonly metric?: string; readonly MetricName?: string };
      return put(query, metric ?? MetricName ?? '', value + 1_000);
    },
    empty: () => [queryOf('Nobody'), { expression: "SEARCH('{Kit,of} Nothing', 'Average')" }],
    unfit: () => [queryOf('Unfit')],
    failing: () => [
      { ...metricOf('M1'), account: FOREIGN } as Json,
      // A text that CloudWatch refuses, and all of its call with it.
      { expression: 'NOSUCH(m)', metrics: { m: { namespace: 'Kit', metric: 'M1' } } },
      { expression: "SEARCH('{Kit,place} Several', 'Average')" },
    ],
    bad: () => [
      { namespace: 'Kit' },
      { namespace: 'Kit', metric: 'M1', period: 61 },
      { Namespace: 'Kit', MetricName: 'M1', Statistics: ['Average', 'Maximum'] },
      { expression: 'a / b', metrics: { a: { namespace: 'Kit', metric: 'M1' } } },
    ],
    requests: () => endpoint.calls.length,
    asked: () => endpoint.calls.reduce((total, { queries }) => total + queries.length, 0),
    requestsFor: (metrics) => Math.ceil(metrics / 500),
    hang: () => {
      state = 'hanging';
      until = new Promise((resolve) => {
        letGo = () => resolve(undefined);
      });
    },
    shatter: () => {
      state = 'broken';
    },
    mend: () => {
      state = 'sound';
      letGo();
    },
    underWay: () => endpoint.underWay,
    close: async () => {
      await source.close();
      await endpoint.close();
    },
  };
};
