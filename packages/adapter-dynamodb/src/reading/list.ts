import { checkPageLimit, type EpochMs, type ListQuery, type TaskPage, type TaskState } from '@reeve/core';
import type { Row } from '../client/requests.ts';
import {
  AGAIN_FROM,
  DELAYED_FROM,
  delayedAt,
  dueAt,
  ENDS_FROM,
  type Grains,
  grainsOf,
  LAST,
  endOf as lastGrainOf,
  QUEUE_FROM,
  URGENT_FROM,
  WAITING_FROM,
  waitingAt,
} from '../codec/greenfield.ts';
import type { ClosedAs, Layout } from '../rows/layout.ts';
import { endOf, toRecord } from '../rows/read-row.ts';
import { rankOf } from '../verbs/candidates.ts';
import { rangeOf } from '../verbs/look.ts';
import type { Parts } from '../verbs/parts.ts';
import { cursorText, readCursor, type Stand } from './cursor.ts';
import { mergeBy, type Range, readRange } from './range.ts';

/** Ranges that are read one after another; those within one step are merged by due time. */
type Plan = readonly (readonly Range[])[];

/** @throws ReeveError INVALID_CURSOR, INVALID_LIMIT */
export const list = async (parts: Parts, query: ListQuery): Promise<TaskPage> => {
  const { limit } = query;
  checkPageLimit(limit);
  const ranges = planOf(parts, query, 0).flat().length;
  const begin = { now: parts.clock.now(), stands: Array.from({ length: ranges }, (): Stand => 'begin') };
  const { now, stands } = query.cursor === undefined ? begin : readCursor(query.cursor, ranges);
  const plan = planOf(parts, query, now);
  const left = [...stands];
  const rows: Row[] = [];
  let from = 0;
  for (const step of plan) {
    const own = step.map((_, n) => from + n);
    if (rows.length < limit) rows.push(...(await readStep(parts, step, own, left, limit - rows.length)));
    from += step.length;
  }
  const tasks = (await wholeRows(parts, query.state, rows)).map((row) => toRecord(row, parts.layout)).filter((each) => each !== undefined);
  return { tasks, ...(left.some((stand) => stand !== 'end') && { cursor: cursorText({ now, stands: left }) }) };
};

const readStep = async (
  parts: Parts,
  step: readonly Range[],
  own: readonly number[],
  left: Stand[],
  limit: number,
): Promise<readonly Row[]> => {
  const pages = await Promise.all(step.map((range, n) => readRange(parts.requests, range, left[own[n] ?? 0] ?? 'begin', limit)));
  const order = step.find(({ ranked }) => ranked)?.ranked?.rankOf ?? ((row: Row) => dueIn(row, parts.layout));
  const merged = mergeBy(
    pages.map(({ rows }) => rows),
    order,
    limit,
  );
  pages.forEach((page, n) => {
    left[own[n] ?? 0] = page.after(merged.counts[n] ?? 0);
  });
  return merged.rows;
};

const planOf = (parts: Parts, { labourer, state }: ListQuery, now: EpochMs): Plan => {
  const { layout } = parts;
  const { fields, tables } = layout;
  const key = [fields.task_id, fields.labourer_id, fields.greenfield];
  const keep = (row: Row): boolean => toRecord(row, layout)?.state === state;
  const ranked = { rankOf: (row: Row) => rankOf(row, layout), idOf: (row: Row) => layout.idOf(row) };
  const open = (from: bigint, to: bigint): Range => ({ query: rangeOf(layout, labourer, from, to), keep, key });
  const closed = (status: ClosedAs): Plan => [
    [
      {
        query: {
          table: tables.closed,
          index: tables.closedIndex,
          partition: [fields.labourer_id_task_status, layout.status(labourer, status)],
          sort: { name: fields.closed_at, from: '0', to: '1e12' },
          newestFirst: true,
        },
        key: [fields.task_id, fields.labourer_id_task_status, fields.closed_at],
      },
    ],
  ];
  const plans: Readonly<Record<TaskState, () => Plan>> = {
    queued: () => [
      [open(URGENT_FROM, QUEUE_FROM - 1n), { ...open(WAITING_FROM, waitingAt(lastGrainOf(now))), ranked }],
      [open(AGAIN_FROM, lastGrainOf(now))],
      [open(QUEUE_FROM, AGAIN_FROM - 1n), open(DELAYED_FROM, delayedAt(lastGrainOf(now)))],
      [
        open(lastGrainOf(now) + 1n, DELAYED_FROM - 1n),
        open(delayedAt(lastGrainOf(now)) + 1n, LAST),
        open(waitingAt(lastGrainOf(now)) + 1n, ENDS_FROM - 1n),
      ],
    ],
    running: () => [[open(AGAIN_FROM, DELAYED_FROM - 1n)]],
    completed: () => closed('1'),
    dead: () => closed('0'),
    cancelled: () => closed('cancelled'),
    dropped: () => closed('dropped'),
    aside: () => closed('aside'),
  };
  return plans[state]();
};

/**
 * The index of closed tasks has the keys and little more. A task that was redriven has left its closed row behind if whoever wrote that was
 * slow, so what can be redriven is shown only if its row in the table of tasks has ended too, or is gone.
 */
const wholeRows = async ({ requests, layout }: Parts, state: TaskState, rows: readonly Row[]): Promise<readonly Row[]> => {
  if (state === 'queued' || state === 'running') return rows;
  const { tables } = layout;
  const keys = rows.map((row) => layout.taskKey(layout.idOf(row)));
  const isFinal = state === 'completed' || state === 'aside';
  const [found, tasks] = await Promise.all([
    requests.batchGet(tables.closed, keys),
    isFinal ? [] : requests.batchGet(tables.tasks, keys, false),
  ]);
  const byId = new Map(found.map((row) => [layout.idOf(row), row]));
  const open = new Set(tasks.filter((row) => layout.labourerOf(row) !== undefined && !endOf(row, layout)).map((row) => layout.idOf(row)));
  return rows.map((row) => (open.has(layout.idOf(row)) ? undefined : byId.get(layout.idOf(row)))).filter((row) => row !== undefined);
};

const dueIn = (row: Row, layout: Layout): Grains => dueAt(grainsOf(layout.greenfieldOf(row) ?? '0'));
