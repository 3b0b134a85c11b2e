import { type EpochMs, MINUTE, type Millis } from '@reeve/core';
import { inLanes } from '../../client/lanes.ts';
import type { Row } from '../../client/requests.ts';
import { GROUP } from '../../ledger/group.ts';
import { digits, type Home, instantIn } from '../codec/home-key.ts';
import { HOME, stateOf } from '../codec/home-row.ts';
import { makeWait, point, pointerOf } from '../enqueue/put-home.ts';
import { lanePartition } from '../keys.ts';
import { cursorIn } from '../lane/memory.ts';
import type { NativeParts } from '../parts.ts';
import { keyRange, lanesIn, sortKeyOf } from '../shelf.ts';

/** No enqueueing takes so long: its requests have given up before. */
export const LAG: Millis = 5 * MINUTE;
/** How much is looked through at once, at least: of a labourer that had work lately, and of one that had none. */
const LEAST: Millis = MINUTE;
const LEAST_OF_IDLE: Millis = 60 * MINUTE;
const PAGE = 1_000;

const auditName = (lane: number): string => `a${lane}`;

export interface Audited {
  /** Tasks that have a pointer now and had none. */
  readonly found: number;
  readonly more: boolean;
}

/**
 * Looks once at every stretch of a lane, some time later: what waits there beside the order of the lane has a pointer, or was left
 * without one by whoever died while he enqueued it; and what the readers have gone by gets one. Writing the pointer once
 * more does no harm.
 */
export const audit = async (parts: NativeParts, labourer: string, groups: readonly Row[], now: EpochMs): Promise<Audited> => {
  const first = groups[0] ?? {};
  const to = digits(now - LAG);
  const isDue = (from: string): boolean => {
    const isIdle = digits(Number(first[GROUP.touched]?.N ?? 0)) < from;
    return instantIn(to) - instantIn(from) >= (isIdle ? LEAST_OF_IDLE : LEAST);
  };
  const lanes = Array.from({ length: lanesIn(first) }, (_, lane) => ({ lane, from: first[auditName(lane)]?.S ?? digits(0) }));
  const all = await inLanes(
    lanes.filter(({ from }) => isDue(from)),
    ({ lane, from }) => auditLane(parts, { labourer, lane, from, to, groups }),
  );
  if (Object.keys(first).length > 0 && all.length > 0) {
    const set = Object.fromEntries(all.map(({ lane, at }) => [auditName(lane), { S: at }]));
    await parts.requests.update(parts.shelf.table, parts.shelf.groupKey(labourer, 0), { set });
  }
  return { found: all.reduce((sum, each) => sum + each.found, 0), more: all.some((each) => each.more) };
};

interface Stretch {
  readonly labourer: string;
  readonly lane: number;
  readonly from: string;
  readonly to: string;
  readonly groups: readonly Row[];
}

const auditLane = async (parts: NativeParts, { labourer, lane, from, to, groups }: Stretch) => {
  const { requests, shelf } = parts;
  const cursor = cursorIn(groups, lane);
  // Nothing new comes here any more, so a reading may be a little old.
  const page = await requests.query({
    ...keyRange(shelf.table, lanePartition(labourer, lane), from, to),
    consistent: false,
    limit: PAGE,
    filter: (e) => `${e.name(HOME.state)} IN (${e.value({ S: 'queued' })}, ${e.value({ S: 'waiting' })})`,
  });
  const passed = page.rows.filter((row) => stateOf(row) === 'queued' && sortKeyOf(row) < cursor);
  const homeOfRow = (row: Row): Home => ({ labourer, lane, place: sortKeyOf(row) });
  await inLanes(passed, (row) => makeWait(parts, row, homeOfRow(row)));
  await inLanes(
    page.rows.filter((row) => stateOf(row) === 'waiting'),
    (row) => point(parts, pointerOf(row, homeOfRow(row))),
  );
  return { lane, at: page.next ? sortKeyOf(page.next) : to, found: passed.length, more: page.next !== undefined };
};
