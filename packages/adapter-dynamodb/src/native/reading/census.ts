import type { Census, EpochMs } from '@reeve/core';
import { inLanes } from '../../client/lanes.ts';
import type { Row } from '../../client/requests.ts';
import { isLive, placesOf } from '../../ledger/group.ts';
import { digits } from '../codec/home-key.ts';
import { FIRST, LAST, pointerRange, queuesIn } from '../lane/read-pointers.ts';
import type { NativeParts } from '../parts.ts';
import { type KeyRange, lanesIn } from '../shelf.ts';
import { queuedRange } from './queued.ts';

/** Items that are counted in each range, at most: counting costs as much as reading. */
const MOST = 1_000;

/** Running tasks by their places; queued ones where they wait. A labourer that never worked costs one reading. */
export const census = async (parts: NativeParts, labourers: readonly string[]): Promise<readonly Census[]> => {
  const groups = await parts.ledger.readMany(labourers, true);
  const now = parts.clock.now();
  return inLanes(labourers, (each) => countOne(parts, each, groups.get(each) ?? [], now));
};

const countOne = async (parts: NativeParts, labourer: string, groups: readonly Row[], now: EpochMs): Promise<Census> => {
  const { guard, shelf } = parts;
  const lanes = Array.from({ length: lanesIn(groups[0]) }, (_, lane) => lane);
  const after = digits(now + 1);
  const queues = queuesIn(groups[0]);
  const count = (range: KeyRange): Promise<Counted> => countRange(parts, range);
  const due = await Promise.all([
    ...queues.map((each) => count(pointerRange(shelf.table, labourer, each, FIRST, after))),
    ...lanes.map((lane) => count(queuedRange(parts, labourer, lane, groups, { to: after }))),
  ]);
  const waiting = await Promise.all([
    ...queues.map((each) => count(pointerRange(shelf.table, labourer, each, after, LAST))),
    ...lanes.map((lane) => count(queuedRange(parts, labourer, lane, groups, { from: after }))),
  ]);
  const places = groups.flatMap((row) => placesOf(row).map((name) => isLive(row, name, { now, guard })));
  const running = places.filter(Boolean).length;
  const isBounded = [...due, ...waiting].some(({ more }) => more);
  return { due: sum(due), waiting: sum(waiting), running, expired: places.length - running, ...(isBounded && { atLeast: true }) };
};

interface Counted {
  readonly count: number;
  readonly more: boolean;
}

const countRange = async ({ requests }: NativeParts, range: KeyRange): Promise<Counted> => {
  let count = 0;
  let start: Row | undefined;
  do {
    const page = await requests.query({ ...range, limit: MOST - count, ...(start && { start }) });
    count += page.rows.length;
    start = page.next;
  } while (start && count < MOST);
  return { count, more: start !== undefined };
};

const sum = (all: readonly Counted[]): number => all.reduce((total, { count }) => total + count, 0);
