/**
 * Forgets ended tasks that are to be kept no longer (M2), by walks through the index of closed tasks, the newest first: by age from so long ago
 * on, by count from behind so many. A walk that does not come to its end is gone on with by the next call.
 */
import { type EpochMs, type Keep, MINUTE, type Millis, type Retention } from '@reeve/core';
import { inLanes } from '../client/lanes.ts';
import type { Row } from '../client/requests.ts';
import { digitsOf, endOf as lastGrainOf } from '../codec/greenfield.ts';
import { GROUP } from '../ledger/group.ts';
import { OURS } from '../rows/attributes.ts';
import type { ClosedAs } from '../rows/layout.ts';
import { endOf, untilOf } from '../rows/read-row.ts';
import type { Parts } from './parts.ts';

/** Tasks of one walk that one call forgets. */
const PAGE = 200;
/** Rows of the index that are counted in one query, and queries of one walk in one call. */
const LARGEST_PAGE = 1_000;
const PAGES = 20;
/** To count so many costs little: it is done at each call. Beyond, seldom, by how many there are: 2,000 rows are a minute. */
const FEW = 100;
const FOR_EACH: Millis = 30;
const MOST_SELDOM: Millis = 60 * MINUTE;

const OTHERS: readonly ClosedAs[] = ['0', 'cancelled', 'dropped'];

interface Walk {
  readonly labourer: string;
  readonly state: ClosedAs;
  readonly age: Millis;
  /** The newest that it looks at. */
  readonly to: EpochMs | undefined;
  /** Rows that are still to be passed over: the newest are kept. */
  skip: number;
  /** Where it goes on. */
  start?: Row;
}

export interface Forgot {
  readonly purged: number;
  readonly more: boolean;
}

