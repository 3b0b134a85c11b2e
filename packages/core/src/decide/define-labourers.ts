import { Health } from '../domain/health.ts';
import type { HealthCoefficients, Labourer, OnMissingHealth, RetryPolicy } from '../domain/labourer.ts';
import { DAY, MINUTE, type Millis, SECOND } from '../domain/time.ts';
import type { ReeveError } from '../errors.ts';
import type { Problem } from '../ports/invoker.ts';
import { configFault } from './config-fault.ts';
import { type Field, FieldReader } from './field-reader.ts';

/** A level of health by name, or by number as sosw writes it. */
export type HealthLevel = keyof typeof Health | Health | `${Health}`;

/** One type of worker, as a person writes it down. Lengths of time are whole milliseconds. */
export interface LabourerDefinition {
  /** Where the invoker sends the work, such as a Lambda ARN. Default: the labourer's name. */
  readonly target?: string;
  /** The cap: the most attempts that may run at once, over all orchestrators, while health is High. */
  readonly maxSimultaneousInvocations: number;
  readonly lease?: {
    /** The longest that one attempt may work without a heartbeat. Default 15 minutes. */
    readonly duration?: Millis;
    /** Grace after it: the time a worker has to stop and report. Default 5 minutes. */
    readonly cooldown?: Millis;
  };
  /** Attempts before a task is dead. Default 3. */
  readonly maxAttempts?: number;
  /** Default: exponential from 1 s to 5 minutes. A linear one's step is the lease's duration unless given, as in sosw. */
  readonly retry?:
    | { readonly kind: 'exponential'; readonly base?: Millis; readonly limit?: Millis }
    | { readonly kind: 'linear'; readonly step?: Millis; readonly limit?: Millis };
  readonly health?: {
    /** The share of the cap, 0 to 1, by level: its name or its number. Default, as in sosw: High 1, Good 0.75, Moderate 0.5, Poor 0, Bad 0. */
    readonly coefficients?: Readonly<Partial<Record<keyof typeof Health | `${Health}`, number | string>>>;
    /** What to assume while nobody can tell: what was last seen, or a level. Default 'hold'. */
    readonly onMissing?: 'hold' | HealthLevel;
  };
  /** Settings that only the labourer's invoker or ecology understands. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export type LabourerDefinitions = Readonly<Record<string, LabourerDefinition>>;

const HEADLINE = 'The labourers cannot be defined as they are written:';
const LONGEST_TIME: Millis = 7 * DAY;
const ID = /^[A-Za-z0-9_.-]{1,128}$/;
const FIELDS = ['target', 'maxSimultaneousInvocations', 'lease', 'maxAttempts', 'retry', 'health', 'options'];

/**
 * Makes labourers of their definitions, every field checked.
 * @param definitions by name; or the same as JSON text
 * @throws ReeveError INVALID_LABOURERS that lists all problems of all labourers
 */
export const defineLabourers = (definitions: LabourerDefinitions | string): readonly Labourer[] => {
  const problems: Problem[] = [];
  const all = new FieldReader('labourers', typeof definitions === 'string' ? parse(definitions) : definitions, problems);
  const labourers = all.names().map((id) => defineOne(id, all.field(id)));
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

const defineOne = (id: string, field: Field): Labourer => {
  if (!ID.test(id)) field.refuse('the name must be 1 to 128 letters, digits, `_`, `-` or `.`');
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
    health: Object.freeze(healthOf(own.field('health'))),
    options: own.field('options').plainObject(),
  });
};

const retryOf = (field: Field, duration: Millis): RetryPolicy => {
  const given = field.member('kind');
  const kind = given.oneOf(['exponential', 'linear'], 'exponential');
  const isMisspelt = given.isGiven && !given.equals(kind);
  // Of a policy that is neither, the members of both may stand: one mistake is reported once.
  const own = field.members(isMisspelt ? ['kind', 'base', 'step', 'limit'] : ['kind', kind === 'linear' ? 'step' : 'base', 'limit']);
  const limitOr = (otherwise: Millis): Millis => own.field('limit').whole(0, LONGEST_TIME, otherwise);
  return kind === 'linear'
    ? { kind, step: own.field('step').whole(0, LONGEST_TIME, duration), limit: limitOr(LONGEST_TIME) }
    : { kind, base: own.field('base').whole(0, LONGEST_TIME, SECOND), limit: limitOr(5 * MINUTE) };
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
