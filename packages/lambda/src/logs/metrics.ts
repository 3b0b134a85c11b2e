import type { EpochMs } from '@reeve/core';
import type { Count } from './counts.ts';

/** CloudWatch makes metrics of log lines in its embedded metric format: no call, no permission. */
export interface MetricsOptions {
  /** Default `Reeve`. */
  readonly namespace?: string;
  /** A further line for each labourer of which something happened, with the dimension `Labourer`. Default: only the sum of all. */
  readonly perLabourer?: boolean;
  /**
   * The Orchestrator also counts what is queued and running, at the end of each invocation: one `census` of the store, whose README says what
   * it costs. Default: no.
   */
  readonly census?: boolean;
  /** Default: a line on stdout. */
  readonly write?: (line: string) => void;
}

/** Numbers by name, each a metric. */
export type Measures = Readonly<Record<string, number>>;

const UNITS: Readonly<Record<string, string>> = { Waited: 'Milliseconds' };

export interface MetricLine {
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly at: EpochMs;
  readonly measures: Measures;
}

/** One line of the embedded metric format. */
export const metricLine = ({ namespace, dimensions, at, measures }: MetricLine): string =>
  JSON.stringify({
    _aws: {
      Timestamp: at,
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [Object.keys(dimensions)],
          Metrics: Object.keys(measures).map((Name) => ({ Name, Unit: UNITS[Name] ?? 'Count' })),
        },
      ],
    },
    ...dimensions,
    ...measures,
  });

export const measuresOf = ({ started, completed, retried, dead, refused, unknown, waited }: Readonly<Count>): Measures => ({
  Started: started,
  Completed: completed,
  Retried: retried,
  Dead: dead,
  Refused: refused,
  Unknown: unknown,
  // Of nothing that was started there is nothing to say, and a 0 would spoil the average.
  ...(started > 0 && { Waited: waited }),
});

export const sumOf = (counts: Iterable<Readonly<Count>>): Count => {
  const sum: Count = { started: 0, completed: 0, retried: 0, dead: 0, refused: 0, unknown: 0, waited: 0 };
  for (const each of counts) {
    for (const name of ['started', 'completed', 'retried', 'dead', 'refused', 'unknown'] as const) sum[name] += each[name];
    sum.waited = Math.max(sum.waited, each.waited);
  }
  return sum;
};
