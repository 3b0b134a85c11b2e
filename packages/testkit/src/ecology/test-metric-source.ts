import type { TestRunner } from '../invoker/bench.ts';
import type { MetricSourceBench } from './bench.ts';
import { checkCases } from './check-cases.ts';
import { requestCases } from './request-cases.ts';
import { sampleCases } from './sample-cases.ts';

/** One thing that must hold. Throws if it does not. */
export interface MetricSourceCase {
  readonly name: string;
  readonly run: (bench: MetricSourceBench) => Promise<void>;
}

export const METRIC_SOURCE_CASES: readonly MetricSourceCase[] = [...checkCases, ...sampleCases, ...requestCases];

/**
 * The kit that every metric source has to pass: the promises H1 to H5 of the port `MetricSource`.
 * @param open makes a bench of its own for each case
 */
export const testMetricSource = ({ describe, it }: TestRunner, name: string, open: () => Promise<MetricSourceBench>): void => {
  describe(`${name} keeps the promises of a metric source`, () => {
    for (const each of METRIC_SOURCE_CASES) it(each.name, () => runMetricSourceCase(each, open));
  });
};

export const runMetricSourceCase = async ({ run }: MetricSourceCase, open: () => Promise<MetricSourceBench>): Promise<void> => {
  const bench = await open();
  try {
    await run(bench);
  } finally {
    await bench.close();
  }
};
