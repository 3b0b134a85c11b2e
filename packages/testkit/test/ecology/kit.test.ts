import { type MetricSourceBench, metricSourceMutants, testMetricSource } from '@reeve/testkit';
import { describe, expect, it } from 'vitest';
import { METRIC_SOURCE_CASES, type MetricSourceCase, runMetricSourceCase } from '../../src/ecology/test-metric-source.ts';
import { referenceBench } from './reference-bench.ts';

testMetricSource({ describe, it }, 'the reference', referenceBench);

/** Nothing here goes over a network: a case that has not ended after so many turns of the event loop never will. */
const PATIENCE = 30;
const patience = async (): Promise<boolean> => {
  for (let turn = 0; turn < PATIENCE; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return false;
};
const passes = (each: MetricSourceCase, open: () => Promise<MetricSourceBench>): Promise<boolean> =>
  Promise.race([
    patience(),
    runMetricSourceCase(each, open).then(
      () => true,
      () => false,
    ),
  ]);

const failuresOf = async (open: () => Promise<MetricSourceBench>): Promise<readonly string[]> => {
  const passed = await Promise.all(METRIC_SOURCE_CASES.map((each) => passes(each, open)));
  return METRIC_SOURCE_CASES.filter((_, n) => !passed[n]).map(({ name }) => name);
};
const spoilt = (mutate: (typeof metricSourceMutants)[number]['mutate']) => async (): Promise<MetricSourceBench> => {
  const bench = await referenceBench();
  // The members that count are read through the bench itself, so it stays one object.
  return Object.assign(Object.create(bench) as MetricSourceBench, { source: mutate(bench.source) });
};

describe('the kit fails a metric source that', () => {
  for (const { name, mutate } of metricSourceMutants) {
    it(name, async () => {
      expect(await failuresOf(spoilt(mutate))).not.toEqual([]);
    });
  }
});

it('the kit passes, as fast, a source without a fault', async () => {
  expect(await failuresOf(referenceBench)).toEqual([]);
});

it('each case fails some source', async () => {
  const useful = new Set<string>();
  for (const { mutate } of metricSourceMutants) for (const failure of await failuresOf(spoilt(mutate))) useful.add(failure);
  expect(METRIC_SOURCE_CASES.map(({ name }) => name).filter((name) => !useful.has(name))).toEqual([]);
});
