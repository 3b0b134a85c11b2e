import { Health } from '../domain/health.ts';
import type { HealthCoefficients, Labourer, OnMissingHealth } from '../domain/labourer.ts';
import type { Schema } from '../domain/schema.ts';
import { MOST_URGENT } from '../domain/task.ts';
import { DAY, MINUTE, type Millis } from '../domain/time.ts';
import type { ReeveError } from '../errors.ts';
import type { Problem } from '../ports/invoker.ts';
import { configFault } from './config-fault.ts';
import { limitsOf, NAME, NAME_RULE, type ResourceDefinitions, unitsOf } from './define-limits.ts';
import { retryOf } from './define-retry.ts';
import { type Field, FieldReader } from './field-reader.ts';
import type { LabourerDefinitions } from './labourer-definition.ts';

const HEADLINE = 'The labourers cannot be defined as they are written:';
const LONGEST_TIME: Millis = 7 * DAY;
const FIELDS =
  'target maxSimultaneousInvocations lease maxAttempts retry schema result priority expireAfter rate draws perKey keep health options'.split(
    ' ',
  );

/**
 * Makes labourers of their definitions, every field checked.
 * @param definitions by name; or the same as JSON text
 * @param resources what the labourers draw on
 * @throws ReeveError INVALID_LABOURERS that lists all problems of all labourers
 */
export const defineLabourers = (definitions: LabourerDefinitions | string, resources: ResourceDefinitions = {}): readonly Labourer[] => {
  const problems: Problem[] = [];
  const units = unitsOf(new FieldReader('resources', resources, problems));
  const all = new FieldReader('labourers', typeof definitions === 'string' ? parse(definitions) : definitions, problems);
  const labourers = all.names().map((id) => defineOne(id, all.field(id), units));
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

const defineOne = (id: string, field: Field, resources: ReadonlyMap<string, number>): Labourer => {
  if (!NAME.test(id)) field.refuse(NAME_RULE);
  const own = field.members(FIELDS);
  const lease = own.field('lease').members(['duration', 'cooldown']);
  const duration = lease.field('duration').whole(1, LONGEST_TIME, 15 * MINUTE);
  return Object.freeze({
    id,
    target: own.field('target').text(id),
    cap: own.field('maxSimultaneousInvocations').whole(1, 1_000_000),
    lease: Object.freeze({ duration, cooldown: lease.field('cooldown').whole(0, LONGEST_TIME, 5 * MINUTE) }),
    maxAttempts: own.field('maxAttempts').whole(1, 1_000, 3),
    retry: Object.freeze(retryOf(own.field('retry'), duration)),
    ...schemasOf(own),
    ...defaultsOf(own),
    ...limitsOf(own, resources),
    health: Object.freeze(healthOf(own.field('health'))),
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

const LEVELS = Object.entries(Health) as readonly (readonly [name: keyof typeof Health, level: Health])[];
const DEFAULT_COEFFICIENTS: HealthCoefficients = { 0: 0, 1: 0, 2: 0.5, 3: 0.75, 4: 1 };

const healthOf = (field: Field): Labourer['health'] => {
  const own = field.members(['coefficients', 'onMissing']);
  const levels = LEVELS.flatMap(([name, level]) => [name, String(level)]);
  const given = own.field('coefficients').members(levels);
  const coefficients: Record<Health, number> = { ...DEFAULT_COEFFICIENTS };
  for (const [name, level] of LEVELS) {
    const byName = given.field(name);
    const byNumber = given.field(String(level));
    if (byName.isGiven && byNumber.isGiven) byName.refuse(`is given as ${name} and as ${level}; give one of them`);
    coefficients[level] = (byName.isGiven ? byName : byNumber).share(DEFAULT_COEFFICIENTS[level]);
  }
  const onMissing = String(own.field('onMissing').oneOf(['hold', ...levels, ...LEVELS.map(([, level]) => level)], 'hold'));
  return { coefficients: Object.freeze(coefficients), onMissing: levelOf(onMissing) };
};

const levelOf = (name: string): OnMissingHealth => LEVELS.find(([each, level]) => name === each || name === String(level))?.[1] ?? 'hold';
