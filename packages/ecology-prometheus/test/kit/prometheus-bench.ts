import type { Json } from '@reeve/core';
import { PrometheusSource } from '@reeve/ecology-prometheus';
import type { KnownMetric, MetricSourceBench } from '@reeve/testkit';
import { startGateway } from '../support/gateway.ts';
import { remoteWrite, type Series } from '../support/remote-write.ts';

/** The same metric in the two forms. */
type Form = (name: string) => Json;

let benches = 0;

/** The source before a real Prometheus, with something in between that counts and breaks. */
export const prometheusBench = (prometheus: { readonly url: string }, form: Form) => async (): Promise<MetricSourceBench> => {
  benches += 1;
  const prefix = `kit${benches}`;
  const gateway = await startGateway(prometheus.url);
  const source = new PrometheusSource({ url: gateway.url, requestTimeout: 30_000 });
  // Within what Prometheus looks back, and not now.
  const start = Date.now() - 60_000;
  const known = ({ name, value, at }: Series): KnownMetric => ({ query: form(name), value, measured: [at, at] });
  let made = 0;

  await remoteWrite(prometheus.url, [
    { name: `${prefix}_unfit`, value: Number.NaN, at: start },
    ...['a', 'b'].map((place) => ({ name: `${prefix}_several`, labels: { place }, value: 1, at: start })),
  ]);
  return {
    source,
    metrics: async (count) => {
      const series = Array.from({ length: count }, (): Series => {
        made += 1;
        return { name: `${prefix}_m${made}`, labels: { job: 'kit' }, value: made + 0.25, at: start + made };
      });
      await remoteWrite(prometheus.url, series);
      return series.map(known);
    },
    measure: async ({ query, value, measured }) => {
      const [name = ''] = /kit\d+_m\d+/.exec(JSON.stringify(query)) ?? [];
      const series = { name, labels: { job: 'kit' }, value: value + 1_000, at: measured[1] + 1_000 };
      await remoteWrite(prometheus.url, [series]);
      return known(series);
    },
    empty: () => [form(`${prefix}_nobody`), `sum(${prefix}_nobody)`],
    unfit: () => [form(`${prefix}_unfit`), 'vector(1) / 0', '0 / 0', '-Inf'],
    failing: () => [
      form(`${prefix}_several`),
      `rate(${prefix}_m1)`,
      `${prefix}_several[5m]`,
      `${prefix}_several + on() ${prefix}_several`,
      '"a text"',
    ],
    bad: () => ['sum(', 'up{job="a}', ' ', { promql: 'up' }, { query: 'up', step: 1 }],
    requests: () => gateway.requests,
    asked: () => gateway.requests,
    requestsFor: (metrics) => metrics,
    hang: () => {
      gateway.state = 'hanging';
    },
    shatter: () => {
      gateway.state = 'broken';
    },
    mend: () => {
      gateway.state = 'sound';
    },
    underWay: () => gateway.underWay,
    close: () => gateway.close(),
  };
};
