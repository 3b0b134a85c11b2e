import type { EpochMs } from '../domain/time.ts';
import type { ClaimRequest } from '../ports/task-store.ts';
import { compareTurns, Lanes } from './lanes.ts';
import type { MemoryTask } from './memory-task.ts';

export interface Taken {
  readonly taken: readonly MemoryTask[];
  /** Those whose time had run out, and that are in the queue no more. */
  readonly dropped: readonly MemoryTask[];
}

/** The most that one claim drops, so that none takes longer than it has to. */
const MOST_DROPPED = 1_000;

/** As a claim has them. */
export type KeyLimits = { readonly [Name in 'perKey' | 'room']: ClaimRequest[Name] | undefined };

/** A key that may have its turn. */
interface Turn {
  readonly key: string | undefined;
  readonly lanes: Lanes;
  readonly running: number;
  /** How many more of it this claim may take, this one included. */
  readonly left: number;
  readonly first: MemoryTask;
}

/** The queued tasks of a labourer. */
export class Queue {
  readonly #all = new Lanes();
  /** The same tasks by their keys; made when a claim asks for keys for the first time. */
  #byKey: Map<string | undefined, Lanes> | undefined;

  get length(): number {
    return this.#all.length;
  }

  add(task: MemoryTask): void {
    this.#all.add(task);
    if (this.#byKey) addTo(this.#byKey, task);
  }

  remove(task: MemoryTask): void {
    this.#all.remove(task);
    const lanes = this.#byKey?.get(task.key);
    if (!lanes) return;
    lanes.remove(task);
    if (lanes.length === 0) this.#byKey?.delete(task.key);
  }

  takeDue(now: EpochMs, limit: number): Taken {
    const taken: MemoryTask[] = [];
    const dropped: MemoryTask[] = [];
    while (taken.length < limit && dropped.length < MOST_DROPPED) {
      const first = this.#all.firstDue(now);
      if (!first) break;
      this.remove(first);
      (isOutOfTime(first, now) ? dropped : taken).push(first);
    }
    return { taken, dropped };
  }

  /** @param running how many of each key run */
  takeTurns(now: EpochMs, limit: number, limits: KeyLimits, running: ReadonlyMap<string | undefined, number>): Taken {
    const taken: MemoryTask[] = [];
    const dropped: MemoryTask[] = [];
    const turns: Turn[] = [];
    const line = (turn: Omit<Turn, 'first'>): void => {
      const { lanes, left } = turn;
      if (left <= 0) return;
      for (let first = lanes.firstDue(now); first && dropped.length < MOST_DROPPED; first = lanes.firstDue(now)) {
        if (!isOutOfTime(first, now)) {
          insert(turns, { ...turn, first });
          return;
        }
        this.remove(first);
        dropped.push(first);
      }
    };
    if (limit > 0)
      for (const [key, lanes] of this.#keys()) {
        const runs = running.get(key) ?? 0;
        line({ key, lanes, running: runs, left: leftOf(key, limits, runs) });
      }
    while (taken.length < limit) {
      const turn = turns.shift();
      if (!turn) break;
      this.remove(turn.first);
      taken.push(turn.first);
      line({ ...turn, running: turn.running + 1, left: turn.left - 1 });
    }
    return { taken, dropped };
  }

  countDue(now: EpochMs): number {
    return this.#all.countDue(now);
  }

  /** When the first falls due; infinity if there is none. */
  next(): EpochMs {
    return this.#all.next();
  }

  /** In the order in which they would be taken if all were due, and keys did not count. */
  all(): readonly MemoryTask[] {
    return this.#all.all();
  }

  #keys(): readonly (readonly [string | undefined, Lanes])[] {
    if (!this.#byKey) {
      this.#byKey = new Map();
      for (const task of this.#all.all()) addTo(this.#byKey, task);
    }
    return [...this.#byKey];
  }
}

/** How many of a key may be taken: all, if a task has none. */
const leftOf = (key: string | undefined, { perKey = Number.POSITIVE_INFINITY, room }: KeyLimits, running: number): number =>
  key === undefined ? Number.POSITIVE_INFINITY : Math.min(perKey - running, room ? (room.of.get(key) ?? room.others) : perKey);

const addTo = (byKey: Map<string | undefined, Lanes>, task: MemoryTask): void => {
  const lanes = byKey.get(task.key) ?? new Lanes();
  byKey.set(task.key, lanes);
  lanes.add(task);
};

/** Among those that wait for their turn: the fewest running first. */
const insert = (turns: Turn[], turn: Turn): void => {
  let [low, high] = [0, turns.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = turns[middle] as Turn;
    if (other.running < turn.running || (other.running === turn.running && compareTurns(other.first, turn.first) < 0)) low = middle + 1;
    else high = middle;
  }
  turns.splice(low, 0, turn);
};

/** Only before its first attempt was counted does a task run out of time. */
const isOutOfTime = ({ expiresAt, attempts }: MemoryTask, now: EpochMs): boolean =>
  expiresAt !== undefined && attempts === 0 && expiresAt <= now;
