import type { TaskContent } from '../../domain/job.ts';
import type { JsonText } from '../../domain/json.ts';
import { totalOf } from './count.ts';
import { payloadOf } from './payload-of.ts';
import { canonicalOf, type Dict, type Tree, textOf } from './tree.ts';
import type { Group } from './walk.ts';

/** A task, and what its id is made from besides. */
export interface MadeTask extends TaskContent {
  readonly canonical: string;
}

export interface Parts {
  /** The job once for each list of days. */
  readonly bases: readonly Dict[];
  readonly groups: (base: Dict) => Iterable<Group>;
}

interface Start {
  readonly from: number;
  /** Tasks that each list of days makes. */
  readonly perBase: number;
}

/** What lies before the start is passed over by its number, group by group: no payload of it is made. */
export function* tasksOf(
  labourer: string,
  { bases, groups }: Parts,
  mayRepeat: boolean,
  { from, perBase }: Start,
): Generator<MadeTask, void, undefined> {
  const passed = Math.min(bases.length, Math.floor(from / perBase));
  let place = passed * perBase;
  for (const base of bases.slice(passed)) {
    for (const group of groups(base)) {
      const total = totalOf(group);
      const skip = Math.min(total, Math.max(0, from - place));
      place += skip;
      if (skip === total) continue;
      for (const { payload, canonical } of group.batches ? batchesOf(group.task, group.batches, skip) : [writtenOf(group.task)]) {
        yield { labourer, payload, canonical, ...(mayRepeat && { place }) };
        place += 1;
      }
    }
  }
}

export function* contentsOf(made: Iterable<MadeTask>): Generator<TaskContent, void, undefined> {
  for (const { canonical: _, ...content } of made) yield content;
}

export interface Written {
  readonly payload: JsonText;
  readonly canonical: string;
}

/** What a payload is made of a task, where not all members of the task come into it. */
type Making = (task: Dict) => Dict;

export const writtenOf = (task: Dict, making: Making = payloadOf): Written => {
  const payload = making(task);
  return { payload: textOf(payload) as JsonText, canonical: canonicalOf(payload) };
};

function* batchesOf(task: Dict, { name, values, size }: NonNullable<Group['batches']>, skip: number): Generator<Written, void, undefined> {
  const write = writerOf(task, name);
  let batch: Tree[] = [];
  let before = skip * size;
  for (const value of values.items) {
    if (before > 0) {
      before -= 1;
      continue;
    }
    batch.push(value);
    if (batch.length < size) continue;
    yield write(batch);
    batch = [];
  }
  if (batch.length > 0) yield write(batch);
}

/** A text that no job has in it: a NUL is refused. */
const GAP = JSON.stringify('\u0000');

/** The tasks of a group differ in one member: what is around it is written once, with a gap. */
export const writerOf = (task: Dict, name: string, making: Making = payloadOf): ((batch: readonly Tree[]) => Written) => {
  const { payload, canonical } = writtenOf(new Map(task).set(name, GAP), making);
  const text = payload.split(GAP);
  const form = canonical.split(GAP);
  // Such a member does not come into the payload, or in more than one place.
  if (text.length !== 2 || form.length !== 2) return (batch) => writtenOf(new Map(task).set(name, batch), making);
  return (batch) => ({
    payload: `${text[0]}${textOf(batch)}${text[1]}` as JsonText,
    canonical: `${form[0]}${canonicalOf(batch)}${form[1]}`,
  });
};
