import type { EpochMs, Sample } from '@reeve/core';
import type { CloudwatchQuery, Fold } from '../query/types.ts';
import type { Found, Point } from './gather.ts';

/** @param found nothing, where CloudWatch had no result for it: a search that finds no metric */
export const sampleOf = (query: CloudwatchQuery, found: Found | undefined, now: EpochMs): Sample => {
  if (!found) return { kind: 'none' };
  const { status, remark, isSeveral } = found;
  const quoted = remark === '' ? '' : ` (${remark})`;
  if (isSeveral) return failed('the query has more series than one; make one of them, as by MAX(...), or by a SELECT without GROUP BY');
  if (status === 'Forbidden') return failed(`CloudWatch does not let this role read it${quoted}; allow it, or mend the account`);
  if (status === 'InternalError') return failed(`CloudWatch could not work it out${quoted}`);
  const isPartial = status === 'PartialData';
  if (query.fold === 'newest') return newestOf(query, found.points, now, isPartial);
  return isPartial ? incomplete() : allOf(query, FOLDS[query.fold], found.points, now);
};

/**
 * The newest point whose period is over. The one that is running is left alone: its sum is a part of a sum, and its average and its
 * percentiles are of the few values that came in since it began. The newest come first, so that a part of the points is enough.
 */
const newestOf = (query: CloudwatchQuery, points: readonly Point[], now: EpochMs, isPartial: boolean): Sample => {
  const { period } = query;
  const newest = latest(points.filter(({ began }) => began >= firstOf(query, now) && began + period <= now));
  if (!newest) return isPartial ? incomplete() : { kind: 'none' };
  return Number.isFinite(newest.value) ? { kind: 'value', value: newest.value, at: newest.began + period } : { kind: 'none' };
};

/** One value of all points of the window, the running one among them, as sosw does it. */
const allOf = (query: CloudwatchQuery, fold: Values, points: readonly Point[], now: EpochMs): Sample => {
  const { period } = query;
  const window = points.filter(({ began, value }) => began >= firstOf(query, now) && Number.isFinite(value));
  const newest = latest(window);
  if (!newest) return { kind: 'none' };
  const value = fold(window.map((each) => each.value));
  return Number.isFinite(value) ? { kind: 'value', value, at: Math.min(newest.began + period, now) } : { kind: 'none' };
};

/** When the first period began that counts. A call looks back as far as the longest of its queries, and none may see more for that. */
const firstOf = ({ period, span }: CloudwatchQuery, now: EpochMs): EpochMs => Math.floor((now - span) / period) * period;

type Values = (values: readonly number[]) => number;

const sum: Values = (values) => values.reduce((total, each) => total + each, 0);

const FOLDS: Readonly<Record<Exclude<Fold, 'newest'>, Values>> = {
  mean: (values) => sum(values) / values.length,
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  sum,
};

const latest = (points: readonly Point[]): Point | undefined =>
  points.reduce<Point | undefined>((newest, each) => (newest && newest.began >= each.began ? newest : each), undefined);

const incomplete = (): Sample => failed('CloudWatch answered with a part of the points');

const failed = (message: string): Sample => ({ kind: 'failed', error: new Error(message) });
