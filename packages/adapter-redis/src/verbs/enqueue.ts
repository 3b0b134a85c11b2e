import type { NewTask } from '@reeve/core';
import { scriptOf } from '../client/scripts.ts';
import { bucketOf } from '../keys.ts';
import { ENQUEUE } from '../lua/enqueue.ts';
import { isMarked, marksOf } from '../rows.ts';
import type { Parts } from './parts.ts';
import { passOn, register } from './registry.ts';

const SCRIPT = scriptOf('enqueue', ENQUEUE);

export type Enqueued = 'created' | 'duplicate';

/** A task, or who else has its id. */
type Word = Enqueued | { readonly owner: string };

const WORDS: Readonly<Record<string, Enqueued>> = { c: 'created', d: 'duplicate' };

/**
 * Stores a page of one labourer's tasks.
 *
 * On one server the registry of ids, the known tasks and the queue are looked at and written in one script. With several, the
 * registry is on other servers than the labourer: ids are registered first, then stored. Who dies in between leaves ids that
 * are registered and not stored: the same labourer stores them later all the same, and another takes them over (see registry.ts).
 */
export const enqueue = async (parts: Parts, labourer: string, tasks: readonly NewTask[]): Promise<readonly Enqueued[]> => {
  const words = await (parts.scripts.spread ? registerAndStore(parts, labourer, tasks) : store(parts, labourer, tasks));
  if (words === 'late') return enqueue(parts, labourer, tasks);
  const answers: Enqueued[] = [];
  for (const [n, word] of words.entries())
    answers.push(typeof word === 'string' ? word : await settleOwner(parts, labourer, tasks[n]!, word.owner));
  return answers;
};

const settleOwner = async (parts: Parts, labourer: string, task: NewTask, owner: string): Promise<Enqueued> => {
  if ((await passOn(parts, task.id, owner, labourer)) === 'known') return 'duplicate';
  return (await enqueue(parts, labourer, [task]))[0]!;
};

const registerAndStore = async (parts: Parts, labourer: string, tasks: readonly NewTask[]): Promise<readonly Word[] | 'late'> => {
  const { at, owners } = await register(parts, labourer, tasks);
  const mine = tasks.filter(({ id }) => !owners.has(id));
  const stored = mine.length === 0 ? [] : await store(parts, labourer, mine, at);
  if (stored === 'late') return 'late';
  let next = 0;
  return tasks.map(({ id }) => {
    const owner = owners.get(id);
    return owner === undefined ? stored[next++]! : { owner };
  });
};

/** @param at with several servers: since when the ids are registered */
const store = async (
  { keys, scripts }: Parts,
  labourer: string,
  tasks: readonly NewTask[],
  at?: number,
): Promise<readonly Word[] | 'late'> => {
  const own = keys.of(labourer);
  const { buckets, places } = at === undefined ? placesOf(tasks) : { buckets: [], places: '' };
  const hasMore = tasks.some(isMarked);
  const hasDue = hasMore || tasks.some(({ due }) => due !== undefined);
  const answer = (await scripts.write(
    SCRIPT,
    [
      own.tasks,
      own.ready,
      own.fresh,
      own.ended,
      own.meta,
      ...buckets.map((each) => keys.bucket(each)),
      ...(hasMore ? [own.keyed, own.lines, own.heads, own.turns, own.again, own.notes] : []),
    ],
    [
      ...[labourer, keys.channel(labourer), tasks.length, places, at ?? '', hasMore ? 'more' : hasDue ? 'due' : ''],
      ...tasks.map(({ id }) => id),
      ...tasks.map(({ payload }) => payload),
      ...(hasDue ? tasks.map(({ due }) => (due === undefined ? '' : Math.ceil(due))) : []),
      ...(hasMore ? [...tasks.map(marksOf), ...tasks.map(({ follow = '' }) => follow)] : []),
    ],
  )) as readonly string[] | 'late';
  if (answer === 'late') return 'late';
  const [flags = '', ...owners] = answer;
  let next = 0;
  return Array.from(flags, (flag) => WORDS[flag] ?? { owner: owners[next++]! });
};

/** The buckets that are needed, and for each task which of them is its own: "0" for the first. */
const placesOf = (tasks: readonly NewTask[]): { readonly buckets: readonly number[]; readonly places: string } => {
  const known = new Map<number, number>();
  let places = '';
  for (const { id } of tasks) {
    const bucket = bucketOf(id);
    const place = known.get(bucket) ?? known.size;
    known.set(bucket, place);
    places += String.fromCharCode(48 + place);
  }
  return { buckets: [...known.keys()], places };
};
