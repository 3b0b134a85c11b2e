import { checkPageLimit, cursorFault, type ListQuery, type TaskPage, type TaskRecord, type TaskState } from '@reeve/core';
import { scriptOf } from '../client/scripts.ts';
import { END_RANGE, KINDS } from '../lua/ends.ts';
import { LIST_QUEUED } from '../lua/list-queued.ts';
import { LEASES, LIST_ENDED, LIST_ENDS } from '../lua/look.ts';
import { toRecord } from '../records.ts';
import { inPages, type Parts } from '../verbs/parts.ts';
import { lookAt } from './look.ts';

const SCRIPTS = {
  queued: scriptOf('list', LIST_QUEUED),
  completed: scriptOf('list', LIST_ENDED),
  ends: scriptOf('list', LIST_ENDS),
  leases: scriptOf('list', LEASES),
};

/** A page of ids, and where the next begins. */
interface Page {
  readonly ids: readonly string[];
  readonly cursor?: string;
}

/** Ended tasks but the completed: their letter, and what the first layout has of them, by the key and by the name that scripts know it by. */
const ENDS = {
  dead: { kind: 'd', old: ['oldDead', 'list5'] },
  cancelled: { kind: 'x', old: undefined },
  dropped: { kind: 'p', old: undefined },
  aside: { kind: 'a', old: ['oldAside', 'list6'] },
} as const;

/** @throws ReeveError INVALID_CURSOR, INVALID_LIMIT, and those of every call */
export const list = async (parts: Parts, query: ListQuery): Promise<TaskPage> => {
  const { labourer, state, limit } = query;
  checkPageLimit(limit);
  const { ids, cursor } = await pageOf(parts, query);
  const stored = await lookAt(parts, labourer, ids);
  const records = ids.map((id, n) => toRecord({ labourer, id }, stored[n]!));
  // One that has left the state since the page was made is no longer of it.
  const tasks = records.filter((each): each is TaskRecord => each?.state === state);
  return { tasks, ...(cursor !== undefined && { cursor }) };
};

const pageOf = (parts: Parts, query: ListQuery): Promise<Page> => {
  const pages: Readonly<Record<TaskState, () => Promise<Page>>> = {
    queued: () => queued(parts, query),
    running: () => running(parts, query),
    completed: () => completed(parts, query),
    dead: () => ended(parts, query, 'dead'),
    cancelled: () => ended(parts, query, 'cancelled'),
    dropped: () => ended(parts, query, 'dropped'),
    aside: () => ended(parts, query, 'aside'),
  };
  return pages[query.state]();
};

/** The cursor is the last task's group, due time and sequence number. */
const queued = async ({ keys, scripts }: Parts, { labourer, limit, cursor }: ListQuery): Promise<Page> => {
  const [group = '', due = '', number = ''] =
    cursor === undefined ? ['urgent'] : parsed(cursor, /^(urgent|again|fresh)_(\d{15,16})_([U0-9a-f][0-9a-f]{10})$/);
  const { ready, fresh, again, tasks, keyed } = keys.of(labourer);
  const answer = await scripts.read(SCRIPTS.queued, [ready, fresh, again, tasks, keyed], [limit, group, due, number]);
  const [without, having] = answer as readonly [readonly string[], readonly string[]];
  const placed = merged(inPages(without, 3), inPages(having, 3));
  const page = placed.slice(0, limit);
  const [name = '', at = '', member = ''] = page.at(-1) ?? [];
  return {
    ids: page.map(([, , each = '']) => each.slice(11)),
    ...(placed.length > limit && { cursor: `${name}_${at}_${member.slice(0, 11)}` }),
  };
};

const GROUPS = ['urgent', 'again', 'fresh'];

/** Two lists into one, each in order. Only of the first it may be that a task has no place of its own: it stays behind the one before it. */
const merged = (without: readonly (readonly string[])[], having: readonly (readonly string[])[]): readonly (readonly string[])[] => {
  if (having.length === 0) return without;
  const all: (readonly string[])[] = [];
  let next = 0;
  for (const each of having) {
    for (let other = without[next]; other && isBefore(other, each); other = without[next]) {
      all.push(other);
      next += 1;
    }
    all.push(each);
  }
  return [...all, ...without.slice(next)];
};

const isBefore = (
  [group = '', due = '', member = '']: readonly string[],
  [other = '', otherDue = '', otherMember = '']: readonly string[],
): boolean => {
  if (group !== other) return GROUPS.indexOf(group) < GROUPS.indexOf(other);
  return due === otherDue ? member.slice(0, 11) < otherMember.slice(0, 11) : due < otherDue;
};

/** Leases are no more than caps allow, so all are read and put in order here. The cursor is the last one's deadline and id. */
const running = async ({ keys, scripts }: Parts, { labourer, limit, cursor }: ListQuery): Promise<Page> => {
  if (cursor !== undefined) parsed(cursor, /^(\d{15})_./s);
  const { leases, overdue } = keys.of(labourer);
  const answer = (await scripts.read(SCRIPTS.leases, [leases, overdue], [])) as readonly (readonly string[])[];
  const placed = answer
    .flatMap((pairs) => inPages(pairs, 2))
    .map(([id = '', lease = '']) => ({ id, at: `${lease.slice(0, 15)}_${id}` }))
    .filter(({ at }) => cursor === undefined || at > cursor)
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  const page = placed.slice(0, limit);
  return { ids: page.map(({ id }) => id), ...(placed.length > limit && { cursor: page.at(-1)!.at }) };
};

/** The cursor is the last one's place in the list. */
const completed = async ({ keys, scripts }: Parts, { labourer, limit, cursor }: ListQuery): Promise<Page> => {
  const [before = ''] = cursor === undefined ? [] : parsed(cursor, /^(\d{1,15})$/);
  const own = keys.of(labourer);
  const answer = await scripts.read(SCRIPTS.completed, [own.completed, own.meta], [limit, 'list4', before]);
  const [low, more, ...ids] = answer as readonly [number, number, ...string[]];
  return { ids: ids.reverse(), ...(more === 1 && { cursor: String(low) }) };
};

/** The cursor is the last one's score ("n" and digits), or its place in the list of the first layout. */
const ended = async ({ keys, scripts }: Parts, { labourer, limit, cursor }: ListQuery, state: keyof typeof ENDS): Promise<Page> => {
  const [score = '', place = ''] = cursor === undefined ? [] : parsed(cursor, /^(?:n(\d{1,16})|(\d{1,15}))$/);
  const own = keys.of(labourer);
  const { kind, old } = ENDS[state];
  const args = [limit, kind, KINDS[kind] * END_RANGE, place === '' ? score : 'list', old?.[1] ?? '', place];
  const answer = await scripts.read(SCRIPTS.ends, [own.ends, own.meta, ...(old ? [own[old[0]]] : [])], args);
  const [at, low, more, ...ids] = answer as readonly [string, string, number, ...string[]];
  return { ids, ...(more === 1 && { cursor: low === '' ? `n${at}` : low }) };
};

const parsed = (cursor: string, form: RegExp): readonly string[] => {
  const parts = form.exec(cursor);
  if (parts) return parts.slice(1);
  throw cursorFault();
};
