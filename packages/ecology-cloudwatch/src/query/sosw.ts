import type { Json } from '@reeve/core';
import { type Fields, isObject, shown } from './fields.ts';
import { checkDimensions, readUnit } from './stat.ts';
import { type CloudwatchQuery, type Fold, queryOf, type Stat, statItem } from './types.ts';

/** How sosw makes one value of the points of its window. It knows the first three; the others are what they can only mean. */
const FOLDS: Readonly<Record<string, Fold>> = { Average: 'mean', Maximum: 'max', Minimum: 'min', Sum: 'sum', SampleCount: 'sum' };
const STATISTICS = Object.keys(FOLDS).join(', ');

/** Five minutes, as sosw has it where nothing is said. */
const WINDOW = 300;
const TWO_WEEKS = 1_209_600;

/** The `details` of one of sosw's health metrics, in both documented spellings. */
export const readSosw = (fields: Fields): CloudwatchQuery => {
  fields.onlyKnows('Namespace', 'MetricName', 'Name', 'Dimensions', 'Period', 'Statistics', 'Unit', 'MetricAggregationTimeSlice');
  if (fields.of('MetricName') !== undefined && fields.of('Name') !== undefined)
    fields.say('Name', 'is given beside MetricName; leave it out');
  const period = fields.period('Period');
  const statistic = statisticOf(fields);
  const unit = readUnit(fields, 'Unit');
  const stat: Stat = {
    namespace: fields.text('Namespace', 255),
    metric: fields.text(fields.of('Name') === undefined ? 'MetricName' : 'Name', 255),
    dimensions: dimensionsOf(fields, fields.of('Dimensions') ?? []),
    period,
    statistic,
    ...(unit !== undefined && { unit }),
  };
  const window = fields.seconds('MetricAggregationTimeSlice', 1, period < 60 ? 10_000 : TWO_WEEKS) ?? Math.max(WINDOW, period);
  return queryOf(statItem(stat), FOLDS[statistic] ?? 'mean', Math.max(window, period));
};

const statisticOf = (fields: Fields): string => {
  const value = fields.of('Statistics') ?? ['Average'];
  const [only, ...others]: readonly Json[] = Array.isArray(value) ? value : [value];
  if (typeof only === 'string' && Object.hasOwn(FOLDS, only) && others.length === 0) return only;
  fields.say('Statistics', `is ${shown(value)}; give one of ${STATISTICS} in a list`);
  return 'Average';
};

const dimensionsOf = (fields: Fields, value: Json): Stat['dimensions'] => {
  if (!Array.isArray(value) || !value.every(isObject)) {
    fields.say('Dimensions', `must be a list like [{ Name: 'DBInstanceIdentifier', Value: 'orders' }], not ${shown(value)}`);
    return [];
  }
  return checkDimensions(
    fields,
    'Dimensions',
    value.map(({ Name = null, Value = null }) => [Name, Value] as const),
  );
};
