import type { Millis } from '@reeve/core';

/** One metric with its statistic, every field checked. */
export interface Stat {
  readonly namespace: string;
  readonly metric: string;
  /** By name. */
  readonly dimensions: readonly (readonly [string, string])[];
  /** In seconds. */
  readonly period: number;
  readonly statistic: string;
  readonly unit?: string;
  readonly account?: string;
}

/** Two with one key are the same to CloudWatch, and are asked for once. */
export type Item = StatItem | ExpressionItem;

export interface StatItem {
  readonly kind: 'stat';
  readonly key: string;
  readonly stat: Stat;
}

export interface ExpressionItem {
  readonly kind: 'expression';
  readonly key: string;
  /** In seconds. */
  readonly period: number;
  /** The text, and in it the metrics whose ids belong there. A call gives out ids of its own. */
  readonly parts: readonly (string | StatItem)[];
  /** A SELECT of Metrics Insights, of which a call may have one. */
  readonly isSelect: boolean;
}

/** What is made of the points of the last `span`: the newest whole one, or one of all. */
export type Fold = 'newest' | 'mean' | 'max' | 'min' | 'sum';

export interface CloudwatchQuery {
  readonly key: string;
  readonly item: Item;
  readonly fold: Fold;
  readonly period: Millis;
  /** How far back it looks. */
  readonly span: Millis;
}

export const periodOf = (item: Item): number => (item.kind === 'stat' ? item.stat.period : item.period);

export const statItem = (stat: Stat): StatItem => {
  const { namespace, metric, dimensions, period, statistic, unit = '', account = '' } = stat;
  return { kind: 'stat', stat, key: JSON.stringify([namespace, metric, dimensions, period, statistic, unit, account]) };
};

export const queryOf = (item: Item, fold: Fold, span: number): CloudwatchQuery => ({
  key: `${fold} ${span} ${item.key}`,
  item,
  fold,
  period: periodOf(item) * 1_000,
  span: span * 1_000,
});
