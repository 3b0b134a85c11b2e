import type { EpochMs } from '@reeve/core';
import { digits, type Home } from '../codec/home-key.ts';
import { claimsOf, expiryOf, HOME, readHome } from '../codec/home-row.ts';
import { lanePartition } from '../keys.ts';
import type { NativeParts } from '../parts.ts';
import { keyRange, sortKeyOf } from '../shelf.ts';
import { type Broken, type Candidate, inLane } from './candidate.ts';

export interface LanePage {
  readonly found: readonly Candidate[];
  readonly broken: readonly Broken[];
  /** Where the page ended; `undefined`: with the last that is due. */
  readonly end?: string;
}

/** The queued tasks of a stretch of a lane, up to those that are due now. Strongly consistent. */
export const readLane = async (
  { requests, shelf }: NativeParts,
  {
    labourer,
    lane,
    from,
    now,
    limit,
  }: { readonly labourer: string; readonly lane: number; readonly from: string; readonly now: EpochMs; readonly limit: number },
): Promise<LanePage> => {
  const to = digits(now + 1); // places are longer, so none of that instant is within
  if (from >= to) return { found: [], broken: [] };
  const page = await requests.query({
    ...keyRange(shelf.table, lanePartition(labourer, lane), from === '' ? '0' : from, to),
    limit,
    filter: (e) => `${e.name(HOME.state)} = ${e.value({ S: 'queued' })}`,
  });
  const found: Candidate[] = [];
  const broken: Broken[] = [];
  for (const row of page.rows) {
    const home: Home = { labourer, lane, place: sortKeyOf(row) };
    const reading = readHome(row, home);
    if ('problem' in reading) broken.push({ home, row, problem: reading.problem });
    else found.push(inLane(home, claimsOf(row), expiryOf(row)));
  }
  return { found, broken, ...(page.next && { end: sortKeyOf(page.next) }) };
};
