import type { EpochMs, Lease } from '@reeve/core';
import type { Row } from '../client/requests.ts';
import { isLive, type Now, placesOf } from '../ledger/group.ts';
import { ownerOf, type Place, untilOfPlace } from '../ledger/place.ts';
import { OURS } from '../rows/attributes.ts';
import { claimsOf, readRow, toLease, untilOf } from '../rows/read-row.ts';
import type { Parts } from './parts.ts';

/** Rows of one call that are looked at for each lease that was asked for: some have ended meanwhile. */
const SPARE = 50;

/**
 * The ledger is the list of what runs, so the expired leases of many labourers are found in a handful of reads.
 * @param isLeft told of places that have ended, and under which their tasks do not run: somebody died before he gave them back
 */
export const expired = async (
  parts: Parts,
  labourers: readonly string[],
  limit: number,
  isLeft: (place: Place) => void,
): Promise<readonly Lease[]> => {
  if (limit <= 0 || labourers.length === 0) return [];
  const { requests, layout, ledger, clock, guard } = parts;
  const now = clock.now();
  const groups = await ledger.readMany(labourers, false);
  const ended = [...groups.values()].flatMap((rows) => rows.flatMap((row, group) => endedPlaces(row, group, { now, guard })));
  if (ended.length === 0) return [];
  // The oldest are chosen among a page of those that ended first; what is beyond the bound is found by the next call.
  const page = ended.sort((a, b) => a.until - b.until).slice(0, Math.max(SPARE, 4 * limit));
  const ids = new Set(page.map(({ place }) => ownerOf(place.name).task));
  const found = await requests.batchGet(
    layout.tables.tasks,
    [...ids].map((id) => layout.taskKey(id)),
  );
  const rowOf = new Map(found.map((row) => [layout.idOf(row), row]));
  for (const { place } of page) if (!runsUnder(rowOf.get(ownerOf(place.name).task), place)) isLeft(place);
  const leases: Lease[] = [];
  for (const row of found) {
    const lease = expiredLease(parts, row, now);
    if (lease && labourers.includes(lease.labourer)) leases.push(lease);
  }
  return leases.sort((a, b) => a.deadline - b.deadline || (a.id < b.id ? -1 : 1)).slice(0, limit);
};

/** With the instant at which each ended; 0 of those that have been marked since. */
const endedPlaces = (row: Row, group: number, when: Now): readonly { readonly place: Place; readonly until: EpochMs }[] =>
  placesOf(row)
    .filter((name) => !isLive(row, name, when))
    .map((name) => ({ place: { group, name }, until: untilOfPlace(row[name]?.S ?? '') }));

/** Whether it is this place that the task has its lease by, live or expired. */
export const runsUnder = (row: Row | undefined, { group, name }: Place): boolean =>
  row?.[OURS.until] !== undefined && claimsOf(row) === ownerOf(name).claim && Number(row[OURS.group]?.N) === group;

/** By the row and not by the place: what was settled or renewed meanwhile is no more expired. */
const expiredLease = ({ layout, guard }: Parts, row: Row, now: number): Lease | undefined => {
  const until = untilOf(row);
  if (until === undefined || until > now - guard || row[layout.fields.completed_at] !== undefined || claimsOf(row) === 0) return undefined;
  if (row[OURS.token] === undefined) return undefined;
  const reading = readRow(row, layout);
  return 'problem' in reading ? undefined : toLease(row, reading.facts);
};
