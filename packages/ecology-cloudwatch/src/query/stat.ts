import type { Json } from '@reeve/core';
import { type Fields, isObject, shown } from './fields.ts';
import type { Stat } from './types.ts';

const PERCENT = String.raw`\d{1,3}(?:\.\d{1,10})?`;
const BOUND = String.raw`-?\d+(?:\.\d+)?(?:[eE]-?\d+)?%?`;
/** The plain ones, percentiles and trimmed ones (p99, tm95, wm90, tc99, ts99), and those with bounds: TM(10%:90%), PR(:300). */
const STATISTIC = new RegExp(
  `^(?:SampleCount|Average|Sum|Minimum|Maximum|IQM|(?:p|tm|wm|tc|ts)${PERCENT}|(?:TM|WM|TC|TS|PR)\\((?:${BOUND})?:(?:${BOUND})?\\))$`,
);
const STATISTIC_REMEDY = 'Average, Sum, Minimum, Maximum, SampleCount, a percentile like p99, or another statistic of CloudWatch like tm95';
const UNIT =
  /^(?:Seconds|Microseconds|Milliseconds|Percent|Count|None|Count\/Second|(?:Kilo|Mega|Giga|Tera)(?:bytes|bits)(?:\/Second)?|(?:Bytes|Bits)(?:\/Second)?)$/;
const UNIT_REMEDY = 'a unit of CloudWatch like Percent, Count, Seconds or Bytes/Second';

const MOST_DIMENSIONS = 30;

/** What the own form and an expression's metrics have in common. */
export const readStat = (fields: Fields, period: number): Stat => {
  const unit = fields.matching('unit', UNIT, UNIT_REMEDY);
  const account = fields.matching('account', /^\d{12}$/, 'the twelve digits of an account');
  return {
    namespace: fields.text('namespace', 255),
    metric: fields.text('metric', 255),
    dimensions: readDimensions(fields, 'dimensions', fields.of('dimensions') ?? {}),
    period,
    statistic: fields.matching('statistic', STATISTIC, STATISTIC_REMEDY) ?? 'Average',
    ...(unit !== undefined && { unit }),
    ...(account !== undefined && { account }),
  };
};

export const readUnit = (fields: Fields, name: string): string | undefined => fields.matching(name, UNIT, UNIT_REMEDY);

/** By name, so that those of two queries compare. */
const readDimensions = (fields: Fields, name: string, value: Json): Stat['dimensions'] => {
  if (!isObject(value)) {
    fields.say(name, `must be an object like { DBInstanceIdentifier: 'orders' }, not ${shown(value)}`);
    return [];
  }
  return checkDimensions(fields, name, Object.entries(value));
};

export const checkDimensions = (fields: Fields, name: string, pairs: readonly (readonly [Json, Json])[]): Stat['dimensions'] => {
  if (pairs.length > MOST_DIMENSIONS) fields.say(name, `are ${pairs.length}; a metric has at most ${MOST_DIMENSIONS}`);
  const dimensions: (readonly [string, string])[] = [];
  for (const [dimension, value] of pairs) {
    if (!isText(dimension, 255)) fields.say(name, `has the name ${shown(dimension)}; give a text of 1 to 255 characters`);
    else if (!isText(value, 1_024)) fields.say(`${name}.${dimension}`, `must be a text of 1 to 1024 characters, not ${shown(value)}`);
    else if (dimensions.some(([other]) => other === dimension)) fields.say(`${name}.${dimension}`, 'is there twice; leave one out');
    else dimensions.push([dimension, value]);
  }
  return dimensions.toSorted(([a], [b]) => (a < b ? -1 : 1));
};

const isText = (value: Json, most: number): value is string => typeof value === 'string' && value.length > 0 && value.length <= most;
