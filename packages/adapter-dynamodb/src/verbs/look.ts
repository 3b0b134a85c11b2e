/**
 * Reads a stretch of the index, and tells what could be claimed of it from what stands in the way. An index only suggests: it is late, and
 * shows what has been claimed or ended meanwhile. Whether a task is had is decided by a conditional write to its row.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { EpochMs, JsonText } from '@reeve/core';
import type { QueryPage, RangeQuery, Row } from '../client/requests.ts';
import { digitsOf, dueAt, type Grains, grainsOf, turnIn, turnOf } from '../codec/greenfield.ts';
import { itemSize, MAX_ITEM_SIZE } from '../codec/item-size.ts';
import { placeName, tagOfKey } from '../ledger/place.ts';
import { OURS } from '../rows/attributes.ts';
import { lastOnly, numbered } from '../rows/errors.ts';
import type { Layout } from '../rows/layout.ts';
import { claimsOf, expiryOf, isStray, priorityOf, readRow, type TaskFacts } from '../rows/read-row.ts';
import { SHORT } from './decide-all.ts';
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
  readonly priority: number;
  /** Of its key, if it has one. */
  readonly tag: string | undefined;
  /** What is to become of its list of errors when it is claimed. Absent: it has none. */
  readonly errors?: AttributeValue;
  readonly row: Row;
}

export interface Broken {
  readonly row: Row;
  readonly problem: string;
}

export interface Looking {
  readonly labourer: string;
  readonly want: number;
  readonly now: EpochMs;
  /** The labourer has, or had, tasks with a priority. */
  readonly isUrgent: boolean;
  /** Candidates not to come up with: what runs, and what was lost to another. */
  readonly passOver: (candidate: Candidate) => boolean;
}

/** More pages than this are not read for one claim, whatever stands in the way. */
const PAGES = 20;
const LARGEST_PAGE = 1_000;
/** So many rows that are out of time are dropped at one look, and another follows. */
const MOST_LATE = 250;
/** What a task's row is left for its lease, its verdict and the text of an error, in bytes. Enqueueing leaves more; other programs may not. */
const SPARE = 4_096;
const FULL = `the item has more than ${MAX_ITEM_SIZE - SPARE} bytes: DynamoDB takes ${MAX_ITEM_SIZE}, and there would be no room for a lease and a verdict`;
// What is ours in it from an attempt before gives way to what the next one writes.
const isTooFull = (row: Row): boolean =>
  itemSize(Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('reeve_')))) > MAX_ITEM_SIZE - SPARE;

/** A stretch of the index of tasks. */
export const rangeOf = ({ tables, fields }: Layout, labourer: string, from: Grains, to: Grains): Omit<RangeQuery, 'limit'> => ({
  table: tables.tasks,
  index: tables.greenfieldIndex,
  partition: [fields.labourer_id, labourer] as const,
  sort: { name: fields.greenfield, from: digitsOf(from), to: digitsOf(to) },
});

/** What was met of a stretch. */
export interface Look {
  readonly found: readonly Candidate[];
  readonly broken: readonly Broken[];
  readonly ended: readonly Row[];
  readonly stray: readonly Row[];
  readonly late: readonly Row[];
  readonly tooMany: boolean;
  readonly drained: boolean;
  /** Some were passed over since enough of their keys had been met. */
  readonly heldBack: boolean;
  /** Where it ended before the stretch did. */
  readonly upTo?: Grains;
}

/** How far a claim that gives turns to keys looks. */
export interface Reach {
  /** Rows, at most. */
  readonly most: number;
  /** Whether one more of its key may be chosen. Asked once for each. */
  readonly admits: (candidate: Candidate) => boolean;
  readonly isEnough: (found: readonly Candidate[]) => boolean;
}

/** @param reach absent: until one more is found than is wanted, which tells that there are more */
export const read = async (
  { requests, layout }: Parts,
  looking: Looking,
  [from, to]: readonly [from: Grains, to: Grains],
  want: number,
  reach?: Reach,
): Promise<Look> => {
  const found: Candidate[] = [];
  const broken: Broken[] = [];
  const ended: Row[] = [];
  const stray: Row[] = [];
  const late: Row[] = [];
  let size = want + 1;
  let left = reach?.most ?? Number.POSITIVE_INFINITY;
  let heldBack = false;
  let last: Row | undefined;
  let next: Row | undefined;
  for (let pages = 0; pages < PAGES; pages += 1) {
    const page: QueryPage = await requests.query({
      ...rangeOf(layout, looking.labourer, from, to),
      limit: Math.min(LARGEST_PAGE, size, left),
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
        if (looking.passOver(candidate)) continue;
        if (isOutOfTime(row, reading.facts, looking.now)) late.push(row);
        else if (reach && !reach.admits(candidate)) heldBack = true;
        else found.push(candidate);
      }
    }
    next = page.next;
    last = page.rows.at(-1) ?? last;
    left -= page.rows.length;
    if (next === undefined || left <= 0 || late.length >= MOST_LATE) break;
    if (reach ? reach.isEnough(found) : found.length > want) break;
    size *= reach ? 4 : 2;
  }
  const isWhole = next === undefined && late.length <= MOST_LATE;
  const drained = isWhole && (reach !== undefined || found.length <= want);
  return {
    found: reach ? found : found.slice(0, want),
    broken,
    ended,
    stray,
    late: late.slice(0, MOST_LATE),
    tooMany: !isWhole && late.length > 0 && found.length <= want,
    drained,
    heldBack,
    ...(next !== undefined && last && { upTo: grainsOf(layout.greenfieldOf(last) ?? '0') }),
  };
};

/** Only before its first attempt was counted does a task run out of time. */
const isOutOfTime = (row: Row, { attempts }: TaskFacts, now: EpochMs): boolean => {
  const expiresAt = expiryOf(row);
  return expiresAt !== undefined && attempts === 0 && expiresAt <= now;
};

const candidateOf = (row: Row, facts: TaskFacts, layout: Layout): Candidate => {
  const id = layout.idOf(row);
  const claims = claimsOf(row);
  const seen = layout.greenfieldOf(row) ?? '0';
  const due = dueAt(grainsOf(seen));
  // sosw's numbers have nothing behind the milliseconds: there its time of creation tells such tasks apart.
  const turn = turnIn(due) === 0n ? turnOf(facts.createdAt, 0) : 0n;
  const errors = errorsToKeep(row, facts.attempts);
  return {
    id,
    payload: facts.payload,
    claims,
    seen,
    place: placeName(id, claims + 1),
    due: due + turn,
    priority: priorityOf(row),
    tag: tagOfKey(row[OURS.key]?.S),
    ...(errors && { errors }),
    row,
  };
};

/** The errors of attempts before, each with its number; of a row that is nearly full only the last, in short. */
const errorsToKeep = (row: Row, attempts: number): AttributeValue | undefined => {
  if (row[OURS.errors] === undefined) return undefined;
  return itemSize(row) > MAX_ITEM_SIZE - SPARE ? lastOnly(row, attempts, SHORT) : numbered(row, attempts);
};
