import type { Json } from '@reeve/core';
import { readExpression } from './expression.ts';
import { Fields, isObject, shown } from './fields.ts';
import { readSosw } from './sosw.ts';
import { readStat } from './stat.ts';
import { type CloudwatchQuery, queryOf, statItem } from './types.ts';

export type ReadQuery =
  | { readonly kind: 'query'; readonly query: CloudwatchQuery }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

/** CloudWatch has some metrics minutes late, and what is looked at costs nothing: the price is by the metric. */
const LOOK_BACK = 900;
const TWO_WEEKS = 1_209_600;
/** Points of less than a minute are kept for three hours; the ends of a call are rounded. */
const FINE_LOOK_BACK = 10_000;

const SOSW = ['Namespace', 'MetricName', 'Name', 'Dimensions'];

/** A query in any of its forms, every field checked. */
export const readQuery = (value: Json): ReadQuery => {
  if (!isObject(value))
    return { kind: 'wrong', problems: [`must be an object like { namespace, metric, dimensions }, not ${shown(value)}`] };
  const fields = new Fields(value);
  const query = readForm(fields);
  return fields.problems.length === 0 ? { kind: 'query', query } : { kind: 'wrong', problems: fields.problems };
};

const readForm = (fields: Fields): CloudwatchQuery => {
  if (SOSW.some((name) => fields.of(name) !== undefined)) return readSosw(fields);
  if (fields.of('expression') !== undefined) {
    const item = readExpression(fields);
    return queryOf(item, 'newest', lookBackOf(fields, item.period));
  }
  fields.onlyKnows('namespace', 'metric', 'dimensions', 'period', 'statistic', 'unit', 'account', 'lookBack');
  const period = fields.period('period');
  return queryOf(statItem(readStat(fields, period)), 'newest', lookBackOf(fields, period));
};

/** The newest whole period ended up to one period ago, and began two ago: less would find none. */
const lookBackOf = (fields: Fields, period: number): number =>
  fields.seconds('lookBack', 2 * period, period < 60 ? FINE_LOOK_BACK : TWO_WEEKS) ?? Math.max(3 * period, LOOK_BACK);
