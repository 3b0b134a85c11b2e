import { type EpochMs, MOST_URGENT } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { hasMark } from '../../ledger/marks.ts';
import type { Stand } from '../../reading/cursor.ts';
import { digits, type Home } from '../codec/home-key.ts';
import { claimsOf, HOME, stateOf } from '../codec/home-row.ts';
import { orderOf, readPointer } from '../codec/pointer.ts';
import { lanePartition } from '../keys.ts';
import { cursorIn } from '../lane/memory.ts';
import { prioritiesIn } from '../lane/priorities.ts';
import { FIRST, kindsOf, LAST, type PointerQueue, pointerRange } from '../lane/read-pointers.ts';
import type { NativeParts } from '../parts.ts';
import { type KeyRange, keyRange, lanesIn, sortKeyOf } from '../shelf.ts';
import { rowsOf } from '../verbs/expired.ts';

/** What is queued in a lane: from where its readers are, so that nothing is read that ended long ago. */
export const queuedRange = (
  { shelf }: NativeParts,
  labourer: string,
  lane: number,
  groups: readonly Row[],
  { from, to = LAST }: { readonly from?: string; readonly to?: string },
): KeyRange => {
  const cursor = cursorIn(groups, lane) || FIRST;
  return {
    ...keyRange(shelf.table, lanePartition(labourer, lane), from ?? cursor, to),
    filter: (e) => `${e.name(HOME.state)} = ${e.value({ S: 'queued' })}`,
  };
};

/** A stretch of queued tasks, in its own order. */
export interface QueuedRange {
  readonly query: KeyRange;
  readonly read: (row: Row) => Queued;
}

export interface Queued {
  readonly key: string;
  readonly order: string;
  readonly home: Home;
  /** The home as the lane shows it; or which claim a pointer is of. */
  readonly row?: Row;
  readonly claims?: number;
}

const ALL: readonly number[] = Array.from({ length: MOST_URGENT + 1 }, (_, n) => MOST_URGENT - n);
/** Each of them twice: of tasks with a key, and without. The two are one step. */
const QUEUES: readonly PointerQueue[] = kindsOf(ALL).flatMap((each) => [{ ...each, isKeyed: true }, each]);

/** How many ranges the plan for so many lanes has. */
export const rangesOf = (lanes: number): number => 2 * (QUEUES.length + lanes);
/** The other way about: lanes that came between two pages have only tasks that came with them. */
export const lanesOfRanges = (ranges: number): number => ranges / 2 - QUEUES.length;

/** Where a reading of the whole plan begins. Priorities that nobody uses are not asked for. */
export const beginOf = (groups: readonly Row[]): readonly Stand[] => {
  const used = new Set(prioritiesIn(groups[0]));
  const isKeyed = hasMark(groups[0], 'keyed');
  const queues = QUEUES.map((each): Stand => (used.has(each.priority) && (isKeyed || !each.isKeyed) ? 'begin' : 'end'));
  const lanes = Array.from({ length: lanesIn(groups[0]) }, (): Stand => 'begin');
  return [...queues, ...lanes, ...queues, ...lanes];
};

/** Ranges that are read one after another (C6); those within one step are merged by due time. */
export const queuedPlan = (
  parts: NativeParts,
  labourer: string,
  groups: readonly Row[],
  { now, lanes: count }: { readonly now: EpochMs; readonly lanes: number },
): readonly (readonly QueuedRange[])[] => {
  const after = digits(now + 1);
  const lanes = Array.from({ length: count }, (_, lane) => lane);
  const pointers = (queue: PointerQueue, from: string, to: string): QueuedRange => ({
    query: pointerRange(parts.shelf.table, labourer, queue, from, to),
    read: (row) => {
      const pointer = readPointer(labourer, queue.priority, row);
      return { key: sortKeyOf(row), order: orderOf(pointer), home: pointer.home, claims: pointer.claims };
    },
  });
  const inLane = (lane: number, bounds: { readonly from?: string; readonly to?: string }): QueuedRange => ({
    query: queuedRange(parts, labourer, lane, groups, bounds),
    read: (row) => ({ key: sortKeyOf(row), order: sortKeyOf(row), home: { labourer, lane, place: sortKeyOf(row) }, row }),
  });
  const due = kindsOf(ALL).map((queue) => [pointers({ ...queue, isKeyed: true }, FIRST, after), pointers(queue, FIRST, after)]);
  // The last are the fresh ones of priority 0: they come in one order with those in the lanes.
  const last = [...(due.pop() ?? []), ...lanes.map((lane) => inLane(lane, { to: after }))];
  return [...due, last, [...QUEUES.map((queue) => pointers(queue, after, LAST)), ...lanes.map((lane) => inLane(lane, { from: after }))]];
};

