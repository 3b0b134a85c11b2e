import { Health } from '../domain/health.ts';
import type { Comparison, MetricLevel } from '../domain/metric.ts';
import { byLevel, checkOrder } from './define-levels.ts';
import type { Field, FieldReader } from './field-reader.ts';
import { isPlainObject } from './frozen-copy.ts';

/** Where sosw reads its metrics. */
export const SOSW_SOURCE = 'cloudwatch';

const DETAILS: readonly string[] = [
  'Namespace',
  'MetricName',
  'Name',
  'Dimensions',
  'Period',
  'Statistics',
  'Unit',
  'MetricAggregationTimeSlice',
];
export const SOSW_MEMBERS: readonly string[] = ['details', 'feelings', 'feeling_comparison_operator', ...DETAILS];

export const isSoswMetric = (value: unknown): boolean =>
  isPlainObject(value) && ['details', 'feelings', 'feeling_comparison_operator'].some((each) => value[each] !== undefined);

/** Both spellings become one, so that metrics which are the same share a reading. */
export const detailsOf = (field: Field, own: FieldReader): unknown => {
  const beside = DETAILS.filter((each) => own.field(each).isGiven).map((each) => [each, own.field(each).value] as const);
  const given = own.field('details');
  if (given.isGiven && !isPlainObject(given.value)) {
    given.refuse(`${given.shown}; give an object, such as { Namespace: "AWS/RDS", MetricName: "CPUUtilization" }`);
    return {};
  }
  if (given.isGiven && beside.length > 0)
    field.refuse(`has details, and ${beside.map(([name]) => name).join(', ')} beside them; put all there`);
  const { Name, MetricName = Name, ...others } = (given.value ?? Object.fromEntries(beside)) as Readonly<Record<string, unknown>>;
  if (Name !== undefined && Name !== MetricName) given.refuse('has a Name and another MetricName; give one of them');
  return { ...others, ...(MetricName !== undefined && { MetricName }) };
};

/** sosw looks the name up among Python's operators; its documentation writes the sign, on which it crashes. */
const OPERATORS: Readonly<Record<string, Comparison>> = { lt: '<', le: '<=', gt: '>', ge: '>=', eq: '==', ne: '!=' };

const operatorOf = (field: Field): Comparison | undefined => {
  const name = typeof field.value === 'string' ? field.value.trim().replace(/^__(\w+)__$/, '$1') : '';
  const found = Object.entries(OPERATORS).find(([word, sign]) => name === word || name === sign);
  if (!found) field.refuse(`${field.shown}; give one of ${Object.entries(OPERATORS).flat().join(', ')}`);
  return found?.[1];
};

/** What sosw calls Bad is what is left, here as there. */
export const feelingsOf = (field: Field, operator: Field): readonly MetricLevel[] => {
  const comparison = operatorOf(operator);
  const levels = byLevel(field).flatMap(([health, own]) => {
    const than = typeof own.value === 'string' && own.value.trim() !== '' ? Number(own.value) : own.value;
    if (typeof than === 'number' && Number.isFinite(than)) return comparison ? [{ health, comparison, than }] : [];
    own.refuse(`${own.shown}; give a number`);
    return [];
  });
  const above = checkOrder(field, levels).filter(({ health }) => health !== Health.Bad);
  if (levels.length > 0 && above.length === 0) field.refuse('has no level but 0, so that health is always Bad; give another');
  return Object.freeze(above);
};
