import { checkPageLimit, type ListQuery, type TaskPage } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { cursorText, readCursor } from '../../reading/cursor.ts';
import { endingOrder } from '../codec/ending.ts';
import { homeOf } from '../codec/home-key.ts';
import { stateOf } from '../codec/home-row.ts';
import { toRecord } from '../codec/record.ts';
import { historyPartition } from '../keys.ts';
import { FIRST, LAST } from '../lane/read-pointers.ts';
import type { NativeParts } from '../parts.ts';
import { keyRange, sortKeyOf } from '../shelf.ts';
import { rowsOf } from '../verbs/expired.ts';
import { endedRecords, readEnded } from './ended.ts';
import { beginOf, homesOf, lanesOfRanges, type Queued, queuedPlan, rangesOf, readStep } from './queued.ts';
import { readRunning } from './running.ts';

/** @throws ReeveError INVALID_CURSOR, INVALID_LIMIT */
export const list = async (parts: NativeParts, query: ListQuery): Promise<TaskPage> => {
  checkPageLimit(query.limit);
  const { labourer, state } = query;
  const groups = (await parts.ledger.readMany([labourer], true)).get(labourer) ?? [];
  switch (state) {
    case 'queued':
      return listQueued(parts, query, groups);
    case 'running':
      return byPoint(query, async (after, limit) => readRunning(parts, labourer, groups, { after, limit }));
    case 'completed':
    case 'dead':
    case 'cancelled':
    case 'dropped':
      return byPoint(query, async (before, limit) => {
        const { endings, more } = await readEnded(parts, labourer, state, groups, { before, limit });
        const last = endings.at(-1);
        return { tasks: await endedRecords(parts, labourer, endings), ...(more && last && { at: endingOrder(last) }) };
      });
    case 'aside':
      return byPoint(query, (after, limit) => readAside(parts, labourer, after, limit));
  }
};

const listQueued = async (parts: NativeParts, { labourer, limit, cursor }: ListQuery, groups: readonly Row[]): Promise<TaskPage> => {
  const begin = { now: parts.clock.now(), stands: beginOf(groups) };
  const isCount = (count: number): boolean => count > rangesOf(0) && Number.isInteger(lanesOfRanges(count));
  const { now, stands } = cursor === undefined ? begin : readCursor(cursor, isCount);
  const left = [...stands];
  const queued: Queued[] = [];
  let from = 0;
  for (const step of queuedPlan(parts, labourer, groups, { now, lanes: lanesOfRanges(stands.length) })) {
    if (queued.length < limit) {
      const page = await readStep(parts, step, left.slice(from, from + step.length), limit - queued.length);
      queued.push(...page.queued);
      left.splice(from, step.length, ...page.stands);
    }
    from += step.length;
  }
  const homes = await homesOf(parts, queued);
  const tasks = homes.map(({ home, row }) => toRecord(row, home)).filter((each) => each?.state === 'queued');
  return { tasks, ...(left.some((stand) => stand !== 'end') && { cursor: cursorText({ now, stands: left }) }) };
};

type Page = TaskPage & { readonly at?: string };

/** Lists that go on from one point: the text that their order goes by. */
const byPoint = async (
  { cursor, limit }: ListQuery,
  read: (point: string | undefined, limit: number) => Promise<Page>,
): Promise<TaskPage> => {
  const [stand] = cursor === undefined ? [] : readCursor(cursor, 1).stands;
  const { tasks, at } = await read(typeof stand === 'object' ? stand['at']?.S : undefined, limit);
  return { tasks, ...(at !== undefined && { cursor: cursorText({ now: 0, stands: [{ at: { S: at } }] }) }) };
};

const readAside = async (parts: NativeParts, labourer: string, after: string | undefined, limit: number): Promise<Page> => {
  const { rows, next } = await parts.requests.query({
    ...keyRange(parts.shelf.table, historyPartition(labourer, 'aside'), after === undefined ? FIRST : `${after} `, LAST),
    limit,
  });
  const homes = rows.map((row) => homeOf(labourer, sortKeyOf(row)));
  const found = (await rowsOf(parts, homes)).filter(([, row]) => stateOf(row) === 'aside');
  const tasks = found.map(([home, row]) => toRecord(row, home)).filter((each) => each !== undefined);
  return { tasks, ...(next && { at: sortKeyOf(next) }) };
};
