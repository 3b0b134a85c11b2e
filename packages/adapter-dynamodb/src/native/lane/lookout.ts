import type { EpochMs } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import type { KeyLimits } from '../../ledger/key-limits.ts';
import { runningOf } from '../../ledger/keys.ts';
import { hasMark } from '../../ledger/marks.ts';
import { tagOfKey } from '../../ledger/place.ts';
import type { NativeParts } from '../parts.ts';
import { type Broken, type Candidate, inOrder, isOutOfTime, MOST_DROPPED } from './candidate.ts';
import { LaneMemory } from './memory.ts';
import { prioritiesIn } from './priorities.ts';
import { readLane } from './read-lane.ts';
import { kindsOf, readBoth, readPointers } from './read-pointers.ts';
import { readTurns } from './read-turns.ts';
import { byKey, takeTurns } from './turns.ts';

export interface Looking {
  readonly labourer: string;
  readonly lanes: number;
  /** The labourer's groups: they know how far the lanes are done. */
  readonly groups: readonly Row[];
  readonly want: number;
  /** What may be taken of a key. Absent: keys do not count. */
  readonly limits?: KeyLimits | undefined;
  readonly now: EpochMs;
  /** Candidates not to come up with. */
  readonly isGone: (candidate: Candidate) => boolean;
}

export interface Looked {
  /** In the order in which they are to be claimed (C6). No other claim of this process comes up with them. */
  readonly found: readonly Candidate[];
  /** Those before the last of the found whose time has run out. */
  readonly outOfTime: readonly Candidate[];
  /** There were more of those than are dropped at once: what is behind them was not looked at. */
  readonly isCut: boolean;
  readonly broken: readonly Broken[];
  /** Everything that is due was looked at, and is here. */
  readonly isDrained: boolean;
}

/** So many more than wanted are read at once, and pages of no more than this. */
const SPARE = 8;
const LARGEST_PAGE = 1_000;
/** More pages than this are not read for one claim, whatever stands in the way. */
const PAGES = 20;

/** Looks for what can be claimed: what is urgent, due retries, then the lanes, together with what came too late for its place in them. */
export class Lookout {
  readonly #parts: NativeParts;
  readonly #memories = new Map<string, LaneMemory>();
  /** Claims of one labourer look one after another: each goes on where the one before stopped. */
  readonly #turns = new Map<string, Promise<unknown>>();

  /** Where to go on among the keys of each. */
  readonly #keys = new Map<string, string>();

  constructor(parts: NativeParts) {
    this.#parts = parts;
  }

  look(looking: Looking): Promise<Looked> {
    const { labourer } = looking;
    const turn = (this.#turns.get(labourer) ?? Promise.resolve()).then(() => this.#look(looking));
    this.#turns.set(
      labourer,
      turn.catch(() => this.forget(labourer)),
    );
    return turn;
  }

  /** These were not taken after all. */
  giveBack(labourer: string, candidates: readonly Candidate[]): void {
    const own = candidates.filter(({ pointer }) => pointer === undefined);
    if (own.length > 0) this.#memories.get(labourer)?.giveBack(own);
  }

  /** What is remembered may be wrong: the next looks at all of it. */
  forget(labourer: string): void {
    this.#memories.delete(labourer);
  }

  /** How far the lanes are done, as far as a group does not say so yet. */
  news(labourer: string, row: Row): Row {
    return this.#memories.get(labourer)?.news(row) ?? {};
  }

