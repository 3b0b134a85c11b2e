import type { EpochMs } from '@reeve/core';
import { foldOf } from './statistic.ts';
import type { CloudwatchMetric, CloudwatchQuery } from './types.ts';

interface Point {
  readonly at: EpochMs;
  readonly value: number;
  readonly unit: string | undefined;
}

type Stat = NonNullable<CloudwatchQuery['MetricStat']>;

const keyOf = ({ namespace, metric, dimensions = {}, account = '' }: CloudwatchMetric): string =>
  JSON.stringify([namespace, metric, account, Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1))]);

/** All that was measured. */
export class CloudwatchStore {
  readonly #points = new Map<string, { readonly metric: string; readonly points: Point[] }>();

  put(metric: CloudwatchMetric, value: number, at: EpochMs): void {
    const key = keyOf(metric);
    const series = this.#points.get(key) ?? { metric: metric.metric, points: [] };
    series.points.push({ at, value, unit: metric.unit });
    this.#points.set(key, series);
  }

  /** The points of a query between two instants, by the second in which their periods began. */
  series({ Metric, Period, Stat: statistic, Unit }: Stat, account: string | undefined, start: EpochMs, end: EpochMs): Map<number, number> {
    const { Namespace: namespace, MetricName: metric, Dimensions = [] } = Metric;
    const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
    const key = keyOf({ namespace, metric, dimensions, ...(account !== undefined && { account }) });
    return folded(this.#points.get(key)?.points ?? [], { period: Period, statistic, unit: Unit, start, end });
  }

  /** What SEARCH finds, in the small: every series whose metric is named in the text. */
  search(text: string, period: number, start: EpochMs, end: EpochMs): readonly Map<number, number>[] {
    return [...this.#points.values()]
      .filter(({ metric }) => text.includes(metric))
      .map(({ points }) => folded(points, { period, statistic: 'Average', unit: undefined, start, end }));
  }
}

interface Folding {
  readonly period: number;
  readonly statistic: string;
  readonly unit: string | undefined;
  readonly start: EpochMs;
  readonly end: EpochMs;
}

const folded = (points: readonly Point[], { period, statistic, unit, start, end }: Folding): Map<number, number> => {
  const periods = new Map<number, number[]>();
  for (const { at, value, unit: own } of points) {
    const began = Math.floor(at / 1_000 / period) * period;
    if (began * 1_000 < start || began * 1_000 >= end || (unit !== undefined && unit !== own)) continue;
    const values = periods.get(began) ?? [];
    values.push(value);
    periods.set(began, values);
  }
  const fold = foldOf(statistic)!;
  return new Map([...periods].toSorted(([a], [b]) => b - a).map(([began, values]) => [began, fold(values)]));
};
