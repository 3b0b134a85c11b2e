import { checkPageLimit, type EpochMs, type ListQuery, type TaskPage, type TaskState } from '@reeve/core';
import type { Row } from '../client/requests.ts';
import { AGAIN_FROM, DELAYED_FROM, delayedAt, endOf, LAST, QUEUE_FROM } from '../codec/greenfield.ts';
import { toRecord } from '../rows/read-row.ts';
import { rangeOf } from '../verbs/candidates.ts';
import type { Parts } from '../verbs/parts.ts';
import { cursorText, readCursor, type Stand } from './cursor.ts';
import { mergeByDue, type Range, readRange } from './range.ts';

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
  const merged = mergeByDue(
    pages.map(({ rows }) => rows),
    parts.layout.fields.greenfield,
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
  const open = (from: bigint, to: bigint): Range => ({ query: rangeOf(layout, labourer, from, to), keep, key });
  const closed = (status: '0' | '1' | 'aside'): Plan => [
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
      [open(AGAIN_FROM, endOf(now))],
      [open(QUEUE_FROM, AGAIN_FROM - 1n), open(DELAYED_FROM, delayedAt(endOf(now)))],
      [open(endOf(now) + 1n, DELAYED_FROM - 1n), open(delayedAt(endOf(now)) + 1n, LAST)],
    ],
    running: () => [[open(AGAIN_FROM, DELAYED_FROM - 1n)]],
    completed: () => closed('1'),
    dead: () => closed('0'),
    aside: () => closed('aside'),
  };
  return plans[state]();
};

/** The index of closed tasks has the keys and little more. */
const wholeRows = async ({ requests, layout }: Parts, state: TaskState, rows: readonly Row[]): Promise<readonly Row[]> => {
  if (state === 'queued' || state === 'running') return rows;
  const found = await requests.batchGet(
    layout.tables.closed,
    rows.map((row) => layout.taskKey(layout.idOf(row))),
  );
  const byId = new Map(found.map((row) => [layout.idOf(row), row]));
  return rows.map((row) => byId.get(layout.idOf(row))).filter((row) => row !== undefined);
};
