import { encodeJson } from '../../decide/encode-json.ts';
import { pluralOf } from '../../decide/jobs/attributes.ts';
import { decodeTree } from '../../decide/jobs/decode-tree.ts';
import { refusal } from '../../decide/jobs/job-fault.ts';
import { type MadeTask, type Written, writerOf, writtenOf } from '../../decide/jobs/make-tasks.ts';
import type { Dict, Tree } from '../../decide/jobs/tree.ts';
import type { Day } from '../../domain/job.ts';
import type { Json } from '../../domain/json.ts';
import type { JobForm, JobLevel, JobValues } from './job-builder.ts';

export interface StreamRules {
  /** The job once for each list; one that is absent stands for no period. */
  readonly days: readonly (readonly Day[] | undefined)[];
  readonly maxDepth: number;
  readonly maxPayloadBytes: number;
}

/** All that is in the task of a stream is of its payload. */
const asItIs = (task: Dict): Dict => task;

/** Each step of an async iteration costs more than a task does: so tasks are passed on some at a time. */
const AT_A_TIME = 100;

/**
 * The tasks of a builder, in the order in which the values are read, some at a time. Nothing is kept but these, and the values around.
 *
 * Nobody knows whether a value comes twice, so the place of each task is a part of its id.
 */
export async function* streamTasks(form: JobForm, rules: StreamRules): AsyncGenerator<readonly MadeTask[], void, undefined> {
  const { labourer } = form;
  const members = treeOf(form.members, rules, 'with') as Dict;
  let place = 0;
  let made: MadeTask[] = [];
  for await (const around of outersOf(form.levels.slice(0, -1), { task: members, values: {}, last: undefined }, rules)) {
    const bases = rules.days.map((days) => withDays(around.task, days));
    for await (const some of writtenIn(form, around, bases, rules)) {
      for (const { payload, canonical } of some) {
        made.push({ labourer, payload, canonical, place });
        place += 1;
      }
      if (made.length < AT_A_TIME) continue;
      yield made;
      made = [];
    }
  }
  if (made.length > 0) yield made;
}

/** The values around, as the next level sees them. */
interface Around {
  readonly task: Dict;
  readonly values: Readonly<Record<string, Json>>;
  readonly last: Json | undefined;
}

async function* outersOf(
  [level, ...inner]: readonly JobLevel[],
  around: Around,
  rules: StreamRules,
): AsyncGenerator<Around, void, undefined> {
  if (!level) return yield around;
  const { name } = level;
  let n = 0;
  for await (const value of valuesOf(level, around)) {
    const task = new Map(around.task).set(pluralOf(name), [treeOf(value, rules, pluralOf(name), n)]);
    n += 1;
    yield* outersOf(inner, { task, values: { ...around.values, [name]: value }, last: value }, rules);
  }
}

async function* writtenIn(
  form: JobForm,
  around: Around,
  bases: readonly Dict[],
  rules: StreamRules,
): AsyncGenerator<readonly Written[], void, undefined> {
  const level = form.levels.at(-1);
  if (!level) return yield bases.map((base) => writtenOf(base, asItIs));
  const name = pluralOf(level.name);
  const writers = bases.map((base) => writerOf(base, name, asItIs));
  let some: Written[] = [];
  let batch: Tree[] = [];
  let n = 0;
  for await (const value of valuesOf(level, around)) {
    batch.push(treeOf(value, rules, name, n));
    n += 1;
    if (batch.length < form.size) continue;
    for (const write of writers) some.push(write(batch));
    batch = [];
    if (some.length < AT_A_TIME) continue;
    yield some;
    some = [];
  }
  if (batch.length > 0) for (const write of writers) some.push(write(batch));
  if (some.length > 0) yield some;
}

const valuesOf = ({ name, values }: JobLevel, { last, values: outer }: Around): JobValues<Json> => {
  if (typeof values !== 'function') return values;
  const answer: unknown = values(last, outer);
  if (typeof answer === 'object' && answer !== null && (Symbol.iterator in answer || Symbol.asyncIterator in answer))
    return answer as JobValues<Json>;
  throw refusal(`by(${JSON.stringify(name)})`, `has a function that answers ${typeof answer}; let it answer an array or an iterable`);
};

const withDays = (task: Dict, days: readonly Day[] | undefined): Dict =>
  days
    ? new Map(task).set(
        'date_list',
        days.map((day) => JSON.stringify(day)),
      )
    : task;

/** @throws ReeveError INVALID_JOB, PAYLOAD_NOT_JSON, PAYLOAD_TOO_DEEP, PAYLOAD_TOO_LARGE with the path of the value */
const treeOf = (value: Json, { maxDepth, maxPayloadBytes }: StreamRules, name: string, n?: number): Tree => {
  // Nearly all are plain texts and numbers, whose JSON is what it is.
  if (typeof value === 'string' && value.isWellFormed() && !value.includes('\u0000')) return JSON.stringify(value);
  if (Number.isFinite(value)) return JSON.stringify(value);
  const what = n === undefined ? `job.${name}` : `job.${name}[${n}]`;
  return decodeTree(encodeJson(value, { what, maxBytes: maxPayloadBytes, maxDepth }), maxDepth, what);
};
