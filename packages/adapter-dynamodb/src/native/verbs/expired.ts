import type { EpochMs, Lease } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { isLive, placesOf } from '../../ledger/group.ts';
import { ownerOf, untilOfPlace } from '../../ledger/place.ts';
import { type Home, homeOf } from '../codec/home-key.ts';
import { HOME, readHome, stateOf, toLease, untilOf } from '../codec/home-row.ts';
import { homeKey } from '../keys.ts';
import type { NativeParts } from '../parts.ts';

/** Homes of one call that are looked at for each lease that was asked for: some have ended meanwhile. */
const SPARE = 50;

/** The ledger is the list of what runs, so the expired leases of many labourers are found in a handful of reads. */
export const expired = async (parts: NativeParts, labourers: readonly string[], limit: number): Promise<readonly Lease[]> => {
  if (limit <= 0 || labourers.length === 0) return [];
  const { ledger, clock, guard } = parts;
  const now = clock.now();
  const groups = await ledger.readMany(labourers, false);
  const ended = [...groups].flatMap(([labourer, rows]) => rows.flatMap((row) => endedPlaces(labourer, row, now, guard)));
  const homes = ended.sort((a, b) => a.until - b.until).map(({ home }) => home);
  if (homes.length === 0) return [];
  // The oldest are chosen among a page of those that ended first; what is beyond the bound is found by the next call.
  const rows = await rowsOf(parts, homes.slice(0, Math.max(SPARE, 4 * limit)));
  const leases = rows.map(([home, row]) => expiredLease(row, home, now - guard)).filter((each) => each !== undefined);
  return leases.sort((a, b) => a.deadline - b.deadline || (a.id < b.id ? -1 : 1)).slice(0, limit);
};

/** With the instant at which each ended; 0 of those that have been marked since. */
const endedPlaces = (
  labourer: string,
  row: Row,
  now: EpochMs,
  guard: number,
): readonly { readonly home: Home; readonly until: EpochMs }[] =>
  placesOf(row)
    .filter((name) => !isLive(row, name, { now, guard }))
    .map((name) => ({ home: homeOf(labourer, ownerOf(name).task), until: untilOfPlace(row[name]?.S ?? '') }));

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
