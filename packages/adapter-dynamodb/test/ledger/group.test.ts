import { CountingChance } from '@reeve/testkit';
import { expect, it } from 'vitest';
import type { Row } from '../../src/client/requests.ts';
import { groupsFor, roomOf, shareOf } from '../../src/ledger/group.ts';
import { placeValue } from '../../src/ledger/place.ts';

const when = { now: 100_000, guard: 1_000 };
const DAY = 86_400_000;

/** A group with so many places that run, and so many that have ended. */
const group = (live: number, ended = 0): Row => ({
  ...Object.fromEntries(Array.from({ length: live }, (_, n) => [`@live${n}~1`, { S: placeValue(DAY, 0) }])),
  ...Object.fromEntries(Array.from({ length: ended }, (_, n) => [`@ended${n}~1`, { S: placeValue(1, 0) }])),
});

const room = (live: readonly number[], cap: number) =>
  roomOf(
    live.map((each) => group(each)),
    cap,
    when,
  );
const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);

it.each([1, 2, 7, 16, 17, 40, 100, 1_000, 10_000])('the shares of a cap of %i add up to it', (cap) => {
  const groups = groupsFor(cap);
  expect(sum(Array.from({ length: groups }, (_, n) => shareOf(cap, groups, n)))).toBe(cap);
});

it('of empty groups all is free', () => {
  expect(room([0, 0, 0], 40)).toEqual({ each: [14, 13, 13], total: 40 });
});

it('what runs beyond a share is owed by another group, and only once', () => {
  // The cap was 40, and is 39: shares of 13. One more may start, and it must not be one in each of two groups.
  expect(room([14, 12, 12], 39)).toEqual({ each: [0, 0, 1], total: 1 });
  expect(room([14, 13, 12], 39)).toEqual({ each: [0, 0, 0], total: 0 });
  expect(room([16, 16, 0], 6)).toEqual({ each: [0, 0, 0], total: 0 });
});

it('an ended place is free from so long after its end as clocks may be apart', () => {
  const row = (until: number): Row => ({ '@a~1': { S: placeValue(until, 0) } });
  expect(roomOf([row(99_001)], 1, when).total).toBe(0);
  expect(roomOf([row(99_000)], 1, when).total).toBe(1);
});

it('a group with very many ended places takes no more until some are reaped: an item has its limit', () => {
  expect(roomOf([group(0, 40)], 4, when).total).toBe(4);
  expect(roomOf([group(0, 72)], 4, when).total).toBe(0);
});

/**
 * Claims that count at different times and write when nobody has taken from their own group since: whatever they saw of the others,
 * together they stay within the cap. Each group is looked at by itself, at an instant of its own, as one BatchGetItem does.
 */
const play = (seed: number): { readonly cap: number; readonly start: number; readonly most: number } => {
  const chance = new CountingChance(seed * 7_919);
  const int = (bound: number): number => Math.floor(chance.random() * bound);
  const groups = 2 + int(3);
  const before = groups * (2 + int(4));
  const cap = Math.max(1, before - 1 - int(before - 1));
  const live = Array.from({ length: groups }, (_, n) => int(shareOf(before, groups, n) + 1));
  const versions = live.map(() => 0);
  const history = live.map((count) => [{ count, version: 0 }]);
  const start = sum(live);
  let most = 0;
  for (let step = 0; step < 300; step += 1) {
    const at = int(groups);
    const own = live[at] ?? 0;
    const seen = history.map((each) => each[Math.max(0, each.length - 1 - int(6))]!);
    const counts = seen.map(({ count }) => count);
    const take = seen[at]?.version === versions[at] ? Math.min(room(counts, cap).each[at] ?? 0, 1 + int(3)) : 0;
    const isBack = chance.random() < 0.4;
    live[at] = isBack ? Math.max(0, own - 1) : own + take; // a place that is given back leaves the version as it is
    if (!isBack && take > 0) {
      versions[at] = (versions[at] ?? 0) + 1;
      most = Math.max(most, sum(live));
    }
    history[at]?.push({ count: live[at], version: versions[at] ?? 0 });
  }
  return { cap, start, most };
};

it.each(Array.from({ length: 200 }, (_, seed) => seed + 1))('any counts of any age keep to a lowered cap (seed %i)', (seed) => {
  const { cap, most } = play(seed);
  expect(most).toBeLessThanOrEqual(cap);
});

it('stories in which the cap is reached, and in which it was lowered below what ran, are among them', () => {
  const told = Array.from({ length: 200 }, (_, seed) => play(seed + 1));
  expect(told.filter(({ cap, most }) => most === cap).length).toBeGreaterThan(50);
  expect(told.filter(({ cap, start }) => start > cap).length).toBeGreaterThan(10);
});
