import type { Container, ServiceIdentifier } from 'inversify';
import { configFault } from '../decide/config-fault.ts';
import { OUTCOMES } from '../decide/define-outcomes.ts';
import type { Problem } from '../ports/invoker.ts';
import { DefinedSchedules } from './bind-schedules.ts';
import { metricProblems } from './check-metrics.ts';
import { Chance, Clock, Invoker, Labourers, Operator, Outbox, Register, TaskReader, TaskStore } from './tokens.ts';

interface Need {
  readonly name: string;
  readonly token: ServiceIdentifier<object>;
  readonly remedy: string;
  /** What the part must be able to do, so that a wrong class is found now and not in the night. */
  readonly methods: readonly string[];
  /** A composition does without, until something is called that takes it. */
  readonly optional?: true;
}

const STORE_REMEDY = 'add a store, such as memoryStore() or sqliteStore({ file }) of @reeve/adapter-sqlite';

const NEEDS: readonly Need[] = [
  { name: 'Labourers', token: Labourers, remedy: 'bind Labourers to defineLabourers({ ... })', methods: [] },
  {
    name: 'TaskStore',
    token: TaskStore,
    remedy: STORE_REMEDY,
    methods: ['enqueue', 'labourersWithDue', 'claim', 'settle', 'exchange', 'renew', 'expired', 'reap', 'maintain'],
  },
  { name: 'TaskReader', token: TaskReader, remedy: STORE_REMEDY, methods: ['find', 'list', 'census'] },
  {
    name: 'Invoker',
    token: Invoker,
    remedy: 'add an invoker, such as inProcessInvoker({ handlers }) or lambdaInvoker() of @reeve/invoker-lambda',
    methods: ['invoke'],
  },
  { name: 'Operator', token: Operator, remedy: STORE_REMEDY, methods: ['cancel', 'bury', 'redrive', 'replace'], optional: true },
  { name: 'Outbox', token: Outbox, remedy: STORE_REMEDY, methods: ['outbox', 'takeOut'], optional: true },
  { name: 'Register', token: Register, remedy: STORE_REMEDY, methods: ['look', 'change'], optional: true },
  { name: 'Clock', token: Clock, remedy: 'bind Clock to systemClock', methods: ['now', 'sleep'] },
  { name: 'Chance', token: Chance, remedy: 'bind Chance to systemChance', methods: ['id', 'random'] },
];

/**
 * Looks whether everything is there, once, fit to be used, and content with the labourers.
 * @throws ReeveError INVALID_COMPOSITION that lists all that is wrong
 */
export const checkComposition = (container: Container): void => {
  const problems = NEEDS.flatMap((need) => problemsOf(container, need));
  if (problems.length === 0)
    problems.push(...limitProblems(container), ...lackProblems(container), ...metricProblems(container), ...targetProblems(container));
  if (problems.length > 0) throw configFault(problems, 'This composition cannot work:', 'INVALID_COMPOSITION');
};

const problemsOf = (container: Container, { name, token, remedy, methods, optional }: Need): readonly Problem[] => {
  if (!container.isBound(token)) return optional ? [] : [{ path: `use (${name})`, problem: `nothing provides it; ${remedy}` }];
  let parts: readonly object[];
  try {
    parts = container.getAll(token);
  } catch (error) {
    return [{ path: `use (${name})`, problem: `it could not be built: ${error instanceof Error ? error.message : String(error)}` }];
  }
  const [part, ...others] = parts;
  if (others.length > 0) return [{ path: `use (${name})`, problem: `${parts.length} parts provide it; leave one` }];
  const lacking = methods.filter((each) => typeof (part as Record<string, unknown> | undefined)?.[each] !== 'function');
  return lacking.length === 0
    ? []
    : [{ path: `use (${name})`, problem: `it lacks ${lacking.join(', ')}; give an object that implements ${name}` }];
};

const REGISTER_MISSING = 'is kept in a Register, and nothing provides one; use a store that has it, or leave it out';

/** Rates, resources, schedules and what attempts came to are kept where all processes see them. */
const limitProblems = (container: Container): readonly Problem[] => {
  if (container.isBound(Register)) return [];
  const schedules = container.isBound(DefinedSchedules) ? container.get(DefinedSchedules).schedules : [];
  const isScheduled = schedules.map(({ name }) => ({ path: `schedules.${name}`, problem: REGISTER_MISSING }));
  const isLimited = container.get(Labourers).flatMap(({ id, rate, ratePerKey, draws, health }) =>
    Object.entries({
      rate,
      ratePerKey,
      draws,
      'health.adaptive': health.adaptive,
      'health.breaker': health.breaker,
      'health.outcomes': health.metrics?.find(({ source }) => source === OUTCOMES),
    })
      .filter(([, defined]) => defined !== undefined)
      .map(([field]) => ({ path: `labourers.${id}.${field}`, problem: REGISTER_MISSING })),
  );
  return [...isLimited, ...isScheduled];
};

/** What a labourer needs, and by which promise a store gives it. */
const lackProblems = (container: Container): readonly Problem[] => {
  const { name, lacks = [] } = container.get(TaskStore).capabilities;
  return container.get(Labourers).flatMap(({ id, perKey, ratePerKey, keep }) =>
    [
      { field: 'perKey', isAsked: perKey !== undefined, promise: 'C11' },
      { field: 'ratePerKey', isAsked: ratePerKey !== undefined, promise: 'C13' },
      { field: 'keep', isAsked: keep !== undefined, promise: 'M2' },
    ]
      .filter(({ isAsked, promise }) => isAsked && lacks.includes(promise))
      .map(({ field }) => ({
        path: `labourers.${id}.${field}`,
        problem: `${name} does not keep it; leave it out, or use a store that does`,
      })),
  );
};

const targetProblems = (container: Container): readonly Problem[] => {
  const invoker = container.get(Invoker);
  return container.get(Labourers).flatMap((each) => invoker.check?.(each) ?? []);
};
