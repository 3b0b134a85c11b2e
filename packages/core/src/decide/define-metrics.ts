import type { Json } from '../domain/json.ts';
import type { Metric } from '../domain/metric.ts';
import { DAY, MINUTE, type Millis, SECOND } from '../domain/time.ts';
import { levelsOf, onMissingOf } from './define-levels.ts';
import { NAME, NAME_RULE } from './define-limits.ts';
import type { Field, FieldReader } from './field-reader.ts';
import { frozenCopy } from './frozen-copy.ts';
import { findFlaw } from './json-flaw.ts';
import { detailsOf, feelingsOf, isSoswMetric, SOSW_MEMBERS, SOSW_SOURCE } from './sosw-metric.ts';
import { textProblem } from './text-problem.ts';

const MOST_METRICS = 100;
const LONGEST: Millis = 7 * DAY;
const LONGEST_QUERY = 16_384;

export const RULES: readonly string[] = ['onMissing', 'every', 'staleAfter', 'hysteresis', 'smoothing'];

/** Those that are defined once, for labourers to name. */
export const sharedMetricsOf = (all: FieldReader): ReadonlyMap<string, Metric> =>
  new Map(all.names().map((name) => [name, metricOf(name, all.field(name))]));

/** A labourer's own, or the names of shared ones. */
export const metricsOf = (field: Field, shared: ReadonlyMap<string, Metric>): readonly Metric[] => {
  if (Array.isArray(field.value)) return [...new Set(field.items(MOST_METRICS).flatMap((each) => sharedOne(each, shared)))];
  const own = field.membersOfAnyName();
  const names = own.names();
  if (names.length > MOST_METRICS) field.refuse(`has ${names.length} metrics; give at most ${MOST_METRICS}`);
  return names.slice(0, MOST_METRICS).map((name) => metricOf(name, own.field(name)));
};

const sharedOne = (field: Field, shared: ReadonlyMap<string, Metric>): readonly Metric[] => {
  const metric = typeof field.value === 'string' ? shared.get(field.value) : undefined;
  if (metric) return [metric];
  const known = shared.size === 0 ? 'none are' : `known are ${[...shared.keys()].join(', ')}`;
  field.refuse(`${field.shown}; name one that is defined in createReeve({ metrics: { ... } }): ${known}`);
  return [];
};

const metricOf = (name: string, field: Field): Metric => {
  const problem = textProblem(name, 128);
  if (problem) field.refuse(`${problem}; give a name of 1 to 128 characters`);
  return isSoswMetric(field.value) ? soswMetricOf(name, field) : ownMetricOf(name, field);
};

const ownMetricOf = (name: string, field: Field): Metric => {
  const own = field.members(['source', 'query', 'levels', ...RULES]);
  const source = sourceOf(own.field('source'));
  const query = queryOf(own.field('query'));
  return Object.freeze({
    name,
    source,
    query,
    levels: levelsOf(own.field('levels')),
    ...rulesOf(own, defaultsOf(query, source === SOSW_SOURCE)),
  });
};

const soswMetricOf = (name: string, field: Field): Metric => {
  const own = field.members([...SOSW_MEMBERS, ...RULES]);
  const query = queryOf(field, detailsOf(field, own));
  const levels = feelingsOf(own.field('feelings'), own.field('feeling_comparison_operator'));
  return Object.freeze({ name, source: SOSW_SOURCE, query, levels, ...rulesOf(own, defaultsOf(query, true)) });
};

const sourceOf = (field: Field): string => {
  if (typeof field.value === 'string' && NAME.test(field.value)) return field.value;
  field.refuse(`${field.shown}; give the name of a source, such as "cloudwatch", "prometheus" or "probe" (${NAME_RULE})`);
  return '';
};

/** @param value what is asked, if it is not the field as it stands */
const queryOf = (field: Field, value: unknown = field.value): Json => {
  const refuse = (problem: string): null => {
    field.refuse(problem);
    return null;
  };
  if (value === undefined) return refuse('is missing; give what the source is asked, in its own words');
  try {
    const flaw = findFlaw(value, { maxDepth: 16, maxBytes: LONGEST_QUERY });
    if (flaw?.kind === 'value') return refuse(`cannot be asked: ${flaw.path}${flaw.path && ': '}${flaw.problem}`);
    const text = flaw ? undefined : JSON.stringify(value);
    if (text === undefined || text.length > LONGEST_QUERY) return refuse(`is too large; give at most ${LONGEST_QUERY} bytes and 16 levels`);
    return frozenCopy(JSON.parse(text) as Json);
  } catch (error) {
    return refuse(`could not be read: ${error instanceof Error ? error.message : String(error)}; give plain data`);
  }
};

interface Defaults {
  readonly every: Millis;
  readonly leastStale: Millis;
}

/**
 * CloudWatch has one value for each period: to ask more often brings nothing new, and is paid for. A source of it may have a name of its own,
 * for another region, so what has a period is taken for one as well.
 */
const defaultsOf = (query: Json, isCloudwatch: boolean): Defaults => {
  const { Period, period = Period } = (typeof query === 'object' && query !== null ? query : {}) as Readonly<Record<string, unknown>>;
  const seconds = Number(period);
  const isPeriod = Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400;
  if (!isPeriod && !isCloudwatch) return { every: 10 * SECOND, leastStale: 0 };
  return { every: isPeriod ? seconds * SECOND : MINUTE, leastStale: 5 * MINUTE };
};

export const rulesOf = (own: FieldReader, defaults: Defaults): Omit<Metric, 'name' | 'source' | 'query' | 'levels'> => {
  const every = own.field('every').whole(1, LONGEST, defaults.every);
  const staleAfter = own.field('staleAfter').whole(1, LONGEST, Math.min(LONGEST, Math.max(5 * every, defaults.leastStale)));
  if (staleAfter < every)
    own.field('staleAfter').refuse(`is ${staleAfter}, and it is read every ${every}: it would be too old most of the time; give more`);
  const onMissing = onMissingOf(own.field('onMissing'), undefined);
  return {
    ...(onMissing !== undefined && { onMissing }),
    staleAfter,
    every,
    hysteresis: own.field('hysteresis').whole(0, LONGEST, 0),
    smoothing: own.field('smoothing').whole(0, LONGEST, 0),
  };
};
