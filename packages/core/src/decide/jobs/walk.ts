import { batchSizeOf, type Chunking, isAsked, isSetting, listOf, namesOf, needsChunking, pluralOf, settingsOf } from './attributes.ts';
import { type FlatValues, isAllNull, isFlat, ofKeys, ofList, wholeValues } from './flat-values.ts';
import type { Path } from './job-fault.ts';
import { checkNames } from './payload-of.ts';
import { type Dict, isDict, isTruthy, NULL, type Tree } from './tree.ts';

/** One task, or those that the batches of some values make. They are counted from this, without making any. */
export interface Group {
  readonly task: Dict;
  readonly batches?: { readonly name: string; readonly values: FlatValues; readonly size: number };
  readonly path: Path;
}

const MIXED = 'cannot stand in this list; give texts and numbers alone, or objects alone';

/** sosw's own bound for a list that nobody asked to chunk. */
const WHOLE = 1_000_000;

const merged = (one: Dict, other: Dict): Dict => (other.size === 0 ? one : new Map([...one, ...other]));
const without = (dict: Dict, names: readonly string[]): Dict => new Map([...dict].filter(([name]) => !names.includes(name)));

/**
 * The groups of a job, level by level, in the order in which it is written.
 * @param around what the levels outside give to every task
 */
export function* groupsOf(chunking: Chunking, level: number, job: Dict, around: Dict, path: Path): Generator<Group, void, undefined> {
  checkNames(job, path, chunking.refuse);
  // What is said again further in replaces what tells the tasks apart.
  if (level > 0 && ['date_list', ...chunking.attributes.slice(0, level).map(pluralOf)].some((name) => job.has(name))) chunking.mayRepeat();
  const attribute = chunking.attributes[level];
  if (attribute === undefined) return yield { task: merged(around, job), path };
  const size = batchSizeOf(chunking, attribute, job, around, path);
  const outer: Dict = chunking.inherits ? settingsOf(around) : new Map();
  if (needsChunking(chunking, level, job, outer, path)) yield* chunked(chunking, { level, attribute, size: size ?? 1, job, around, path });
  else yield whole(chunking, { level, attribute, size: size ?? WHOLE, job, around, path });
}

interface Level {
  readonly level: number;
  readonly attribute: string;
  readonly size: number;
  readonly job: Dict;
  readonly around: Dict;
  readonly path: Path;
}

function* chunked(chunking: Chunking, at: Level): Generator<Group, void, undefined> {
  const { attribute, job, around, path } = at;
  const names = namesOf(attribute);
  const present = names.filter((name) => (job.get(name) ?? NULL) !== NULL);
  const dropped = chunking.inherits ? names : [...names, `isolate_${pluralOf(attribute)}`];
  const base = merged(around, without(job, dropped));
  if (present.length === 0) {
    // A setting from outside is for all there are; where there are none, what holds them is a value by itself, and must not be lost.
    if (path.length > 0 && !isAsked(attribute, (name) => job.get(name))) return yield { task: base, path };
    return chunking.refuseEmpty(
      path,
      `is to be chunked by ${attribute} and has no ${pluralOf(attribute)}; name some, or do not ask for it`,
    );
  }
  if (present.length > 1) chunking.mayRepeat();
  for (const name of present) yield* ofValue(chunking, at, base, name, job.get(name) ?? NULL);
}

function* ofValue(chunking: Chunking, at: Level, base: Dict, name: string, value: Tree): Generator<Group, void, undefined> {
  const path = [...at.path, name];
  const items = listOf(value);
  if (!isTruthy(value))
    return chunking.refuseEmpty(path, 'is empty, and no task would come of it; name some values, or do not ask to chunk it');
  const plural = pluralOf(at.attribute);
  if (isFlat(items)) return yield inBatches(chunking, base, plural, ofList(items), at.size, path);
  if (items.length > 1) chunking.mayRepeat();
  for (const [n, item] of items.entries()) {
    const place = items === value ? [...path, n] : path;
    if (!isDict(item)) {
      // Of two kinds in one list the first counts, and the others are told.
      if (isDict(items[0]) || !isFlat([item])) chunking.refuse(place, MIXED);
    } else if (!isDict(items[0])) {
      chunking.refuse(place, MIXED);
    } else if (item.size === 0) {
      chunking.refuseEmpty(place, 'is empty, and no task would come of it; name some values, or leave it out');
    } else if (isAllNull(item)) {
      yield inBatches(chunking, base, plural, ofKeys(item), at.size, place);
    } else {
      yield* ofNames(chunking, at, base, item, place);
    }
  }
}

/** Each name by itself, since there is something of its own in one of them. */
function* ofNames(chunking: Chunking, at: Level, base: Dict, names: Dict, path: Path): Generator<Group, void, undefined> {
  const plural = pluralOf(at.attribute);
  for (const [name, within] of names) {
    const place = [...path, name];
    const task: Dict = new Map(base).set(plural, [JSON.stringify(name)]);
    if (within === NULL) yield { task, path: place };
    else if (isDict(within)) yield* groupsOf(chunking, at.level + 1, within, task, place);
    else chunking.refuse(place, 'is neither null nor an object; give an object with what belongs to this value, or null');
  }
}

const inBatches = (chunking: Chunking, task: Dict, name: string, values: FlatValues, size: number, path: Path): Group => {
  // Only where there is something to batch: elsewhere a size of 0 says that nobody asks for batches.
  if (size === 0) chunking.refuse(path, `is to go into batches of 0; give max_${name}_per_batch from 1 on, or leave it out`);
  return { task, batches: { name, values, size: Math.max(size, 1) }, path };
};

/** A level that stays in one task. */
const whole = (chunking: Chunking, { level, attribute, size, job, around, path }: Level): Group => {
  // What is empty is left out, as sosw does.
  const name = namesOf(attribute).find((each) => isTruthy(job.get(each)));
  const rest = without(job, name === undefined ? namesOf(attribute) : [name]);
  const value = name === undefined ? undefined : job.get(name);
  if (name === undefined || value === undefined) return { task: merged(around, rest), path };
  const values = wholeValues(value);
  if (!values) return { task: new Map([...around, ...rest, [name, value]]), path };
  // sosw loses what stands beside such values, settings and data alike. Settings have done their work; data is kept, but for what would
  // replace the values of the levels around.
  const outer = chunking.attributes.slice(0, level).map(pluralOf);
  const kept = new Map([...rest].filter(([each]) => !isSetting(each) && !outer.includes(each)));
  return inBatches(chunking, merged(around, kept), pluralOf(attribute), values, size, [...path, name]);
};
