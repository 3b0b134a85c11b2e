import type { EpochMs, Lease } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { isLive, type Now, placesOf } from '../../ledger/group.ts';
import { ownerOf, type Place, untilOfPlace } from '../../ledger/place.ts';
import { type Home, homeOf } from '../codec/home-key.ts';
import { claimsOf, HOME, readHome, stateOf, toLease, untilOf } from '../codec/home-row.ts';
import { homeKey } from '../keys.ts';
import type { NativeParts } from '../parts.ts';

/** Homes of one call that are looked at for each lease that was asked for: some have ended meanwhile. */
const SPARE = 50;

/**
 * The ledger is the list of what runs, so the expired leases of many labourers are found in a handful of reads.
 * @param isLeft told of places that have ended, and under which their tasks do not run: somebody died before he gave them back
 */
export const expired = async (
  parts: NativeParts,
  labourers: readonly string[],
  limit: number,
  isLeft: (labourer: string, place: Place) => void,
): Promise<readonly Lease[]> => {
  if (limit <= 0 || labourers.length === 0) return [];
  const { ledger, clock, guard } = parts;
  const now = clock.now();
  const groups = await ledger.readMany(labourers, false);
  const ended = [...groups].flatMap(([labourer, rows]) => rows.flatMap((row, group) => endedPlaces(labourer, group, row, { now, guard })));
  if (ended.length === 0) return [];
  // The oldest are chosen among a page of those that ended first; what is beyond the bound is found by the next call.
  const page = ended.sort((a, b) => a.until - b.until).slice(0, Math.max(SPARE, 4 * limit));
  const rows = await rowsOf(
    parts,
    page.map(({ home }) => home),
  );
  const rowOf = new Map(rows.map(([home, row]) => [keyOf(parts, home), row]));
  for (const { home, place } of page) if (!runsUnder(rowOf.get(keyOf(parts, home)), place)) isLeft(home.labourer, place);
  const leases = rows.map(([home, row]) => expiredLease(row, home, now - guard)).filter((each) => each !== undefined);
  return leases.sort((a, b) => a.deadline - b.deadline || (a.id < b.id ? -1 : 1)).slice(0, limit);
};

interface Ended {
  readonly home: Home;
  readonly place: Place;
  readonly until: EpochMs;
}

/** With the instant at which each ended; 0 of those that have been marked since. */
const endedPlaces = (labourer: string, group: number, row: Row, when: Now): readonly Ended[] =>
  placesOf(row)
    .filter((name) => !isLive(row, name, when))
    .map((name) => ({ home: homeOf(labourer, ownerOf(name).task), place: { group, name }, until: untilOfPlace(row[name]?.S ?? '') }));

const keyOf = ({ shelf }: NativeParts, home: Home): string => shelf.keyText(homeKey(home));

/** Whether it is this place that the task has its lease by, live or expired. */
export const runsUnder = (row: Row | undefined, { group, name }: Place): boolean =>
  row !== undefined && stateOf(row) === 'running' && claimsOf(row) === ownerOf(name).claim && Number(row[HOME.group]?.N) === group;

/** The items of homes, each once, in no order. Those that are not there are left out. */
export const rowsOf = async (
  { requests, shelf }: NativeParts,
  homes: readonly Home[],
  consistent: boolean = true,
): Promise<readonly (readonly [Home, Row])[]> => {
  const byKey = new Map(homes.map((home) => [shelf.keyText(homeKey(home)), home]));
  const rows = await requests.batchGet(shelf.table, [...byKey.values()].map(homeKey), consistent);
  return rows.flatMap((row) => {
    const home = byKey.get(shelf.keyText(row));
    return home ? [[home, row] as const] : [];
  });
};

/** By the home and not by the place: what was settled or renewed meanwhile is no more expired. */
const expiredLease = (row: Row, home: Home, latest: number): Lease | undefined => {
  if (stateOf(row) !== 'running' || untilOf(row) > latest || row[HOME.token] === undefined) return undefined;
  const reading = readHome(row, home);
  return 'problem' in reading ? undefined : toLease(row, reading.facts);
};
