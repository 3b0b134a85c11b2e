import assert from 'node:assert/strict';
import type { Json, Sample } from '@reeve/core';
import type { KnownMetric, MetricSourceBench } from './bench.ts';

/** A signal that nobody aborts. */
export const calm = (): AbortSignal => new AbortController().signal;

export const read = ({ source }: MetricSourceBench, queries: readonly Json[]): Promise<readonly Sample[]> => source.read(queries, calm());

export const queriesOf = (metrics: readonly KnownMetric[]): readonly Json[] => metrics.map(({ query }) => query);

/** The newest of each metric, in their order: value and instant. */
export const assertNewest = (samples: readonly Sample[], metrics: readonly KnownMetric[]): void => {
  assert.equal(samples.length, metrics.length, 'there is not one sample for each query');
  for (const [n, { query, value, measured }] of metrics.entries()) {
    const sample = samples[n]!;
    const what = JSON.stringify(query);
    assert.equal(sample.kind, 'value', `${what}: ${sample.kind === 'failed' ? String(sample.error) : sample.kind}`);
    if (sample.kind !== 'value') return;
    assert.equal(sample.value, value, what);
    const [first, last] = measured;
    assert.ok(sample.at >= first && sample.at <= last, `${what} was measured at ${sample.at}, which is not from ${first} to ${last}`);
  }
};

/** The same query, the members of its objects in the opposite order. */
export const turnedRound = (query: Json): Json => {
  if (typeof query !== 'object' || query === null) return query;
  if (Array.isArray(query)) return query.map((each: Json) => turnedRound(each));
  return Object.fromEntries(
    Object.entries(query)
      .reverse()
      .map(([name, value]) => [name, turnedRound(value)]),
  );
};
