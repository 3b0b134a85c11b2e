import type { Missed, Schedule } from '../../domain/schedule.ts';
import { DAY, type Millis } from '../../domain/time.ts';
import { type FaultKind, ReeveError } from '../../errors.ts';
import type { Problem } from '../../ports/invoker.ts';
import { NAME, NAME_RULE } from '../define-limits.ts';
import { type Field, FieldReader } from '../field-reader.ts';
import { firingOf } from './firing-of.ts';
import { nextInstants } from './instants.ts';
import type { ScheduleDefinition, ScheduleDefinitions } from './schedule-definition.ts';
import { instantOf, timingOf } from './timing-of.ts';

const FIELDS = 'cron timeZone every anchor enqueue job missed overlap jitter startAt endAt paused'.split(' ');
const LONGEST_JITTER: Millis = 366 * DAY;
/** What may be caught up with at once. */
const MOST_MISSED = 1_000;
/** A definition is kept in the register, where an entry takes 64 KiB with what else is in it. */
const MOST_DEFINITION_BYTES = 48 * 1024;

/** The names of the labourers that there are. */
type Known = Pick<ReadonlySet<string>, 'has' | 'keys'>;

/**
 * Makes schedules of their definitions, every field checked.
 * @throws ReeveError INVALID_SCHEDULE that lists all problems of all schedules
 */
export const defineSchedules = (definitions: ScheduleDefinitions, labourers: Known): readonly Schedule[] => {
  const problems: Problem[] = [];
  const all = new FieldReader('schedules', definitions, problems);
  const schedules = all.names().map((name) => defineOne(name, all.field(name), labourers));
  if (problems.length > 0) throw scheduleFault(problems, 'config');
  return Object.freeze(schedules);
};

/**
 * The same of one, while the system runs.
 * @throws ReeveError INVALID_SCHEDULE
 */
export const defineSchedule = (name: string, definition: ScheduleDefinition, labourers: Known): Schedule => {
  const problems: Problem[] = [];
  const schedule = defineOne(
    checkScheduleName(name),
    new FieldReader('schedules', { [name]: definition }, problems).field(name),
    labourers,
  );
  if (problems.length > 0) throw scheduleFault(problems, 'input');
  return schedule;
};

/** @throws ReeveError INVALID_SCHEDULE */
export const checkScheduleName = (name: unknown): string => {
  if (typeof name === 'string' && NAME.test(name)) return name;
  throw scheduleFault([{ path: 'name', problem: NAME_RULE }], 'input');
};

export const scheduleFault = (problems: readonly Problem[], kind: FaultKind): ReeveError =>
  new ReeveError({
    kind,
    code: 'INVALID_SCHEDULE',
    message: ['The schedules cannot be as they are written:', ...problems.map(({ path, problem }) => `  ${path}: ${problem}`)].join('\n'),
  });

const defineOne = (name: string, field: Field, labourers: Known): Schedule => {
  if (!NAME.test(name)) field.refuse(NAME_RULE);
  const own = field.members(FIELDS);
  const timing = timingOf(field, own);
  const firing = firingOf(field, own, labourers);
  const jitter = own.field('jitter').whole(0, LONGEST_JITTER, 0);
  if (timing?.kind === 'every' && jitter > timing.every)
    own.field('jitter').refuse(`is ${jitter}, more than every, ${timing.every}; give at most as much`);
  const schedule = {
    name,
    missed: missedOf(own.field('missed')),
    overlap: own.field('overlap').oneOf(['allow', 'skip'], 'allow'),
    jitter,
    ...boundsOf(own),
    ...(own.field('paused').flag(false) && { paused: true as const }),
  };
  // Without a time or a thing to do, which was told, it is of no use.
  if (!timing || !firing) return schedule as Schedule;
  const whole: Schedule = Object.freeze({ ...schedule, timing: Object.freeze(timing), firing: Object.freeze(firing) });
  const bytes = Buffer.byteLength(JSON.stringify(whole));
  if (bytes > MOST_DEFINITION_BYTES)
    field.refuse(`takes ${bytes} bytes as JSON, and ${MOST_DEFINITION_BYTES} are allowed; keep the data elsewhere and send its key`);
  if (nextInstants(whole, 0, 1).length === 0)
    field.refuse('never comes: no day is like that within startAt and endAt; look at day and month, or leave it out');
  return whole;
};

const boundsOf = (own: FieldReader): Pick<Schedule, 'startAt' | 'endAt'> => {
  const [startAt, endAt] = [instantOf(own.field('startAt')), instantOf(own.field('endAt'))];
  if (startAt !== undefined && endAt !== undefined && endAt <= startAt)
    own.field('endAt').refuse('is not after startAt; give a later instant');
  return { ...(startAt !== undefined && { startAt }), ...(endAt !== undefined && { endAt }) };
};

const ALL_BY_DEFAULT = 100;

const missedOf = (field: Field): Missed => {
  if (typeof field.value === 'object' && field.value !== null)
    return { kind: 'all', most: field.members(['all']).field('all').whole(1, MOST_MISSED) };
  const kind = field.oneOf(['skip', 'last', 'all'], 'last');
  return kind === 'all' ? { kind, most: ALL_BY_DEFAULT } : { kind };
};