export class Forgetting {
  readonly #parts: Parts;
  /** By labourer, state, and what is to be kept. */
  readonly #underWay = new Map<string, Walk>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param firsts the first group of each of these labourers: says when their tasks were counted */
  async forget(firsts: ReadonlyMap<string, Row>, retention: ReadonlyMap<string, Retention>): Promise<Forgot> {
    const now = this.#parts.clock.now();
    const walks = new Map<string, Walk>();
    for (const [labourer, first] of firsts) {
      const keep = retention.get(labourer);
      if (!keep) continue;
      for (const [name, walk] of this.#walksOf(labourer, keep, now, await this.#mayCount(labourer, first, keep, now)))
        walks.set(name, { ...(this.#underWay.get(name) ?? walk) }); // its own, also beside another call
    }
    this.#underWay.clear();
    const pages = await inLanes([...walks], async ([name, walk]) => {
      const rows = await this.#page(walk);
      if (walk.skip > 0 || walk.start) this.#underWay.set(name, walk);
      return rows.map((row) => ({ walk, row }));
    });
    const forgotten = await inLanes(pages.flat(), ({ walk, row }) => this.#forgetOne(walk, row, now));
    return { purged: forgotten.filter(Boolean).length, more: this.#underWay.size > 0 };
  }

  *#walksOf(labourer: string, { completed, others }: Retention, now: EpochMs, mayCount: boolean): Iterable<readonly [string, Walk]> {
    const states: readonly (readonly [ClosedAs, Keep | undefined])[] = [['1', completed], ...OTHERS.map((each) => [each, others] as const)];
    for (const [state, { age = this.#parts.keepClosed ?? Number.POSITIVE_INFINITY, count } = {}] of states) {
      const name = JSON.stringify([labourer, state, age, count]);
      if (age <= now) yield [`age ${name}`, { labourer, state, age, to: now - age, skip: 0 }];
      if (count === undefined) continue;
      if (mayCount || this.#underWay.has(`count ${name}`)) yield [`count ${name}`, { labourer, state, age, to: undefined, skip: count }];
    }
  }

  /** Large counts are made by one process at a time, and not by each that is new: the ledger remembers when. */
  async #mayCount(labourer: string, first: Row, { completed, others }: Retention, now: EpochMs): Promise<boolean> {
    const most = Math.max(completed?.count ?? 0, others?.count ?? 0);
    if (most <= FEW) return true;
    const last = Number(first[GROUP.counted]?.N ?? Number.NEGATIVE_INFINITY);
    if (now - last < Math.min(MOST_SELDOM, most * FOR_EACH)) return false;
    const { requests, layout } = this.#parts;
    await requests.update(layout.table, layout.groupKey(labourer, 0), { set: { [GROUP.counted]: { N: String(now) } } });
    return true;
  }

  async #page(walk: Walk): Promise<readonly Row[]> {
    const { requests, layout } = this.#parts;
    const { fields, tables } = layout;
    for (let pages = 0; pages < PAGES; pages += 1) {
      const { rows, next } = await requests.query({
        table: tables.closed,
        index: tables.closedIndex,
        partition: [fields.labourer_id_task_status, layout.status(walk.labourer, walk.state)],
        sort: { name: fields.closed_at, from: '0', to: walk.to === undefined ? '1e12' : digitsOf(lastGrainOf(walk.to)) },
        newestFirst: true,
        limit: walk.skip > 0 ? Math.min(LARGEST_PAGE, walk.skip) : PAGE,
        ...(walk.start && { start: walk.start }),
      });
      const isCounting = walk.skip > 0;
      walk.skip = next ? Math.max(0, walk.skip - rows.length) : 0;
      if (next) walk.start = next;
      else delete walk.start;
      if (!isCounting) return rows;
      if (!next) return [];
    }
    return [];
  }

  /**
   * 1. The row of the task, if it is as it was read: ended, and not in the outbox.  2. Its closed row, if it is of that end.
   *
   * A crash in between leaves a closed row alone, which the next walk meets. A redrive is before 1, and then the row is another; or after
   * it, and makes a new one out of the closed row.
   */
  async #forgetOne({ labourer, age }: Walk, closed: Row, now: EpochMs): Promise<boolean> {
    const { requests, layout } = this.#parts;
    const { fields, tables } = layout;
    const id = layout.idOf(closed);
    const { [fields.closed_at]: closedAt } = closed;
    if (!closedAt) return false;
    const row = await requests.get(tables.tasks, layout.taskKey(id));
    // What is not of this labourer is what sosw's assistant makes of an id that it does not find, or another's task of that id.
    if (row && layout.labourerOf(row) === labourer && !(await this.#forgetRow(row, { closedAt: closedAt.N ?? '0', age, now })))
      return false;
    const { kind } = await requests.delete(tables.closed, layout.taskKey(id), (e) => `${e.name(fields.closed_at)} = ${e.value(closedAt)}`);
    return kind === 'done';
  }

  async #forgetRow(
    row: Row,
    { closedAt, age, now }: { readonly closedAt: string; readonly age: Millis; readonly now: EpochMs },
  ): Promise<boolean> {
    const { requests, layout } = this.#parts;
    const { fields, tables } = layout;
    const end = endOf(row, layout);
    if (!end || untilOf(row) !== undefined || row[fields.greenfield] !== undefined || row[OURS.ended] !== undefined) return false;
    // It has ended once more since, and its closed row is not there yet, or not in the index.
    if (end.endedAt > Math.round(Number(closedAt) * 1_000) && now - end.endedAt < age) return false;
    const { [OURS.call]: call } = row;
    const { kind, row: left } = await requests.delete(tables.tasks, layout.taskKey(layout.idOf(row)), (e) =>
      [
        call ? `${e.name(OURS.call)} = ${e.value(call)}` : `attribute_not_exists(${e.name(OURS.call)})`,
        `attribute_not_exists(${e.name(fields.greenfield)})`,
        `attribute_not_exists(${e.name(OURS.until)})`,
      ].join(' AND '),
    );
    return kind === 'done' || left === undefined;
  }
}
