/** A group item holds a share of a labourer's places. Everything here is counted from a reading of all groups: pure. */
import type { EpochMs, Millis } from '@reeve/core';
import type { Row } from '../client/requests.ts';
import { isPlaceName, untilOfPlace } from './place.ts';

export const GROUP = {
  /** Goes up with every taking and renewing; what was counted at one version is written upon at that version only. */
  version: 'reeve_v',
  /** Whose taking made this version. */
  by: 'reeve_by',
  /** How many groups the labourer has; on the first group. It never changes. */
  groups: 'reeve_groups',
  /** Something may be due from this instant on; on the first group. */
  due: 'reeve_due',
  /** When `due` was last said by somebody who made work. */
  touched: 'reeve_touched',
  /** Where in the queue a claim that gives turns goes on looking, when the first few hundred tasks are of full keys; on the first group. */
  look: 'reeve_look',
  /** When ended tasks were counted, of which so many are kept that it is seldom done; on the first group. */
  counted: 'reeve_counted',
} as const;

/** Nothing is due. */
export const NEVER: EpochMs = 9e15;

/** Places of one group at a full cap: so many fit into the 1,024 bytes that one write unit pays for. */
const PLACES = 16;
const MOST_GROUPS = 200;
/** Expired places that nobody has reaped stay in a group, as the list of what to reap; so many at the most, beside twice its share. */
const SPARE = 64;

/** What a place's deadline is compared with. */
export interface Now {
  readonly now: EpochMs;
  /** A place counts until so long after its deadline. */
  readonly guard: Millis;
}

export const groupsFor = (cap: number): number => Math.min(MOST_GROUPS, Math.max(1, Math.ceil(cap / PLACES)));

export const shareOf = (cap: number, groups: number, group: number): number => Math.floor(cap / groups) + (group < cap % groups ? 1 : 0);

export const placesOf = (row: Row): readonly string[] => Object.keys(row).filter(isPlaceName);

export const isLive = (row: Row, name: string, { now, guard }: Now): boolean => untilOfPlace(row[name]?.S ?? '') > now - guard;

/**
 * Free places of each group, and of all together. A group gives no more than its share, so two that count different groups at
 * once cannot exceed the cap together.
 *
 * Places beyond a share (the cap was lowered) are owed by the other groups, the first of them first: if each was merely counted
 * against all, two that take from two groups at once would both take the last that is left. What is owed only falls, and a group
 * that keeps places free for it is never full, so all that count at any time agree on who owes what.
 */
export const roomOf = (rows: readonly Row[], cap: number, when: Now): { readonly each: readonly number[]; readonly total: number } => {
  const live = rows.map((row) => placesOf(row).filter((name) => isLive(row, name, when)).length);
  const shares = rows.map((_, group) => shareOf(cap, rows.length, group));
  let owed = sum(live.map((count, group) => Math.max(0, count - (shares[group] ?? 0))));
  const each = rows.map((row, group) => {
    const share = shares[group] ?? 0;
    const free = Math.max(0, share - (live[group] ?? 0));
    const kept = Math.min(free, owed);
    owed -= kept;
    return Math.max(0, Math.min(free - kept, 2 * share + SPARE - placesOf(row).length));
  });
  return { each, total: sum(each) };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
