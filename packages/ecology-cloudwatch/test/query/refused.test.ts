import type { Json } from '@reeve/core';
import { CloudwatchSource } from '@reeve/ecology-cloudwatch';
import { expect, test } from 'vitest';
import { CPU, PLACE } from '../support/rig.ts';

const source = new CloudwatchSource(PLACE);
const many = (count: number): Record<string, string> => Object.fromEntries(Array.from({ length: count }, (_, n) => [`d${n}`, 'x']));
const SOSW = { Namespace: 'AWS/RDS', MetricName: 'CPUUtilization' };
const sum = (metrics: Json): Json => ({ expression: 'a + b', metrics });

test.each<[string, Json, RegExp]>([
  ['no object', 'AWS/RDS', /must be an object/],
  ['a list', [CPU], /must be an object/],
  ['nothing in it', {}, /namespace must be a text.*; metric must be a text/],
  ['a word that is none', { ...CPU, Perid: 60 }, /Perid is not known; there are namespace/],
  ['no metric', { namespace: 'AWS/RDS' }, /metric must be a text of 1 to 255 characters, not missing/],
  ['a period in between', { ...CPU, period: 90 }, /period is 90; give 1, 5, 10, 20, 30 or a multiple of 60/],
  ['a period of no time', { ...CPU, period: 0 }, /period is 0/],
  ['a period as text', { ...CPU, period: '60' }, /period is "60"/],
  ['a longer period than there is', { ...CPU, period: 172_800 }, /period is 172800/],
  ['no statistic', { ...CPU, statistic: 'average' }, /statistic is "average"; give Average/],
  ['a percentile as a number', { ...CPU, statistic: 99 }, /statistic is 99/],
  ['no unit', { ...CPU, unit: 'percent' }, /unit is "percent"/],
  ['no account', { ...CPU, account: '42' }, /account is "42"; give the twelve digits/],
  ['dimensions as a list', { ...CPU, dimensions: [] }, /dimensions must be an object/],
  ['a dimension without a value', { ...CPU, dimensions: { a: '' } }, /dimensions\.a must be a text/],
  ['too many dimensions', { ...CPU, dimensions: many(31) }, /dimensions are 31; a metric has at most 30/],
  [
    'a look back of less than two periods',
    { ...CPU, period: 300, lookBack: 300 },
    /lookBack is 300; give a whole number of seconds from 600/,
  ],
  ['a look back beyond what fine points are kept', { ...CPU, period: 10, lookBack: 86_400 }, /lookBack is 86400/],
  ['sosw: two statistics', { ...SOSW, Statistics: ['Average', 'Sum'] }, /Statistics is \["Average","Sum"\]; give one of/],
  ['sosw: a statistic it does not know', { ...SOSW, Statistics: ['p99'] }, /Statistics is \["p99"\]/],
  ['sosw: both spellings', { ...SOSW, Name: 'CPU' }, /Name is given beside MetricName/],
  ['sosw: dimensions as an object', { ...SOSW, Dimensions: { a: 'b' } }, /Dimensions must be a list/],
  [
    'sosw: a dimension twice',
    {
      ...SOSW,
      Dimensions: [
        { Name: 'a', Value: '1' },
        { Name: 'a', Value: '2' },
      ],
    },
    /Dimensions\.a is there twice/,
  ],
  ['sosw: a dimension without a name', { ...SOSW, Dimensions: [{ Value: '1' }] }, /Dimensions has the name null/],
  ['sosw: a slice of no time', { ...SOSW, MetricAggregationTimeSlice: 0 }, /MetricAggregationTimeSlice is 0/],
  ['math: a name that is not there', sum({ a: CPU }), /expression names b, which is not in metrics/],
  ['math: a metric that is not used', { expression: 'a', metrics: { a: CPU, b: CPU } }, /metrics\.b is not used/],
  ['math: a metric that is none', sum({ a: CPU, b: { namespace: 'x' } }), /metrics\.b\.metric must be a text/],
  ['math: a period for one metric', sum({ a: CPU, b: { ...CPU, period: 60 } }), /metrics\.b\.period is not known/],
  ['math: a name in capitals', { expression: 'A', metrics: { A: CPU } }, /metrics\.A is no name/],
  ['math: what others ask for', { expression: 'SUM(METRICS())' }, /METRICS\(\), which would take in what others ask for/],
  ['math: brackets', { expression: 'MAX(a', metrics: { a: CPU } }, /brackets that do not close/],
  ['math: a quote', { expression: "SEARCH('x)" }, /has a ' without its other one/],
  ['a SELECT with metrics', { expression: 'SELECT AVG(a) FROM b', metrics: { a: CPU } }, /metrics cannot be used in a SELECT/],
])('refuses %s', (_, query, problem) => {
  expect(source.check(query)).toMatch(problem);
});

test('names everything that is wrong at once', () => {
  expect(source.check({ namespace: '', metric: 'x', period: 7, statistic: 'median' })?.split('; ').length).toBeGreaterThanOrEqual(3);
});

test.each<[string, Json]>([
  ['a trimmed mean', { ...CPU, statistic: 'tm95.5' }],
  ['bounds', { ...CPU, statistic: 'TM(10%:90%)' }],
  ['a percentile rank', { ...CPU, statistic: 'PR(:300)' }],
  ['a fine period', { ...CPU, period: 10 }],
  ['a unit by the second', { ...CPU, unit: 'Kilobytes/Second' }],
  ['a function', { expression: 'FILL(a, 0) / MAX([a, b]) * 1e3', metrics: { a: CPU, b: { ...CPU, statistic: 'p99' } } }],
  ['words in quotes', { expression: `SUM(SEARCH('{AWS/RDS,DBInstanceIdentifier} metricname="it"', 'Average'))` }],
  ['a SELECT', { expression: `SELECT MAX(CPUUtilization) FROM SCHEMA("AWS/RDS", a) WHERE a = 'b'`, period: 300 }],
  ['a name that objects bring along', { ...CPU, dimensions: { constructor: 'x' } }],
])('takes %s', (_, query) => {
  expect(source.check(query)).toBeUndefined();
});
