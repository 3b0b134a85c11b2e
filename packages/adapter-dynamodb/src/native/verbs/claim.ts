import type { ClaimAnswer, ClaimRequest, EpochMs, Lease, SetAside, TaskKey } from '@reeve/core';
import { inLanes } from '../../client/lanes.ts';
import type { Row } from '../../client/requests.ts';
import { placesOf, roomOf } from '../../ledger/group.ts';
import { KeyLimits } from '../../ledger/key-limits.ts';
import type { Place } from '../../ledger/place.ts';
import { homeText } from '../codec/home-key.ts';
import { type Candidate, isTaken } from '../lane/candidate.ts';
import type { Lookout } from '../lane/lookout.ts';
import { nextDue } from '../lane/next-due.ts';
import type { NativeParts } from '../parts.ts';
import { lanesIn } from '../shelf.ts';
import { setAside } from './aside.ts';
import { dropAll } from './drop.ts';
import { type Held, type Marked, mark } from './mark.ts';
import { repair } from './repair.ts';

/** Rounds of one claim: each after the first makes up for tasks that another was quicker at. */
const ROUNDS = 4;

/**
 * 1. Count the free places, from all groups of the ledger.  2. See what is due, and drop what has run out of time.  3. Take places, by a write that holds only if
 * nothing was taken since the count.  4. Take the tasks, each by a write that holds only if its home is as it was seen.
 *
 * A crash after 3 leaves places without tasks, which end by themselves with their lease or are given back by `maintain`. A crash
 * within 4 leaves leases that nobody works on; they expire. Two claims that see the same task take a place each, and one of them
 * loses at 4 and gives its place back.
 */
export const claim = async (parts: NativeParts, lookout: Lookout, request: ClaimRequest): Promise<ClaimAnswer> => {
  const { ledger, clock, guard, hints, history } = parts;
  const { labourer, cap, limit } = request;
  const leases: Lease[] = [];
  const aside: SetAside[] = [];
  const dropped: TaskKey[] = [];
  const lost = new Set<string>();
  // A token names one attempt of a task: what this call has had it does not take again, though it came back meanwhile.
  const had = new Set<string>();
  if (Math.min(cap, limit) <= 0) return { leases };
  // Read before the places: a clock that goes on meanwhile only makes us count more of them.
  let now = clock.now();
  const groups = await ledger.read(labourer, cap);
  const lanes = lanesIn(groups[0]);
  parts.lanes.note(labourer, lanes);
  parts.keeps.learn(labourer, groups[0]);
  history.forget(labourer, groups);
  const limits = KeyLimits.of(request);
  let isDrained = false;
  let isCut = false;
  let isIdle = false;
  for (let round = 0; round < ROUNDS && leases.length < limit; round += 1) {
    if (round > 0) now = clock.now();
    const want = Math.min(limit - leases.length, roomOf(groups, cap, { now, guard }).total);
    if (want <= 0) break;
    const busy = new Set(groups.flatMap(placesOf));
    const isGone = (each: Candidate): boolean => lost.has(each.place) || had.has(homeText(each.home)) || isTaken(each, busy);
    const looked = await lookout.look({ labourer, lanes, groups, want, limits, now, isGone });
    const set = await inLanes(looked.broken, (each) => setAside(parts, each));
    aside.push(...set.filter((each) => each !== undefined));
    dropped.push(...(await orForget(lookout, labourer, dropAll(parts, labourer, looked.outOfTime, now))));
    const { taken, marks } = await takeAll(parts, lookout, request, { groups, found: looked.found, now });
    for (const [at, held] of taken.entries()) {
      if (!marks[at]?.lease) lost.add(held.place);
      else {
        had.add(homeText(held.home));
        limits?.note(held);
      }
    }
    leases.push(...marks.map((each) => each.lease).filter((each) => each !== undefined));
    aside.push(...marks.map((each) => each.aside).filter((each) => each !== undefined));
    ({ isDrained, isCut } = looked);
    const { found, broken, outOfTime } = looked;
    isIdle = isDrained && [found, broken, outOfTime].every(({ length }) => length === 0);
    if (marks.every((each) => each.lease) && taken.length >= found.length && broken.length === 0 && !isCut) break;
  }
  // More have run out of time than one claim drops: it is to come again at once.
  const next = isCut ? now : isDrained ? await nextDue(parts, labourer, groups, now) : undefined;
  if (isIdle && leases.length === 0) await hints.lower(labourer, groups[0] ?? {}, now, next);
  return {
    leases: stillGood(leases, clock.now()),
    ...(aside.length > 0 && { aside }),
    ...(dropped.length > 0 && { dropped }),
    ...(next !== undefined && { nextDueIn: Math.max(0, next - now) }),
  };
};

interface Taken {
  readonly taken: readonly Held[];
  readonly marks: readonly Marked[];
}

interface Found {
  readonly groups: Row[];
  readonly found: readonly Candidate[];
  readonly now: EpochMs;
}

/** Steps 3 and 4. What was found and not taken goes back to the lookout. */
const takeAll = async (parts: NativeParts, lookout: Lookout, request: ClaimRequest, { groups, found, now }: Found): Promise<Taken> => {
  const { ledger, guard, call, history } = parts;
  const { labourer, cap, perKey, lease } = request;
  if (found.length === 0) return { taken: [], marks: [] };
  const take = async (): Promise<Taken> => {
    await history.gather(labourer, groups);
    const also = (row: Row) => ({ set: lookout.news(labourer, row), remove: history.goneFrom(labourer, row) });
    const taken = await ledger.take(groups, found, { labourer, cap, perKey, lease, now, guard, call, also });
    const places = new Set(taken.map(({ place }) => place));
    lookout.giveBack(
      labourer,
      found.filter(({ place }) => !places.has(place)),
    );
    const marks = await inLanes(taken, (each) => mark(parts, each, request, now));
    const isLeft = (at: number): boolean => !marks[at]?.lease && !marks[at]?.mayReturn;
    const left = taken.filter((_, at) => isLeft(at)).map(({ group, place }) => ({ place: { group, name: place } }));
    if (left.length > 0) await history.leave(labourer, left);
    const unsure = taken.filter((_, at) => marks[at]?.mayReturn);
    const repaired = await inLanes(unsure, ({ group, place }) => repair(parts, labourer, { group, name: place }));
    // What was given back is free: the next round may take it, without counting anew.
    for (const { place } of left) giveUp(groups, place);
    for (const [at, { group, place }] of unsure.entries()) if (repaired[at] === 'mended') giveUp(groups, { group, name: place });
    // Nothing of all that was remembered is to be had: another has been here meanwhile.
    if (taken.length > 0 && marks.every((each) => !each.lease)) lookout.forget(labourer);
    return { taken, marks };
  };
  return orForget(lookout, labourer, take());
};

const giveUp = (groups: Row[], { group, name }: Place): void => {
  const { [name]: _gone, ...rest } = groups[group] ?? {};
  groups[group] = rest;
};

/** What was handed out and not dealt with is to be found again. */
const orForget = async <T>(lookout: Lookout, labourer: string, work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    lookout.forget(labourer);
    throw error;
  }
};

/** A claim that was held up for longer than its lease gives away nothing: those places may have passed on. They are found expired. */
const stillGood = (leases: readonly Lease[], now: EpochMs): readonly Lease[] => leases.filter(({ deadline }) => deadline > now);
