import type { RangeQuery, Requests, Row } from '../client/requests.ts';
import { dueAt, grainsOf } from '../codec/greenfield.ts';
import type { Stand } from './cursor.ts';

/** A stretch of an index that a list reads in its order. */
export interface Range {
  readonly query: Omit<RangeQuery, 'limit' | 'start'>;
  /** Which rows belong to the list. A filter of DynamoDB's would read, and cost, as many. */
  readonly keep?: (row: Row) => boolean;
  /** The attributes that make a key of the index: what a cursor remembers of the last row. */
  readonly key: readonly string[];
}

export interface RangePage {
  readonly rows: readonly Row[];
  /** Where the range stands behind each of the rows. */
  readonly after: (count: number) => Stand;
}

/** Up to so many rows from where the range stands. */
export const readRange = async (
  requests: Requests,
  { query, keep = () => true, key }: Range,
  stand: Stand,
  limit: number,
): Promise<RangePage> => {
  const rows: Row[] = [];
  let start = typeof stand === 'object' ? stand : undefined;
  let ended = stand === 'end';
  while (!ended && rows.length < limit) {
    const page = await requests.query({ ...query, limit: limit + 1, ...(start && { start }) });
    rows.push(...page.rows.filter(keep));
    start = page.next;
    ended = start === undefined;
  }
  return {
    rows: rows.slice(0, limit),
    after: (count) => {
      if (count === 0) return rows.length === 0 && ended ? 'end' : stand;
      if (count === rows.length && ended) return 'end';
      const last = rows[count - 1] ?? {};
      return Object.fromEntries(key.map((name) => [name, last[name] ?? { S: '' }]));
    },
  };
};

/** Two ranges as one list, by due time. @returns how many of each make the first `limit` */
export const mergeByDue = (lists: readonly (readonly Row[])[], greenfield: string, limit: number): { rows: Row[]; counts: number[] } => {
  const counts = lists.map(() => 0);
  const rows: Row[] = [];
  while (rows.length < limit) {
    let best = -1;
    for (const [n, list] of lists.entries()) {
      const row = list[counts[n] ?? 0];
      const leader = best < 0 ? undefined : lists[best]?.[counts[best] ?? 0];
      if (row && (!leader || dueIn(row, greenfield) < dueIn(leader, greenfield))) best = n;
    }
    const row = best < 0 ? undefined : lists[best]?.[counts[best] ?? 0];
    if (!row) break;
    rows.push(row);
    counts[best] = (counts[best] ?? 0) + 1;
  }
  return { rows, counts };
};

const dueIn = (row: Row, greenfield: string): bigint => dueAt(grainsOf(row[greenfield]?.N ?? '0'));
