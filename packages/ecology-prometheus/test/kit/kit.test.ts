import { testMetricSource } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { onePrometheus } from '../support/prometheus.ts';
import { prometheusBench } from './prometheus-bench.ts';

const prometheus = onePrometheus();

testMetricSource(
  { describe, it },
  'PrometheusSource, asked by selectors,',
  prometheusBench(prometheus, (name) => `${name}{job!="x{}"}`),
);
testMetricSource(
  { describe, it },
  'PrometheusSource, asked by objects,',
  prometheusBench(prometheus, (query) => ({ query })),
);
