import type { Census, EpochMs } from '@reeve/core';
import { inLanes } from '../client/lanes.ts';
import type { Row } from '../client/requests.ts';
import { AGAIN_FROM, DELAYED_FROM, delayedAt, dueAt, ENDS_FROM, endOf, grainsOf, URGENT_FROM, WAITING_FROM } from '../codec/greenfield.ts';
import { foreignDeadline, untilOf } from '../rows/read-row.ts';
import { rangeOf } from '../verbs/look.ts';
import type { Parts } from '../verbs/parts.ts';

/** Rows that are counted in each range, at most: counting costs as much as reading. */
const MOST = 1_000;

export const census = (parts: Parts, labourers: readonly string[]): Promise<readonly Census[]> =>
  inLanes(labourers, (each) => countOne(parts, each, parts.clock.now()));

const countOne = async (parts: Parts, labourer: string, now: EpochMs): Promise<Census> => {
  const [again, queue, delayedDue, later, delayed] = await Promise.all([
    rowsIn(parts, labourer, AGAIN_FROM, endOf(now)),
    rowsIn(parts, labourer, URGENT_FROM, AGAIN_FROM - 1n),
    rowsIn(parts, labourer, DELAYED_FROM, delayedAt(endOf(now))),
    rowsIn(parts, labourer, endOf(now) + 1n, DELAYED_FROM - 1n),
    rowsIn(parts, labourer, delayedAt(endOf(now)) + 1n, ENDS_FROM - 1n), // the urgent that wait stand behind the delayed
  ]);
  const counted = { due: 0, waiting: 0, running: 0, expired: 0 };
  const count = (rows: readonly Row[], queued: (row: Row) => 'due' | 'waiting'): void => {
    for (const row of rows) {
      // What sosw's assistant completed has ended, and is archived when the house is kept.
      if (row[parts.layout.fields.completed_at] === undefined) counted[stateOf(parts, row, now) ?? queued(row)] += 1;
    }
  };
  count([...again.rows, ...queue.rows, ...delayedDue.rows], () => 'due');
  count([...later.rows, ...delayed.rows], (row) => (hasWaited(parts, row, now) ? 'due' : 'waiting'));
  const bounded = [again, queue, delayedDue, later, delayed].some((each) => each.more);
  return { ...counted, ...(bounded && { atLeast: true }) };
};

/** An urgent task whose time has come, and that no claim has met since. */
const hasWaited = ({ layout }: Parts, row: Row, now: EpochMs): boolean => {
  const place = grainsOf(layout.greenfieldOf(row) ?? '0');
  return place >= WAITING_FROM && dueAt(place) <= endOf(now);
};

/** Running and expired by the row; `undefined`: queued. */
const stateOf = ({ layout, guard }: Parts, row: Row, now: EpochMs): 'running' | 'expired' | undefined => {
  const until = untilOf(row) ?? foreignDeadline(row, layout);
  if (until === undefined) return undefined;
  return until > now - guard ? 'running' : 'expired';
};

const rowsIn = async (
  { requests, layout }: Parts,
  labourer: string,
  from: bigint,
  to: bigint,
): Promise<{ rows: readonly Row[]; more: boolean }> => {
  const rows: Row[] = [];
  let start: Row | undefined;
  do {
    const page = await requests.query({ ...rangeOf(layout, labourer, from, to), limit: MOST - rows.length, ...(start && { start }) });
    rows.push(...page.rows);
    start = page.next;
  } while (start && rows.length < MOST);
  return { rows, more: start !== undefined };
};
