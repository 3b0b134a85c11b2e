import type { ClaimAnswer, ClaimRequest, EpochMs, JsonText, Lease, SetAside, TaskKey } from '@reeve/core';
import { inLanes } from '../client/lanes.ts';
import type { Row } from '../client/requests.ts';
import { backAt, digitsOf, grainsOf, runningAt, turnIn, turnOfRetry } from '../codec/greenfield.ts';
import { GROUP, placesOf, roomOf } from '../ledger/group.ts';
import { KeyLimits } from '../ledger/key-limits.ts';
import { runningOf } from '../ledger/keys.ts';
import { hasMark } from '../ledger/marks.ts';
import { OURS } from '../rows/attributes.ts';
import { claimsOf, readRow, toLease } from '../rows/read-row.ts';
import { unlease } from '../sosw/adopt.ts';
import { finish } from '../sosw/finish.ts';
import { setAside } from './aside.ts';
import { candidates, nextDue, rankOf } from './candidates.ts';
import { endQueued } from './ending.ts';
import type { Candidate, Looking } from './look.ts';
import type { Parts } from './parts.ts';
import type { Recent } from './recent.ts';
import { candidatesInTurns, sayWhere, type Turns } from './turns.ts';

/** Rounds of one claim: each after the first makes up for tasks that another was quicker at. */
const ROUNDS = 4;

type Held = Candidate & { readonly group: number };

/**
 * 1. Count the free places, from all groups of the ledger.  2. See what is due.  3. Take places, by a write that holds only if
 * nothing was taken since the count.  4. Take the tasks, each by a write that holds only if it is as the index showed it.
 *
 * A crash after 3 leaves places without tasks, which end by themselves with their lease or are given back by `maintain`. A crash
 * within 4 leaves leases that nobody works on; they expire. Two claims that see the same task take a place each, and one of them loses
 * at 4 and gives its place back.
 */
export const claim = async (parts: Parts, request: ClaimRequest, recent: Recent): Promise<ClaimAnswer> => {
  const { ledger, clock, guard, call, hints } = parts;
  const { labourer, cap, perKey, limit, lease } = request;
  const leases: Lease[] = [];
  const aside: SetAside[] = [];
  const dropped: TaskKey[] = [];
  const lost = new Set<string>();
  // A token names one attempt: what a slow call held, lost and sees again is for the next.
  const had = new Set<string>();
  if (Math.min(cap, limit) <= 0) return { leases };
  // Read before the places: a clock that goes on meanwhile only makes us count more of them.
  let now = clock.now();
  const rows = await ledger.read(labourer, cap);
  const isUrgent = hasMark(rows[0], 'urgent');
  const limits = KeyLimits.of(request);
  let isKeyed = limits !== undefined && hasMark(rows[0], 'keyed');
  let drained = false;
  let isIdle = false;
  let tooMany = false;
  for (let round = 0; round < ROUNDS && leases.length < limit; round += 1) {
    if (round > 0) now = clock.now();
    const want = Math.min(limit - leases.length, roomOf(rows, cap, { now, guard }).total);
    if (want <= 0) break;
    const busy = new Set(rows.flatMap(placesOf));
    const passOver = (each: Candidate): boolean => {
      const { id, place, claims, seen } = each;
      return busy.has(place) || lost.has(place) || had.has(id) || recent.isNewer(birthOf(each), claims) || recent.wasDropped(id, seen);
    };
    const looking = { labourer, want, now, isUrgent, passOver };
    const looked: Turns = limits && isKeyed ? await inTurns(parts, looking, rows, limits) : await candidates(parts, looking);
    // The first of them may have come since the mark was looked for.
    isKeyed ||= limits !== undefined && looked.found.some(({ tag }) => tag !== undefined);
    const found = limits ? limits.withRoom(looked.found) : looked.found;
    aside.push(...(await inLanes(looked.broken, (each) => setAside(parts, labourer, each))).flat());
    await inLanes(looked.ended, (each) => finish(parts, labourer, each));
    await inLanes(looked.stray, (each) => unlease(parts, labourer, each));
    dropped.push(...(await inLanes(looked.late, (each) => drop(parts, labourer, each, recent))).flat());
    const taken = await ledger.take(rows, found, { labourer, cap, ...(isKeyed && { perKey }), lease, now, guard, call });
    const marks = await inLanes(taken, (each) => mark(parts, each, request, now));
    await ledger.leave(labourer, placesToLeave(taken, marks));
    taken.forEach((each, at) => {
      if (!marks[at]) lost.add(each.place);
      else {
        recent.note(birthOf(each), each.claims + 1);
        had.add(each.id);
        limits?.note(each);
      }
    });
    leases.push(...marks.filter((each) => each !== undefined));
    await inLanes(looked.surplus, (each) => lineUp(parts, each));
    ({ drained, tooMany } = looked);
    const inTheWay = looked.broken.length + looked.ended.length + looked.stray.length + (tooMany ? 1 : 0);
    isIdle = drained && looked.found.length === 0 && inTheWay + looked.late.length === 0;
    if (marks.every(Boolean) && taken.length >= looked.found.length && inTheWay === 0) break;
  }
  const next = tooMany ? now : drained ? await nextDue(parts, { labourer, now, isUrgent }) : undefined;
  if (isIdle && leases.length === 0) await hints.lower(labourer, rows[0] ?? {}, now, next);
  return {
    leases: stillGood(leases, clock.now()),
    ...(aside.length > 0 && { aside }),
    ...(dropped.length > 0 && { dropped }),
    ...(next !== undefined && { nextDueIn: Math.max(0, next - now) }),
  };
};