/** Up to so many of one step, from where each of its ranges stands. */
export const readStep = async (
  parts: NativeParts,
  step: readonly QueuedRange[],
  stands: readonly Stand[],
  limit: number,
): Promise<{ readonly queued: readonly Queued[]; readonly stands: readonly Stand[] }> => {
  const pages = await Promise.all(step.map((range, n) => readRange(parts, range, stands[n] ?? 'begin', limit)));
  const merged = pages.flatMap((page, n) => page.queued.map((one) => ({ one, n }))).sort((a, b) => (a.one.order < b.one.order ? -1 : 1));
  const kept = merged.slice(0, limit);
  const after = pages.map((page, n): Stand => {
    const own = kept.filter((each) => each.n === n);
    if (own.length === page.queued.length && page.isWhole) return 'end';
    const last = own.at(-1);
    return last ? { sk: { S: last.one.key } } : (stands[n] ?? 'begin');
  });
  return { queued: kept.map(({ one }) => one), stands: after };
};

const readRange = async (
  { requests }: NativeParts,
  { query, read }: QueuedRange,
  stand: Stand,
  limit: number,
): Promise<{ readonly queued: readonly Queued[]; readonly isWhole: boolean }> => {
  if (stand === 'end') return { queued: [], isWhole: true };
  const queued: Queued[] = [];
  const { sort } = query;
  const from = typeof stand === 'object' ? `${sortKeyOf(stand)} ` : sort.from;
  if (from >= sort.to) return { queued, isWhole: true };
  let start: Row | undefined;
  do {
    const page = await requests.query({ ...query, sort: { ...sort, from }, limit: limit + 1, ...(start && { start }) });
    queued.push(...page.rows.map(read));
    start = page.next;
  } while (start && queued.length < limit);
  return { queued, isWhole: start === undefined };
};

export interface QueuedHome {
  readonly home: Home;
  readonly row: Row;
}

/** Pointers lead to homes; one whose wait is over leads to none that is queued. */
export const homesOf = async (parts: NativeParts, queued: readonly Queued[]): Promise<readonly QueuedHome[]> => {
  const byPointer = queued.filter(({ row }) => row === undefined).map(({ home }) => home);
  const found = new Map((await rowsOf(parts, byPointer)).map(([{ lane, place }, row]) => [`${lane} ${place}`, row]));
  return queued.flatMap(({ home, row, claims }) => {
    const item = row ?? found.get(`${home.lane} ${home.place}`);
    if (!item || (row === undefined && (stateOf(item) !== 'waiting' || claimsOf(item) !== claims))) return [];
    return [{ home, row: item }];
  });
};

/** The first of all that is queued, in the order of C6. */
export const queuedHomes = async (parts: NativeParts, labourer: string, limit: number): Promise<readonly QueuedHome[]> => {
  const groups = (await parts.ledger.readMany([labourer], true)).get(labourer) ?? [];
  const begin = beginOf(groups);
  let from = 0;
  for (const step of queuedPlan(parts, labourer, groups, { now: parts.clock.now(), lanes: lanesIn(groups[0]) })) {
    let stands = begin.slice(from, from + step.length);
    from += step.length;
    while (stands.some((stand) => stand !== 'end')) {
      const page = await readStep(parts, step, stands, limit);
      const homes = await homesOf(parts, page.queued);
      if (homes.length > 0) return homes;
      stands = [...page.stands];
    }
  }
  return [];
};
