import type { RangeQuery, Requests, Row } from '../client/requests.ts';
import { digitsOf, type Grains, grainsOf } from '../codec/greenfield.ts';
import type { Stand } from './cursor.ts';

export interface Ranked {
  readonly rankOf: (row: Row) => Grains;
  readonly idOf: (row: Row) => string;
}

/** A stretch of an index that a list reads in its order. */
export interface Range {
  readonly query: Omit<RangeQuery, 'limit' | 'start'>;
  /** Which rows belong to the list. A filter of DynamoDB's would read, and cost, as many. */
  readonly keep?: (row: Row) => boolean;
  /** The order of the list, where it is another than that of the index. */
  readonly ranked?: Ranked;
  /** The attributes that make a key of the index: what a cursor remembers of the last row. */
  readonly key: readonly string[];
}

/** What stands for a place among ranked rows: the rank of the last row, and its id. */
const RANK = 'rank';
const ID = 'id';

/** A stretch that is not in the order of its list is read to its end for each page, and put into it. It is short: claims see to that. */
const readRanked = async (
  requests: Requests,
  { query, keep = () => true, ranked }: Range & { readonly ranked: Ranked },
  stand: Stand,
  limit: number,
): Promise<RangePage> => {
  const all: { readonly row: Row; readonly rank: Grains; readonly id: string }[] = [];
  let start: Row | undefined;
  do {
    const page = await requests.query({ ...query, limit: 1_000, ...(start && { start }) });
    all.push(...page.rows.filter(keep).map((row) => ({ row, rank: ranked.rankOf(row), id: ranked.idOf(row) })));
    start = page.next;
  } while (start);
  const isBehind = (rank: Grains, id: string): boolean => {
    if (typeof stand !== 'object') return stand === 'begin';
    const last = grainsOf(stand[RANK]?.N ?? '0');
    return rank > last || (rank === last && id > (stand[ID]?.S ?? ''));
  };
  all.sort((a, b) => (a.rank < b.rank || (a.rank === b.rank && a.id < b.id) ? -1 : 1));
  const left = all.filter(({ rank, id }) => isBehind(rank, id));
  const page = left.slice(0, limit);
  return {
    rows: page.map(({ row }) => row),
    after: (count) => {
      if (count === left.length) return 'end';
      const last = page[count - 1];
      return last ? { [RANK]: { N: digitsOf(last.rank) }, [ID]: { S: last.id } } : stand;
    },
  };
};

export interface RangePage {
  readonly rows: readonly Row[];
  /** Where the range stands behind each of the rows. */
  readonly after: (count: number) => Stand;
}

/** Up to so many rows from where the range stands. */
export const readRange = async (
  requests: Requests,
  { query, keep = () => true, key, ranked }: Range,
  stand: Stand,
  limit: number,
): Promise<RangePage> => {
  if (ranked) return readRanked(requests, { query, keep, key, ranked }, stand, limit);
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

/** Ranges as one list, in this order. @returns how many of each make the first `limit` */
export const mergeBy = (
  lists: readonly (readonly Row[])[],
  order: (row: Row) => Grains,
  limit: number,
): { rows: Row[]; counts: number[] } => {
  const counts = lists.map(() => 0);
  const rows: Row[] = [];
  while (rows.length < limit) {
    let best = -1;
    for (const [n, list] of lists.entries()) {
      const row = list[counts[n] ?? 0];
      const leader = best < 0 ? undefined : lists[best]?.[counts[best] ?? 0];
      if (row && (!leader || order(row) < order(leader))) best = n;
    }
    const row = best < 0 ? undefined : lists[best]?.[counts[best] ?? 0];
    if (!row) break;
    rows.push(row);
    counts[best] = (counts[best] ?? 0) + 1;
  }
  return { rows, counts };
};