/** An id may have been forgotten and enqueued anew. What tells tasks of one millisecond apart stays with a task from its first place on. */
const birthOf = ({ id, due }: Candidate): string => `${id} ${turnIn(due)}`;

/** Who runs is counted as the groups had it before; when the places are taken, it is counted anew. */
const inTurns = async (parts: Parts, looking: Looking, rows: Row[], limits: KeyLimits): Promise<Turns> => {
  const { now, labourer } = looking;
  const before = rows[0]?.[GROUP.look]?.N;
  const keys = { limits, running: runningOf(rows, { now, guard: parts.guard }), goOn: before === undefined ? undefined : grainsOf(before) };
  const looked = await candidatesInTurns(parts, looking, keys);
  if (looked.goOn !== undefined) {
    const set = { [GROUP.look]: { N: digitsOf(looked.goOn) } };
    await sayWhere(parts, labourer, set);
    rows[0] = { ...rows[0], ...set };
  }
  return looked;
};

const placesToLeave = (taken: readonly Held[], marks: readonly (Lease | undefined)[]) =>
  taken.filter((_, at) => !marks[at]).map(({ group, place }) => ({ group, name: place }));

/** @returns the task, if it was this call that dropped it */
const drop = async (parts: Parts, labourer: string, row: Row, recent: Recent): Promise<readonly TaskKey[]> => {
  const id = parts.layout.idOf(row);
  if (!(await endQueued(parts, row, 'dropped', parts.call()))) return [];
  recent.noteDropped(id, parts.layout.greenfieldOf(row) ?? '0');
  return [{ labourer, id }];
};

/**
 * Puts an urgent task that has waited and is due where the urgent stand in their order, so that each is looked at here once. A claim
 * that saw it where it was comes too late for it, and gives its place back.
 */
const lineUp = async ({ requests, layout }: Parts, { id, seen, row }: Candidate): Promise<void> => {
  const { fields, tables } = layout;
  const set = { [fields.greenfield]: { N: digitsOf(rankOf(row, layout)) } };
  await requests.update(tables.tasks, layout.taskKey(id), { set }, (e) =>
    [
      `${e.name(fields.greenfield)} = ${e.value({ N: seen })}`,
      `attribute_not_exists(${e.name(OURS.until)})`,
      `attribute_not_exists(${e.name(fields.completed_at)})`,
    ].join(' AND '),
  );
};

/** A claim that was held up for longer than its lease gives away nothing: those places may have passed on. They are found expired. */
const stillGood = (leases: readonly Lease[], now: EpochMs): readonly Lease[] => leases.filter(({ deadline }) => deadline > now);

/** Takes one task: the row is as the index showed it, and leaves the queue. */
const mark = async (parts: Parts, held: Held, request: ClaimRequest, now: EpochMs): Promise<Lease | undefined> => {
  const { requests, layout } = parts;
  const { fields, tables } = layout;
  const { token, lease } = request;
  const claim = held.claims + 1;
  const until = now + lease;
  const written = await requests.update(
    tables.tasks,
    layout.taskKey(held.id),
    {
      set: {
        [fields.greenfield]: { N: runningAt(until, tables.invocationDelta) },
        [OURS.claims]: { N: String(claim) },
        [OURS.token]: { S: token },
        [OURS.until]: { N: String(until) },
        [OURS.claimedAt]: { N: String(now) },
        [OURS.group]: { N: String(held.group) },
        [OURS.back]: { N: digitsOf(backAt(held.due, held.priority)) },
        [OURS.turn]: { N: digitsOf(turnOfRetry(held.due, held.priority)) },
        ...(held.errors && { [OURS.errors]: held.errors }),
      },
      add: { [fields.attempts]: 1 },
      remove: [OURS.verdict],
    },
    (e) =>
      [
        `${e.name(fields.greenfield)} = ${e.value({ N: held.seen })}`,
        `attribute_not_exists(${e.name(OURS.until)})`,
        `attribute_not_exists(${e.name(fields.completed_at)})`,
        held.claims === 0
          ? `attribute_not_exists(${e.name(OURS.claims)})`
          : `${e.name(OURS.claims)} = ${e.value({ N: String(held.claims) })}`,
      ].join(' AND '),
  );
  const { row } = written;
  if (row === undefined) return undefined;
  // Lost to ourselves: the first answer did not arrive, and the client asked again. Our own token tells.
  const ours = written.kind === 'done' || (row[OURS.token]?.S === token && claimsOf(row) === claim && row[OURS.until] !== undefined);
  if (!ours) return undefined;
  const reading = readRow(row, layout);
  return 'problem' in reading ? undefined : toLease(row, reading.facts, membersOf(held, row, layout.fields));
};

/** What sosw's message says beside the payload, as its Orchestrator read it before the invocation. */
const membersOf = (
  held: Held,
  row: Readonly<Record<string, { N?: string | undefined }>>,
  fields: { created_at: string; attempts: string },
) => ({
  created_at: (row[fields.created_at]?.N ?? '0') as JsonText,
  greenfield: held.seen as JsonText,
  attempts: String(Number(row[fields.attempts]?.N ?? 1) - 1) as JsonText,
});
