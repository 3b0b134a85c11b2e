import type { Firing } from '../../domain/schedule.ts';
import { MOST_URGENT } from '../../domain/task.ts';
import { DAY, type Millis } from '../../domain/time.ts';
import { ReeveError } from '../../errors.ts';
import { decodeJson, encodeJson } from '../encode-json.ts';
import type { Field, FieldReader } from '../field-reader.ts';
import { nameIn } from '../jobs/read-job.ts';
import { textProblem } from '../text-problem.ts';

/** The names of the labourers that there are. */
type Known = Pick<ReadonlySet<string>, 'has' | 'keys'>;

const LONGEST_EXPIRY: Millis = 366 * DAY;
const LONGEST_KEY = 128;
/** What is longer is refused with the whole definition; this only bounds the work. */
const MOST_BYTES = 1024 * 1024;

/** @returns nothing if what is given is nothing to do, which is then told */
export const firingOf = (field: Field, own: FieldReader, labourers: Known): Firing | undefined => {
  const [task, job] = [own.field('enqueue'), own.field('job')];
  if (task.isGiven === job.isGiven) {
    field.refuse(task.isGiven ? 'has both enqueue and job; give one of them' : 'has neither enqueue nor job; give what is to be done');
    return undefined;
  }
  return task.isGiven ? taskOf(task, labourers) : jobOf(job, labourers);
};

const taskOf = (field: Field, labourers: Known): Firing | undefined => {
  const own = field.members(['labourer', 'payload', 'priority', 'expireAfter', 'key', 'passInstant']);
  const labourer = own.field('labourer');
  if (typeof labourer.value !== 'string' || !labourers.has(labourer.value)) {
    labourer.refuse(`${labourer.shown}, and there is no such labourer here; known are ${[...labourers.keys()].join(', ')}`);
    return undefined;
  }
  const text = textOf(own.field('payload'), {});
  if (text === undefined) return undefined;
  const [priority, expireAfter] = [own.field('priority'), own.field('expireAfter')];
  const key = keyOf(own.field('key'));
  return {
    kind: 'task',
    labourer: labourer.value,
    payload: decodeJson(text),
    ...(priority.isGiven && { priority: priority.whole(0, MOST_URGENT) }),
    ...(expireAfter.isGiven && { expireAfter: expireAfter.whole(1, LONGEST_EXPIRY) }),
    ...(key !== undefined && { key }),
    ...(own.field('passInstant').flag(false) && { passInstant: true as const }),
  };
};

const keyOf = (field: Field): string | undefined => {
  if (!field.isGiven) return undefined;
  const problem = textProblem(field.value, LONGEST_KEY);
  if (problem === undefined) return field.value as string;
  field.refuse(`${problem}; give 1 to ${LONGEST_KEY} characters without control characters, or leave it out`);
  return undefined;
};

/** A job's text stays as it is, digit for digit. What it means is planned when it fires: its days follow from the instant. */
const jobOf = (field: Field, labourers: Known): Firing | undefined => {
  const job = typeof field.value === 'string' ? field.value : textOf(field, undefined);
  if (job === undefined) return undefined;
  try {
    const name = nameOfJob(job);
    const labourer = typeof name === 'string' ? nameIn(name) : '';
    if (labourers.has(labourer)) return { kind: 'job', job, labourer };
    const shown =
      typeof name === 'string' ? `names ${JSON.stringify(name.slice(0, 128))}, and there is no such labourer here` : 'names no labourer';
    field.refuse(`${shown}; give lambda_name, one of ${[...labourers.keys()].join(', ')}`);
  } catch (error) {
    field.refuse(`is no job: ${messageOf(error)}`);
  }
  return undefined;
};

const nameOfJob = (text: string): unknown => {
  const outer = decodeJson(text);
  const { job: inner = outer } = membersOf(outer);
  return membersOf(typeof inner === 'string' ? decodeJson(inner) : inner)['lambda_name'];
};

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

/** The JSON text of a value, without what JSON would lose of it. */
const textOf = (field: Field, otherwise: unknown): string | undefined => {
  try {
    return encodeJson(field.isGiven ? field.value : otherwise, { what: field.path, maxBytes: MOST_BYTES });
  } catch (error) {
    field.refuse(`cannot be kept: ${messageOf(error)}`);
    return undefined;
  }
};

/** Without the path and the code around it, which are told anyway. */
const messageOf = (error: unknown): string => {
  if (!ReeveError.is(error)) throw error;
  return error.message;
};
