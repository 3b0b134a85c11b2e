/**
 * Ends that something follows from, in a partition of each labourer, the oldest first. An item there only names a home; whether it is an
 * end that is still to be followed, the home says. So it may be written before the end comes about, and be left when it did not.
 */
import type { End, EndRef, EpochMs, JsonText } from '@reeve/core';
import { inLanes } from '../../client/lanes.ts';
import type { Row } from '../../client/requests.ts';
import { hasMark } from '../../ledger/marks.ts';
import { digits, type Home, homeOf, instantIn } from '../codec/home-key.ts';
import { endedAtOf, endOf, HOME, hasEndedAt, idOf } from '../codec/home-row.ts';
import { isPending } from '../codec/lasting.ts';
import { guardedUntil, keepGuard, seconds } from '../enqueue/guard.ts';
import { homeKey, outboxKey, outboxPartition } from '../keys.ts';
import { FIRST, LAST } from '../lane/read-pointers.ts';
import type { NativeParts } from '../parts.ts';
import { keyRange, sortKeyOf } from '../shelf.ts';
import { LAG } from '../verbs/audit.ts';
import { rowsOf } from '../verbs/expired.ts';

/** Items of one reading. */
const PAGE = 1_000;
/** So many more than asked for are read at once: some may lead nowhere. */
const SPARE = 8;

/** Before the place of an end is given back: whoever finds the place says it again. */
export const announce = async ({ requests, shelf }: NativeParts, home: Home, row: Row): Promise<void> => {
  if (isPending(row)) await requests.put(shelf.table, outboxKey(home, endedAtOf(row)));
};

export const outbox = async (parts: NativeParts, labourers: readonly string[], limit: number): Promise<readonly End[]> => {
  if (limit <= 0 || labourers.length === 0) return [];
  const names = [...new Set(labourers)];
  const firsts = await parts.ledger.firsts(names);
  const followed = names.filter((_, at) => hasMark(firsts[at], 'follow'));
  const ends = (await inLanes(followed, (each) => endsOf(parts, each, limit))).flat();
  return ends.sort((a, b) => a.endedAt - b.endedAt).slice(0, limit);
};

const endsOf = async (parts: NativeParts, labourer: string, limit: number): Promise<readonly End[]> => {
  const { requests, shelf } = parts;
  const ends: End[] = [];
  let start: Row | undefined;
  do {
    const page = await requests.query({
      ...keyRange(shelf.table, outboxPartition(labourer), FIRST, LAST),
      limit: Math.min(PAGE, limit + SPARE),
      ...(start && { start }),
    });
    ends.push(...(await followedBy(parts, labourer, page.rows)));
    start = page.next;
  } while (start && ends.length < limit);
  return ends;
};

const followedBy = async (parts: NativeParts, labourer: string, items: readonly Row[]): Promise<readonly End[]> => {
  const { shelf } = parts;
  const named = items.map((item) => ({ item, at: instantIn(sortKeyOf(item)), home: homeOf(labourer, sortKeyOf(item).slice(AT)) }));
  const rows = await rowsOf(
    parts,
    named.map(({ home }) => home),
  );
  const rowOf = new Map(rows.map(([home, row]) => [shelf.keyText(homeKey(home)), row]));
  const ends = await inLanes(named, async ({ item, at, home }): Promise<readonly End[]> => {
    const row = rowOf.get(shelf.keyText(homeKey(home)));
    if (row && isPending(row) && hasEndedAt(row, at)) return [toEnd(row, home)];
    await forget(parts, item, row, at);
    return [];
  });
  return ends.flat();
};

const AT = digits(0).length;

const toEnd = (row: Row, home: Home): End => {
  const state = endOf(row) ?? 'completed';
  const result = state === 'completed' ? row[HOME.result]?.S : undefined;
  return {
    labourer: home.labourer,
    id: idOf(row, home),
    state,
    endedAt: endedAtOf(row),
    follow: row[HOME.follow]?.S as JsonText,
    ...(result !== undefined && { result: result as JsonText }),
  };
};

/** What leads nowhere goes: an end that was taken out; or one that did not come about, once whoever wrote of it must have given up. */
const forget = async ({ requests, shelf, clock }: NativeParts, item: Row, row: Row | undefined, at: EpochMs): Promise<void> => {
  const isTakenOut = row !== undefined && endOf(row) !== undefined && hasEndedAt(row, at);
  const { pk, sk } = item;
  if (pk && sk && (isTakenOut || at < clock.now() - LAG)) await requests.delete(shelf.table, { pk, sk });
};

/**
 * 1. The home: from here on it lasts as long as any that ended.  2. The guard of its id, likewise.  3. The item. A crash after 1 leaves
 * an item that leads nowhere, and at worst a guard that stands for ever.
 */
export const takeOut = async (parts: NativeParts, ends: readonly EndRef[]): Promise<void> => {
  await inLanes(ends, async (end) => {
    if (end.id === '' || end.labourer === '') return; // no key of DynamoDB's
    await parts.addresses.visit(end, async (home) => ({ row: await takeOutAt(parts, home, end), value: undefined }));
  });
};

const takeOutAt = async (parts: NativeParts, home: Home, { id, endedAt }: EndRef): Promise<Row | undefined> => {
  const { requests, shelf, clock, keeps } = parts;
  const now = clock.now();
  const set = { [HOME.ttl]: { N: seconds(now + keeps.longest(home.labourer)) } };
  const { kind, row } = await requests.update(
    shelf.table,
    homeKey(home),
    { set },
    // Only an ended home has a `ttl`, and only one that is to be followed has this one.
    (e) => `${e.name(HOME.ended)} = ${e.value({ N: String(endedAt) })} AND ${e.name(HOME.ttl)} = ${e.name(HOME.lasting)}`,
  );
  if (kind === 'done') await keepGuard(parts, id, home, guardedUntil(now, keeps.longest(home.labourer)));
  if (row && !(isPending(row) && hasEndedAt(row, endedAt))) await requests.delete(shelf.table, outboxKey(home, endedAt));
  return row;
};
