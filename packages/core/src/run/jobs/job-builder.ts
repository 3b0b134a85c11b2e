import { isPlainObject } from '../../decide/frozen-copy.ts';
import { namesOf, pluralOf } from '../../decide/jobs/attributes.ts';
import { refusal } from '../../decide/jobs/job-fault.ts';
import type { Day } from '../../domain/job.ts';
import type { Json } from '../../domain/json.ts';

/** Values one after the other: in memory, or read as they are asked for. */
export type JobValues<V> = Iterable<V> | AsyncIterable<V>;

/** One level of a job, as it was given. */
export interface JobLevel {
  readonly name: string;
  readonly values: JobValues<Json> | ((last: Json | undefined, outer: Readonly<Record<string, Json>>) => JobValues<Json>);
}

/** What a builder has been told. */
export interface JobForm {
  readonly labourer: string;
  readonly levels: readonly JobLevel[];
  readonly size: number;
  readonly period?: string;
  readonly isolate: boolean;
  readonly members: Readonly<Record<string, Json>>;
}

const MOST_LEVELS = 64;
const LARGEST = 1_000_000_000;

/**
 * A job from data of any size: the values of each level may be an array, an iterable, an async iterable such as a database's cursor, or a
 * function of the values around. They are read one by one, and none is kept. Each method answers a new builder.
 */
export class JobBuilder<Name extends string = string, Payload = unknown, Outer = unknown, Last = unknown> {
  /** For the compiler alone: no value is ever here. */
  declare readonly payload?: Payload;
  readonly labourer: Name;
  readonly form: JobForm;

  constructor(labourer: Name, form: Omit<JobForm, 'labourer'>) {
    this.labourer = labourer;
    this.form = { ...form, labourer };
  }

  /**
   * The next level inwards: for each value around, these values. Each makes a task of its own; those of the innermost level go together, by
   * `chunk`. A task has them as a list, under the name in the plural.
   * @param name in the singular: `store`
   * @param values what there is, or a function of the value around and of all those around it. A function is asked again when the job goes on
   * after it broke off; what can be read but once cannot go on.
   * @throws ReeveError INVALID_JOB
   */
  by<N extends string, V extends Json>(
    name: N,
    values: JobValues<V> | ((last: Last, outer: Outer) => JobValues<V>),
  ): JobBuilder<Name, Payload & Record<`${N}s`, V[]>, Outer & Record<N, V>, V> {
    const { levels, members } = this.form;
    const path = `by(${JSON.stringify(String(name).slice(0, 64))})`;
    if (!/^\w{1,64}$/.test(name) || name.endsWith('s'))
      throw refusal(path, 'is no name of an attribute; give 1 to 64 letters, digits or _ in the singular');
    if (levels.some((each) => each.name === name)) throw refusal(path, 'comes twice; give each level a name of its own');
    if (levels.length >= MOST_LEVELS) throw refusal(path, `is more than ${MOST_LEVELS} levels in; flatten it`);
    if (namesOf(name).some((each) => each in members)) throw refusal(path, `is a member of with() as well; name one of them otherwise`);
    if (!isValues(values)) throw refusal(path, 'has no values; give an array, an iterable, or a function that answers one');
    return this.#next({ levels: [...levels, { name, values: values as JobLevel['values'] }] });
  }

  /** So many values of the innermost level go into one task, at most. Default: 1. @throws ReeveError INVALID_JOB */
  chunk(size: number): JobBuilder<Name, Payload, Outer, Last> {
    if (!Number.isInteger(size) || size < 1 || size > LARGEST)
      throw refusal('chunk', `is ${String(size)}; give a whole number from 1 to ${LARGEST}`);
    return this.#next({ size });
  }

  /**
   * A period of the job language, or one of the composition's own: tasks get its days as `date_list`.
   * @param isolate each task once for each day. The days change fastest, so that the values are read once
   * @throws ReeveError INVALID_JOB
   */
  over(
    period: string,
    { isolate = false }: { readonly isolate?: boolean } = {},
  ): JobBuilder<Name, Payload & { date_list: Day[] }, Outer, Last> {
    if (typeof period !== 'string' || period === '') throw refusal('over', 'is no text; give a period such as last_7_days');
    if (typeof isolate !== 'boolean') throw refusal('over', 'has an isolate that is neither true nor false; give one of them');
    return this.#next({ period, isolate });
  }

  /** Members that all tasks have. @throws ReeveError INVALID_JOB */
  with<Members extends Readonly<Record<string, Json>>>(members: Members): JobBuilder<Name, Payload & Members, Outer, Last> {
    if (!isPlainObject(members)) throw refusal('with', 'is no object; give the members that all tasks have');
    const taken = ['date_list', ...this.form.levels.map(({ name }) => pluralOf(name))];
    const clash = Object.keys(members).find((each) => taken.includes(each));
    if (clash !== undefined) throw refusal(`with.${clash}`, 'is what a level or the period makes; name one of them otherwise');
    return this.#next({ members: { ...this.form.members, ...members } });
  }

  #next(change: Partial<JobForm>): JobBuilder<Name, never, never, never> {
    return new JobBuilder<Name, never, never, never>(this.labourer, { ...this.form, ...change });
  }
}

const isValues = (values: unknown): boolean =>
  typeof values === 'function' ||
  (typeof values === 'object' && values !== null && (Symbol.iterator in values || Symbol.asyncIterator in values));

/**
 * Begins a job of this labourer: `job('reports').by('section', ['books']).by('store', (section) => storesOf(section)).chunk(100)`. It is made
 * by `reeve.runJob`.
 */
// biome-ignore lint/complexity/noBannedTypes: a payload without members, to which they are added
export const job = <const Name extends string>(labourer: Name): JobBuilder<Name, {}, {}, undefined> =>
  new JobBuilder(labourer, { levels: [], size: 1, isolate: false, members: {} });
