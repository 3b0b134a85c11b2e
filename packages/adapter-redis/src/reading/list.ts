import { checkPageLimit, cursorFault, type ListQuery, type TaskPage, type TaskRecord, type TaskState } from '@reeve/core';
import { scriptOf } from '../client/scripts.ts';
import { LEASES, LIST_ENDED, LIST_QUEUED } from '../lua/look.ts';
import { toRecord } from '../rows.ts';
import { inPages, type Parts } from '../verbs/parts.ts';
import { lookAt } from './look.ts';

const SCRIPTS = { queued: scriptOf('list', LIST_QUEUED), ended: scriptOf('list', LIST_ENDED), leases: scriptOf('list', LEASES) };

/** A page of ids, and where the next begins. */
interface Page {
  readonly ids: readonly string[];
  readonly cursor?: string;
}

/** The lists of ended tasks, by the names that the scripts know them by. */
const LISTS = { completed: 'list4', dead: 'list5', aside: 'list6' } as const;

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
    completed: () => ended(parts, query, 'completed'),
    dead: () => ended(parts, query, 'dead'),
    aside: () => ended(parts, query, 'aside'),
  };
  return pages[query.state]();
};

/** The cursor is the last task's group, due time and sequence number. */
const queued = async ({ keys, scripts }: Parts, { labourer, limit, cursor }: ListQuery): Promise<Page> => {
  const [group, due, number] = cursor === undefined ? ['again', '-1', ''] : parsed(cursor, /^(again|fresh)_(\d{15})_([0-9a-f]{11})$/);
  const { ready, fresh, again, tasks } = keys.of(labourer);
  const answer = await scripts.read(SCRIPTS.queued, [ready, fresh, again, tasks], [limit, group!, due!, number!]);
  const [first, second] = answer as readonly [readonly string[], readonly string[]];
  const placed = [...inPages(first, 2).map((each) => ['again', ...each]), ...inPages(second, 2).map((each) => ['fresh', ...each])];
  const page = placed.slice(0, limit);
  const [name = '', at = '', member = ''] = page.at(-1) ?? [];
  return {
    ids: page.map(([, , each = '']) => each.slice(11)),
    ...(placed.length > limit && { cursor: `${name}_${at}_${member.slice(0, 11)}` }),
  };
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
const ended = async ({ keys, scripts }: Parts, { labourer, limit, cursor }: ListQuery, state: keyof typeof LISTS): Promise<Page> => {
  const [before = ''] = cursor === undefined ? [] : parsed(cursor, /^(\d{1,15})$/);
  const own = keys.of(labourer);
  const answer = await scripts.read(SCRIPTS.ended, [own[state], own.meta], [limit, LISTS[state], before]);
  const [low, more, ...ids] = answer as readonly [number, number, ...string[]];
  return { ids: ids.reverse(), ...(more === 1 && { cursor: String(low) }) };
};

const parsed = (cursor: string, form: RegExp): readonly string[] => {
  const parts = form.exec(cursor);
  if (parts) return parts.slice(1);
  throw cursorFault();
};
