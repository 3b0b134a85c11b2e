import { DAY, type EpochMs, MINUTE, type Millis, type NewTask, ReeveError } from '@reeve/core';
import { inLanes } from '../../client/lanes.ts';
import type { Row } from '../../client/requests.ts';
import { checkTasks } from '../../verbs/enqueue.ts';
import { type Home, homeInId, instantIn, placeText } from '../codec/home-key.ts';
import { HOME, stateOf } from '../codec/home-row.ts';
import { addressKey, homeKey } from '../keys.ts';
import type { NativeParts } from '../parts.ts';
import { guardedUntil, guardMembers, guardRow, homeInGuard, seconds } from './guard.ts';
import { type Incoming, putHome, tend } from './put-home.ts';

/** A due time so long past is as good as now: a clock was read a little earlier. */
const NEAR: Millis = 50;
/**
 * No task is put where the lane should have had it so long ago: whoever dies over it would leave it where the house-keeping has been
 * (`LAG` of audit.ts). What is left of that is for the request itself, and for clocks that differ.
 */
const LATEST: Millis = 2 * MINUTE;
/** Rounds of two that enqueue one id for two labourers. */
const ROUNDS = 8;

export type Plan = Incoming & {
  /** The id says where the home is. */
  readonly isOwn: boolean;
};

/** One conditional PutItem each, and one more for the guard of an id that is not the store's own. */
export const enqueue = async (parts: NativeParts, tasks: readonly NewTask[]): Promise<readonly ('created' | 'duplicate')[]> => {
  checkTasks(tasks);
  await parts.lanes.learn(tasks.map(({ labourer }) => labourer));
  const now = parts.clock.now();
  const firstOf = new Map<string, number>();
  for (const [at, { id }] of tasks.entries()) if (!firstOf.has(id)) firstOf.set(id, at);
  // The places are drawn before anything is sent: the requests may overtake each other.
  const plans = tasks.map((task) => planOf(parts, task, now));
  const outcomes = await inLanes(plans, async (plan, at) => {
    if (firstOf.get(plan.task.id) !== at) return 'duplicate' as const;
    return (await settleIn(parts, plan)) ? ('created' as const) : ('duplicate' as const);
  });
  // Also of a duplicate: whoever enqueued it first may have died before he could say so.
  await Promise.all([...new Set(tasks.map(({ labourer }) => labourer))].map((each) => parts.hints.touch(each)));
  return outcomes;
};

export const planOf = (parts: NativeParts, task: NewTask, now: EpochMs): Plan => {
  const common = { task, createdAt: now, call: parts.call() };
  const own = homeInId(task.id);
  const madeFor = own ? instantIn(own.place) : 0;
  if (own?.labourer === task.labourer && madeFor >= now - parts.window / 4) {
    const due = task.due ?? (madeFor <= now ? madeFor : now);
    return { ...common, home: own, due, isOwn: true };
  }
  const due = task.due ?? now;
  return { ...common, home: newHome(parts, task.labourer, due >= now - NEAR ? due : now, now), due, isOwn: false };
};

export const newHome = (parts: NativeParts, labourer: string, due: EpochMs, now: EpochMs): Home => ({
  labourer,
  lane: parts.lanes.next(labourer),
  place: placeText(due, now, parts.order(), parts.chance.random()),
});

/** @returns whether it was this call that brought the task in */
export const settleIn = async (parts: NativeParts, planned: Plan): Promise<boolean> => {
  const plan = isTooLate(parts, planned.home) ? { ...planned, home: homeNow(parts, planned), isOwn: false } : planned;
  const { call, home } = plan;
  const found = plan.isOwn ? await putHome(parts, plan, home) : await putGuard(parts, plan);
  if (stateOf(found) !== 'moved') return isOf(found, call);
  // The guard stands where the id says that the home is: so that is no home any more.
  const elsewhere = plan.isOwn ? newHome(parts, plan.task.labourer, Math.max(plan.due, plan.createdAt), plan.createdAt) : home;
  return settleByGuard(parts, { ...plan, home: elsewhere }, found);
};

/** The process slept, or the guard was left by one who died. */
const isTooLate = ({ clock }: NativeParts, { place }: Home): boolean => clock.now() - instantIn(place) > LATEST;

const homeNow = (parts: NativeParts, { task, due }: Plan): Home => {
  const now = parts.clock.now();
  return newHome(parts, task.labourer, Math.max(due, now), now);
};

const isOf = (row: Row, call: string): boolean => row[HOME.call]?.S === call;

const putGuard = async ({ requests, shelf, keeps }: NativeParts, { task, home, due, createdAt, call }: Plan): Promise<Row> => {
  const until = task.follow === undefined ? guardedUntil(Math.max(due, createdAt), keeps.longest(home.labourer)) : undefined;
  const row = guardRow(task.id, home, call, until);
  return (await requests.put(shelf.table, row, (e) => `attribute_not_exists(${e.name('pk')})`)).row ?? row;
};

/**
 * The guard says where the task belongs; whoever puts it there first has created it. A guard without a home was left by a crash, or
 * by somebody who is about to come: of the same labourer, its home is taken for ours, and he finds us there. Of another, or long ago,
 * its home is closed for ever before the guard is moved to ours, so that the id is never in two homes.
 */
const settleByGuard = async (parts: NativeParts, plan: Plan, first: Row): Promise<boolean> => {
  const { task, call, home } = plan;
  let guard = first;
  for (let round = 0; round < ROUNDS; round += 1) {
    const place = homeInGuard(guard);
    const isOurs = place.labourer === task.labourer;
    const isOpen = isOurs && !isTooLate(parts, place);
    const found = isOpen ? await putHome(parts, plan, place) : await closeHome(parts, place);
    if (stateOf(found) !== 'void') {
      if (isOurs && !isOpen) await tend(parts, found, place);
      if (isOf(found, call)) parts.addresses.note(task.id, place);
      return isOf(found, call);
    }
    const { row } = await parts.requests.update(
      parts.shelf.table,
      addressKey(task.id),
      { set: guardMembers(isTooLate(parts, home) ? homeNow(parts, plan) : home, call) },
      (e) => `${e.name(HOME.call)} = ${e.value(guard[HOME.call] ?? { S: '' })}`,
    );
    guard = row ?? (await putGuard(parts, plan));
  }
  const message = `enqueue: ${JSON.stringify(task.id)} is being enqueued for another labourer at the same time; try again`;
  throw new ReeveError({ kind: 'unavailable', code: 'STORE_BUSY', message });
};

/** @returns what is there: a task, or that none may come */
const closeHome = async ({ requests, shelf, clock }: NativeParts, home: Home): Promise<Row> => {
  const row = { ...homeKey(home), [HOME.state]: { S: 'void' }, [HOME.ttl]: { N: seconds(clock.now() + DAY) } };
  const seen = await requests.get(shelf.table, homeKey(home));
  if (seen) return seen;
  return (await requests.put(shelf.table, row, (e) => `attribute_not_exists(${e.name('pk')})`)).row ?? row;
};

/** For a task that is to be enqueued now or at its due time. `undefined`: the labourer's name leaves no room. */
export const placeFor = (parts: NativeParts, { labourer, due }: Pick<NewTask, 'labourer' | 'due'>): Home => {
  const now = parts.clock.now();
  return newHome(parts, labourer, Math.max(due ?? now, now), now);
};
