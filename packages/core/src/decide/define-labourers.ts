import type { Labourer } from '../domain/labourer.ts';
import type { Metric } from '../domain/metric.ts';
import type { Schema } from '../domain/schema.ts';
import { MOST_URGENT } from '../domain/task.ts';
import { DAY, MINUTE, type Millis } from '../domain/time.ts';
import type { ReeveError } from '../errors.ts';
import type { Problem } from '../ports/invoker.ts';
import { configFault } from './config-fault.ts';
import { healthOf } from './define-health.ts';
import { limitsOf, NAME, NAME_RULE, type ResourceDefinitions, unitsOf } from './define-limits.ts';
import { sharedMetricsOf } from './define-metrics.ts';
import { retryOf } from './define-retry.ts';
import { type Field, FieldReader } from './field-reader.ts';
import type { MetricDefinitions } from './health-definition.ts';
import type { LabourerDefinitions } from './labourer-definition.ts';

const HEADLINE = 'The labourers cannot be defined as they are written:';
const LONGEST_TIME: Millis = 7 * DAY;
const FIELDS =
  'target maxSimultaneousInvocations lease maxAttempts retry schema result priority expireAfter rate draws perKey ratePerKey keep health options'.split(
    ' ',
  );

/**
 * Makes labourers of their definitions, every field checked.
 * @param definitions by name; or the same as JSON text
 * @param resources what the labourers draw on
 * @param metrics those that labourers name instead of defining them
 * @throws ReeveError INVALID_LABOURERS that lists all problems of all labourers
 */
export const defineLabourers = (
  definitions: LabourerDefinitions | string,
  resources: ResourceDefinitions = {},
  metrics: MetricDefinitions = {},
): readonly Labourer[] => {
  const problems: Problem[] = [];
  const shared: Shared = {
    units: unitsOf(new FieldReader('resources', resources, problems)),
    metrics: sharedMetricsOf(new FieldReader('metrics', metrics, problems)),
  };
  const all = new FieldReader('labourers', typeof definitions === 'string' ? parse(definitions) : definitions, problems);
  const labourers = all.names().map((id) => defineOne(id, all.field(id), shared));
  if (labourers.length === 0 && problems.length === 0)
    all.refuse('there are none; define at least one, such as { thumbnails: { maxSimultaneousInvocations: 10 } }');
  if (problems.length > 0) throw configFault(problems, HEADLINE);
  return Object.freeze(labourers);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notJson(cause);
  }
};

const notJson = (cause: unknown): ReeveError =>
  configFault(
    [{ path: 'labourers', problem: `the text is not JSON: ${cause instanceof Error ? cause.message : String(cause)}` }],
    HEADLINE,
  );

/** What is defined once for all. */
interface Shared {
  readonly units: ReadonlyMap<string, number>;
  readonly metrics: ReadonlyMap<string, Metric>;
}

const defineOne = (id: string, field: Field, { units, metrics }: Shared): Labourer => {
  if (!NAME.test(id)) field.refuse(NAME_RULE);
  const own = field.members(FIELDS);
  const lease = own.field('lease').members(['duration', 'cooldown']);
  const duration = lease.field('duration').whole(1, LONGEST_TIME, 15 * MINUTE);
  const cap = own.field('maxSimultaneousInvocations').whole(1, 1_000_000);
  return Object.freeze({
    id,
    target: own.field('target').text(id),
    cap,
    lease: Object.freeze({ duration, cooldown: lease.field('cooldown').whole(0, LONGEST_TIME, 5 * MINUTE) }),
    maxAttempts: own.field('maxAttempts').whole(1, 1_000, 3),
    retry: Object.freeze(retryOf(own.field('retry'), duration)),
    ...schemasOf(own),
    ...defaultsOf(own),
    ...limitsOf(own, units),
    health: Object.freeze(healthOf(own.field('health'), { id, cap, metrics })),
    options: own.field('options').plainObject(),
  });
};

const schemasOf = (own: FieldReader): Pick<Labourer, 'schema' | 'result'> => {
  const [schema, result] = [own.field('schema'), own.field('result')];
  return { ...(isSchema(schema) && { schema: schema.value as Schema }), ...(isSchema(result) && { result: result.value as Schema }) };
};

/** Whether it is given, and one. Those of arktype are functions. */
const isSchema = (field: Field): boolean => {
  const value = field.value as Partial<Schema> | null | undefined;
  if (value === undefined) return false;
  const standard = typeof value === 'function' || (typeof value === 'object' && value !== null) ? value['~standard'] : undefined;
  if (standard?.version === 1 && typeof standard.validate === 'function') return true;
  field.refuse('is no Standard Schema; give one, such as a schema of zod, valibot or arktype, in code');
  return false;
};

/** Of tasks that are given none of their own. */
const defaultsOf = (own: FieldReader): Pick<Labourer, 'priority' | 'expireAfter'> => {
  const [priority, expireAfter] = [own.field('priority'), own.field('expireAfter')];
  return {
    ...(priority.isGiven && { priority: priority.whole(0, MOST_URGENT) }),
    ...(expireAfter.isGiven && { expireAfter: expireAfter.whole(1, LONGEST_TIME) }),
  };
};
