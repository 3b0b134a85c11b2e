import type { Json, MetricSource, Sample } from '@reeve/core';

/** A metric source with a fault that such programs have had. The kit is sound if it fails each. */
export interface MetricSourceMutant {
  readonly name: string;
  readonly mutate: (source: MetricSource) => MetricSource;
}

/** The source as it is, but for some of its members. */
export const altered = (source: MetricSource, members: Partial<MetricSource>): MetricSource => ({
  name: source.name,
  check: (query) => source.check(query),
  read: (queries, signal) => source.read(queries, signal),
  ...members,
});

type Read = MetricSource['read'];

/** @param read has the sound source's as its first argument */
export const ofReads = (
  name: string,
  read: (sound: Read, queries: readonly Json[], signal: AbortSignal) => Promise<readonly Sample[]>,
): MetricSourceMutant => ({
  name,
  mutate: (source) => altered(source, { read: (queries, signal) => read((...args) => source.read(...args), queries, signal) }),
});

/** A fault in each sample by itself. */
export const ofSamples = (name: string, change: (sample: Sample) => Sample): MetricSourceMutant =>
  ofReads(name, async (read, queries, signal) => (await read(queries, signal)).map(change));
