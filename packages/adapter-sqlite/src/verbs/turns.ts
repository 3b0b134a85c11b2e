import type { EpochMs, KeyRoom } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { IS_LATE } from './drop.ts';
import { HALF } from './head.ts';
import { HEADS, OF_KEY, type Place, Walk, WITHOUT_KEY } from './walk.ts';

/** Reads those that run, which are no more than the cap: an index for it would cost every claim. */
export const RUNNING_BY_KEY = `
  SELECT key, count(*) AS running FROM tasks
  WHERE state = 'running' AND labourer = ?1 AND deadline > ?2 AND key IS NOT NULL
  GROUP BY key`;

interface Choice {
  readonly labourer: string;
  /** Undefined: as many as there are. */
  readonly perKey: number | undefined;
  /** What this claim may take of each key. Undefined: as much as it likes. */
  readonly keyRoom: KeyRoom | undefined;
  readonly room: number;
  /** How many leases of the labourer run, with a key and without one. */
  readonly running: number;
  /** How many late ones it may meet; 0: there are none. */
  readonly mostLate: number;
}

/** A key that may have its turn, with its first task. */
interface Turn {
  readonly place: Place;
  readonly running: number;
  /** How many of it may run when this claim is done. */
  readonly most: number;
  /** Its tasks after this one; made when they are asked for. */
  readonly rest?: Walk;
}

/**
 * Which tasks have their turn (C12), in order. A key of which none runs goes before all of which some do, so that the keys are met by
 * their heads in the order of C6 and only as far as is taken; the others wait aside by how many of them run.
 *
 * It reads: how many run of each key, which are no more than the cap; the heads of keys of which some run or were taken, and of those for
 * which the claim has no room (C13), at most one for each lane; and about twice what it takes. Neither how many keys there are nor how
 * many tasks they have comes into it.
 */
export const chooseInTurns = (
  statements: Statements,
  choice: Choice,
  now: EpochMs,
): { readonly taken: readonly number[]; readonly late: readonly number[] } => {
  const { labourer, room, mostLate } = choice;
  const runs = new Map(
    statements
      .all<{ readonly key: string; readonly running: number }>(RUNNING_BY_KEY, labourer, now)
      .map(({ key, running }) => [key, running]),
  );
  const plain = choice.running - [...runs.values()].reduce((sum, each) => sum + each, 0);
  const parts = { statements, labourer, now };
  const heads = new Walk(HEADS, { ...parts, first: room });
  const met = new Set<string | null>();
  const turns: Turn[] = [];
  /** Lines up the keys that are met on the way to the next of which none runs, and that one. */
  const meetIdle = (): void => {
    for (let place = heads.next(); place; place = heads.next()) {
      // Its first head is its first task; in later lanes it has others.
      if (place.key === null || met.has(place.key)) continue;
      met.add(place.key);
      const running = runs.get(place.key) ?? 0;
      const most = mostOf(choice, place.key, running);
      if (running >= most) continue;
      insert(turns, { place, running, most });
      if (running === 0) return;
    }
  };
  const restOf = ({ place, rest }: Turn): Walk => rest ?? new Walk(OF_KEY, { ...parts, key: place.key, first: 1, after: place });
  const lineUpNext = (turn: Turn, running: number): void => {
    if (running >= turn.most) return;
    const rest = restOf(turn);
    const place = rest.next();
    if (place) insert(turns, { ...turn, place, running, rest });
  };
  const unlimited = new Walk(WITHOUT_KEY, { ...parts, first: 1 });
  const first = unlimited.next();
  if (first) insert(turns, { place: first, running: plain, most: Number.POSITIVE_INFINITY, rest: unlimited });
  meetIdle();
  const taken: number[] = [];
  const late: number[] = [];
  while (taken.length < room && (mostLate === 0 || late.length < mostLate)) {
    const turn = turns.shift();
    if (!turn) break;
    const { place, running } = turn;
    const isLate = mostLate > 0 && statements.first(IS_LATE, place.seq, now) !== undefined;
    (isLate ? late : taken).push(place.seq);
    lineUpNext(turn, isLate ? running : running + 1);
    // While there may be keys of which none runs, the first of them is lined up.
    if (place.key !== null && running === 0 && turn.rest === undefined) meetIdle();
  }
  return { taken, late };
};

/** How many of a key may run when the claim is done: what runs already, and as much as there is room for, up to the limit. */
const mostOf = ({ perKey = Number.POSITIVE_INFINITY, keyRoom }: Choice, key: string, running: number): number =>
  keyRoom ? Math.min(perKey, running + (keyRoom.of.get(key) ?? keyRoom.others)) : perKey;

/** Among those that wait for their turn: the fewest running first, and of as many the first by C6. */
const insert = (turns: Turn[], turn: Turn): void => {
  let [low, high] = [0, turns.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = turns[middle];
    if (other && compareTurns(other, turn) < 0) low = middle + 1;
    else high = middle;
  }
  turns.splice(low, 0, turn);
};

const compareTurns = (a: Turn, b: Turn): number =>
  a.running - b.running || (a.place.lane % HALF) - (b.place.lane % HALF) || a.place.due - b.place.due || a.place.seq - b.place.seq;
