import type { ClaimAnswer, ClaimRequest, EpochMs, TaskKey } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { type LeaseRow, toLease } from '../rows.ts';
import { dropChosen, dropLate } from './drop.ts';
import { DueLanes } from './due-lanes.ts';
import { takeChosen, takeOfLane } from './take.ts';
import { chooseInTurns } from './turns.ts';

/**
 * Stops at the cap: a claim reads no more than that, however many run. `late`: some queued task has run out of time. `keyed`: some
 * queued task has a key. Each is a step into an index that is empty where nobody uses what it is for.
 */
export const COUNT_RUNNING = `
  SELECT count(*) AS running, EXISTS (
    SELECT 1 FROM tasks WHERE state = 'queued' AND attempts = 0 AND labourer = ?1 AND expires_at <= ?2
  ) AS late, EXISTS (SELECT 1 FROM heads WHERE labourer = ?1) AS keyed
  FROM (SELECT 1 FROM tasks WHERE state = 'running' AND labourer = ?1 AND deadline > ?2 LIMIT ?3)`;

interface Counted {
  readonly running: number;
  readonly late: number;
  readonly keyed: number;
}

/** The most that one claim drops, so that none holds the file's lock for long. */
const MOST_DROPPED = 1_000;

interface Met {
  readonly rows: readonly LeaseRow[];
  readonly dropped: readonly TaskKey[];
  /** What the lanes say after it. */
  readonly nextDue: EpochMs | undefined;
}

/**
 * Counts and takes under one write lock. Two claims at once could each count the same free place, under the cap or of a key; here the
 * second begins only after the first has committed, and counts what the first took (C2, C11). `now` is read under the lock as well: an
 * instant from before a long wait would let a lease be counted that has expired meanwhile, or be given out short.
 */
export const claim = (statements: Statements, request: ClaimRequest, now: EpochMs): ClaimAnswer => {
  const { labourer, cap, limit } = request;
  const counted = statements.first<Counted>(COUNT_RUNNING, labourer, now, cap)!;
  const room = Math.max(0, Math.min(limit, cap - counted.running));
  // Tasks without a key are not limited and take turns with nobody, so they go in order where there are no others.
  const inTurns = (request.perKey !== undefined || request.room !== undefined) && counted.keyed === 1 && room > 0;
  const { rows, dropped, nextDue } = (inTurns ? takeInTurns : takeInOrder)(statements, request, counted, room, now);
  return {
    leases: rows.map(toLease),
    ...(dropped.length > 0 && { dropped }),
    ...(nextDue !== undefined && { nextDueIn: Math.max(0, nextDue - now) }),
  };
};

const grantOf = ({ token, lease }: ClaimRequest, now: EpochMs) => ({ token, now, deadline: Math.ceil(now + lease) });

const takeInOrder = (statements: Statements, request: ClaimRequest, { late, keyed }: Counted, room: number, now: EpochMs): Met => {
  const { labourer } = request;
  const of = { labourer, keyed: keyed === 1 };
  const grant = grantOf(request, now);
  const rows: LeaseRow[] = [];
  const dropped: TaskKey[] = [];
  const takeOf = (lane: number): void => {
    let most = room - rows.length;
    if (late) {
      // Of the next few the late ones go, and the rest of these few are taken: so nobody is dropped who was not met.
      most = Math.min(most, MOST_DROPPED - dropped.length);
      const gone = dropLate(statements, of, lane, now, most);
      dropped.push(...gone);
      most -= gone.length;
    }
    if (most > 0) rows.push(...takeOfLane(statements, of, lane, grant, most));
  };
  const hasRoom = (): boolean => rows.length < room && dropped.length < MOST_DROPPED;
  const lanes = new DueLanes(statements, labourer, now, keyed === 1);
  let lane = lanes.next();
  while (lane !== undefined && hasRoom()) {
    takeOf(lane);
    // Perhaps the same again: behind late ones more may be due.
    lane = lanes.next(lane);
  }
  return { rows, dropped, nextDue: lane === undefined ? lanes.soonest() : now };
};

/** Chooses first and writes afterwards, so that what is walked through does not change under it. */
const takeInTurns = (statements: Statements, request: ClaimRequest, { running, late }: Counted, room: number, now: EpochMs): Met => {
  const { labourer, perKey, room: keyRoom } = request;
  const chosen = chooseInTurns(statements, { labourer, perKey, keyRoom, room, running, mostLate: late ? MOST_DROPPED : 0 }, now);
  const rows = takeChosen(statements, chosen.taken, grantOf(request, now));
  const dropped = chosen.late.length > 0 ? dropChosen(statements, labourer, chosen.late, now) : [];
  const lanes = new DueLanes(statements, labourer, now, true);
  return { rows, dropped, nextDue: lanes.next() === undefined ? lanes.soonest() : now };
};
