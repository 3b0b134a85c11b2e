/**
 * What could be claimed, as the index shows it. An index only suggests: it is late, and shows what has been claimed or ended
 * meanwhile. Whether a task is had is decided by a conditional write to its row.
 */
import type { EpochMs, JsonText } from '@reeve/core';
import type { QueryPage, RangeQuery, Row } from '../client/requests.ts';
import {
  AGAIN_FROM,
  DELAYED_FROM,
  delayedAt,
  digitsOf,
  dueAt,
  endOf,
  type Grains,
  grainsOf,
  LAST,
  millisOf,
  QUEUE_FROM,
  turnIn,
  turnOf,
} from '../codec/greenfield.ts';
import { itemSize, MAX_ITEM_SIZE } from '../codec/item-size.ts';
import { placeName } from '../ledger/place.ts';
import { OURS } from '../rows/attributes.ts';
import type { Layout } from '../rows/layout.ts';
import { claimsOf, isStray, readRow, type TaskFacts } from '../rows/read-row.ts';
import type { Parts } from './parts.ts';

export interface Candidate {
  readonly id: string;
  readonly payload: JsonText;
  /** How often it was claimed before. */
  readonly claims: number;
  /** Its greenfield, digit by digit. */
  readonly seen: string;
  /** The name of the place that its claim takes. */
  readonly place: string;
  readonly due: Grains;
}

export interface Broken {
  readonly row: Row;
  readonly problem: string;
}

export interface Candidates {
  readonly found: readonly Candidate[];
  readonly broken: readonly Broken[];
  /** What sosw's assistant completed while it was queued again: to be archived. */
  readonly ended: readonly Row[];
  /** With a lease that is void since a sosw moved the row. */
  readonly stray: readonly Row[];
  /** Everything that is due was looked at. */
  readonly drained: boolean;
}

export interface Looking {
  readonly labourer: string;
  readonly want: number;
  readonly now: EpochMs;
  /** Candidates not to come up with: what runs, and what was lost to another. */
  readonly passOver: (candidate: Candidate) => boolean;
}

/** More pages than this are not read for one claim, whatever stands in the way. */
const PAGES = 20;
const LARGEST_PAGE = 1_000;

/** What a task's row is left for its lease, its verdict and the text of an error, in bytes. Enqueueing leaves more; other programs may not. */
const SPARE = 4_096;
const FULL = `the item has more than ${MAX_ITEM_SIZE - SPARE} bytes: DynamoDB takes ${MAX_ITEM_SIZE}, and there would be no room for a lease and a verdict`;
// What is ours in it from an attempt before gives way to what the next one writes.
const isTooFull = (row: Row): boolean =>
  itemSize(Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('reeve_')))) > MAX_ITEM_SIZE - SPARE;

/** Retries and released tasks that are due, then the queue together with the delayed tasks whose time has come, by due time (C6). */
export const candidates = async (parts: Parts, looking: Looking): Promise<Candidates> => {
  const { now, want } = looking;
  const [again, delayed] = await Promise.all([
    read(parts, looking, AGAIN_FROM, endOf(now), want),
    read(parts, looking, DELAYED_FROM, delayedAt(endOf(now)), want),
  ]);
  const rest = want - again.found.length;
  const queue = rest > 0 ? await read(parts, looking, QUEUE_FROM, AGAIN_FROM - 1n, rest) : undefined;
  const fresh = [...(queue?.found ?? []), ...delayed.found].sort((a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : 0));
  const found = [...again.found, ...fresh];
  return {
    found: found.slice(0, want),
    broken: [again, delayed, queue].flatMap((each) => each?.broken ?? []),
    ended: [again, delayed, queue].flatMap((each) => each?.ended ?? []),
    stray: [again, delayed, queue].flatMap((each) => each?.stray ?? []),
    drained: again.drained && delayed.drained && queue?.drained === true && found.length <= want,
  };
};

/** How long until something falls due that waits now. A handful of reads, for a claim that has found nothing more. */
export const nextDue = async ({ requests, layout }: Parts, labourer: string, now: EpochMs): Promise<EpochMs | undefined> => {
  const first = async (from: Grains, to: Grains): Promise<EpochMs | undefined> => {
    const { rows } = await requests.query({ ...rangeOf(layout, labourer, from, to), limit: 1 });
    const [row] = rows;
    const place = row && row[OURS.until] === undefined ? layout.greenfieldOf(row) : undefined;
    return place === undefined ? undefined : millisOf(dueAt(grainsOf(place)));
  };
  const found = await Promise.all([first(endOf(now) + 1n, DELAYED_FROM - 1n), first(delayedAt(endOf(now)) + 1n, LAST)]);
  const known = found.filter((each) => each !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
};

/** A stretch of the index of tasks. */
export const rangeOf = ({ tables, fields }: Layout, labourer: string, from: Grains, to: Grains): Omit<RangeQuery, 'limit'> => ({
  table: tables.tasks,
  index: tables.greenfieldIndex,
  partition: [fields.labourer_id, labourer] as const,
  sort: { name: fields.greenfield, from: digitsOf(from), to: digitsOf(to) },
});

const read = async ({ requests, layout }: Parts, looking: Looking, from: Grains, to: Grains, want: number): Promise<Candidates> => {
  const found: Candidate[] = [];
  const broken: Broken[] = [];
  const ended: Row[] = [];
  const stray: Row[] = [];
  let size = want + 1;
  let next: Row | undefined;
  for (let pages = 0; pages < PAGES; pages += 1) {
    const page: QueryPage = await requests.query({
      ...rangeOf(layout, looking.labourer, from, to),
      limit: Math.min(LARGEST_PAGE, size),
      ...(next && { start: next }),
    });
    for (const row of page.rows) {
      const reading = readRow(row, layout);
      if (row[layout.fields.completed_at] !== undefined) ended.push(row);
      else if (isStray(row, layout)) stray.push(row);
      else if (row[OURS.until] !== undefined)
        continue; // a lease that ended a year ago: to be reaped
      else if (isTooFull(row)) broken.push({ row, problem: FULL });
      else if ('problem' in reading) broken.push({ row, problem: reading.problem });
      else {
        const candidate = candidateOf(row, reading.facts, layout);
        if (!looking.passOver(candidate)) found.push(candidate);
      }
    }
    next = page.next;
    if (next === undefined || found.length > want) break;
    size *= 2;
  }
  // One more than wanted tells that there are more.
  return { found: found.slice(0, want), broken, ended, stray, drained: next === undefined && found.length <= want };
};

const candidateOf = (row: Row, facts: TaskFacts, layout: Layout): Candidate => {
  const id = layout.idOf(row);
  const claims = claimsOf(row);
  const seen = layout.greenfieldOf(row) ?? '0';
  const due = dueAt(grainsOf(seen));
  // sosw's numbers have nothing behind the milliseconds: there its time of creation tells such tasks apart.
  const turn = turnIn(due) === 0n ? turnOf(facts.createdAt, 0) : 0n;
  return { id, payload: facts.payload, claims, seen, place: placeName(id, claims + 1), due: due + turn };
};