  #look(looking: Looking): Promise<Looked> {
    const { limits, groups } = looking;
    // A labourer that never had a key has nothing to take turns.
    if (!hasMark(groups[0], 'keyed')) return this.#inOrder(looking, readPointers);
    return limits ? this.#inTurns(looking, limits) : this.#inOrder(looking, readBoth);
  }

  /** C12 Of each key the first, and what has no key; and of those as many as there are places, by turns. */
  async #inTurns(looking: Looking, limits: KeyLimits): Promise<Looked> {
    const { labourer, groups, want, now } = looking;
    const { guard, chance } = this.#parts;
    const running = runningOf(groups, { now, guard });
    // Of more keys than it looks at, a process begins with any, so that none is always the last.
    const from = this.#keys.get(labourer) ?? tagOfKey(String(chance.random())) ?? '';
    const [plain, keyed] = await Promise.all([
      this.#inOrder(looking, readPointers),
      readTurns(this.#parts, { ...looking, limits, running, from }),
    ]);
    const ofKeys = eachOnce(keyed.found);
    this.#keys.set(labourer, keyed.next ?? '');
    const found = takeTurns([plain.found, ...byKey(ofKeys)], running, want);
    const taken = new Set(found);
    this.giveBack(
      labourer,
      plain.found.filter((each) => !taken.has(each)),
    );
    const isAll = found.length === plain.found.length + ofKeys.length;
    return {
      found,
      outOfTime: [...plain.outOfTime, ...keyed.outOfTime],
      isCut: plain.isCut || keyed.isCut,
      broken: plain.broken,
      isDrained: plain.isDrained && isAll && keyed.next === undefined && !keyed.isHeldUp,
    };
  }

  async #inOrder(looking: Looking, read: typeof readPointers): Promise<Looked> {
    const { labourer, groups, want, now, isGone } = looking;
    const memory = this.#memoryOf(looking);
    // A labourer that never had an urgent task has two: what waits again, and what came too late for its place.
    const pages = await Promise.all(kindsOf(prioritiesIn(groups[0])).map((each) => read(this.#parts, labourer, each, looking)));
    const ahead = pages.slice(0, -1).flatMap(({ found }) => found);
    const late = pages.at(-1)?.found ?? [];
    memory.drop(isGone);
    // Of several priorities there may be more ahead than are wanted.
    const broken = await this.#read(memory, looking, Math.max(0, want - countInTime(ahead, now)));
    // What is known from its place may have got a pointer since: it is one task.
    const pointed = new Set([...ahead, ...late].map(({ place }) => place));
    memory.drop(({ place }) => pointed.has(place));
    const fresh = [...memory.usable(), ...late].sort(inOrder);
    const all = eachOnce([...ahead, ...fresh]);
    const picked = pick(all, want, now);
    const handed = new Set([...picked.found, ...picked.outOfTime]);
    memory.drop((each) => handed.has(each));
    const isAll = memory.isWhole && pages.every(({ isWhole }) => isWhole) && all.length === handed.size;
    return { ...picked, broken, isDrained: isAll };
  }

  /** Reads on until there are enough, or all. */
  async #read(memory: LaneMemory, looking: Looking, need: number): Promise<readonly Broken[]> {
    const { now, groups, labourer, isGone } = looking;
    const { window } = this.#parts;
    const broken: Broken[] = [];
    const isWhole = memory.isStale(now, window);
    const isEnough = (): boolean => {
      const usable = memory.usable();
      const inTime = countInTime(usable, now);
      return inTime > need || usable.length - inTime > MOST_DROPPED;
    };
    if (isWhole) memory.begin(now, groups);
    else if (isEnough()) return broken;
    let size = Math.ceil(need / memory.lanes.length) + SPARE;
    // A lane that was read to its end has new tasks by now.
    let open: readonly number[] = [...memory.lanes.keys()];
    for (let pages = 0; pages < PAGES && open.length > 0; pages += 1) {
      const limit = Math.min(LARGEST_PAGE, size);
      await Promise.all(
        open.map(async (lane) => {
          const page = await readLane(this.#parts, { labourer, lane, from: memory.lanes[lane]?.next ?? '', now, limit });
          memory.add(lane, page.found, page.end, now);
          broken.push(...page.broken);
        }),
      );
      memory.drop(isGone);
      open = isEnough() ? [] : memory.open();
      size *= 2;
    }
    if (isWhole) memory.moveCursors(now, window);
    memory.stepBack(now);
    return broken;
  }

  #memoryOf({ labourer, lanes }: Looking): LaneMemory {
    let memory = this.#memories.get(labourer);
    if (memory?.lanes.length !== lanes) {
      memory = new LaneMemory(lanes);
      this.#memories.set(labourer, memory);
    }
    return memory;
  }
}

const countInTime = (candidates: readonly Candidate[], now: EpochMs): number =>
  candidates.reduce((count, each) => count + (isOutOfTime(each, now) ? 0 : 1), 0);

/** The first that can be had, and those before them that cannot: never further than needed. */
const pick = (candidates: readonly Candidate[], want: number, now: EpochMs): Pick<Looked, 'found' | 'outOfTime' | 'isCut'> => {
  const found: Candidate[] = [];
  const outOfTime: Candidate[] = [];
  for (const each of candidates) {
    if (found.length === want) break;
    if (!isOutOfTime(each, now)) found.push(each);
    else if (outOfTime.length === MOST_DROPPED) return { found, outOfTime, isCut: true };
    else outOfTime.push(each);
  }
  return { found, outOfTime, isCut: false };
};

/** The house-keeping may have left a pointer of the same number, with a due time before. Whoever came with both would have the task twice. */
const eachOnce = (candidates: readonly Candidate[]): readonly Candidate[] => {
  const byPlace = new Map<string, Candidate>();
  for (const each of candidates) if (!byPlace.has(each.place)) byPlace.set(each.place, each);
  return [...byPlace.values()];
};
