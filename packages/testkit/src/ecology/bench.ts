import type { EpochMs, Json, MetricSource } from '@reeve/core';

/** A metric whose newest value is known. */
export interface KnownMetric {
  readonly query: Json;
  readonly value: number;
  /** The first and the last instant at which it may have been measured; the same one where the system tells it exactly. */
  readonly measured: readonly [EpochMs, EpochMs];
}

/** A metric source, and the system that it reads, or what stands before it, in the hands of the kit. */
export interface MetricSourceBench {
  readonly source: MetricSource;
  /** So many metrics with data, each with a value of its own. Answers once all can be read. */
  metrics(count: number): Promise<readonly KnownMetric[]>;
  /** Something new is measured. Answers once it can be read. */
  measure(metric: KnownMetric): Promise<KnownMetric>;
  /** Queries that are in order and have no data. */
  empty(): readonly Json[];
  /** Queries whose newest value is not finite. */
  unfit(): readonly Json[];
  /** Queries that pass `check` and that the system answers with an error, each for itself. */
  failing(): readonly Json[];
  /** Queries that `check` has to find fault with. */
  bad(): readonly Json[];
  /** How many requests have reached the system so far. */
  requests(): number;
  /** How many metrics these asked for, those that were asked for twice counted twice. */
  asked(): number;
  /** How many requests a read of so many different metrics takes at most. */
  requestsFor(metrics: number): number;
  /** From now on requests wait for their answer, until `mend`. */
  hang(): void;
  /** From now on every request fails, until `mend`. */
  shatter(): void;
  /** As it was. What has waited is answered now. */
  mend(): void;
  /** How many requests wait for their answer, and their sender with them. */
  underWay(): number;
  close(): Promise<void>;
}
