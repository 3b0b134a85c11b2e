import type { EpochMs } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import type { NativeParts } from '../parts.ts';
import { type Broken, type Candidate, inOrder } from './candidate.ts';
import { LaneMemory } from './memory.ts';
import { readLane } from './read-lane.ts';
import { readPointers } from './read-pointers.ts';

export interface Looking {
  readonly labourer: string;
  readonly lanes: number;
  /** The labourer's groups: they know how far the lanes are done. */
  readonly groups: readonly Row[];
  readonly want: number;
  readonly now: EpochMs;
  /** Candidates not to come up with. */
  readonly isGone: (candidate: Candidate) => boolean;
}

export interface Looked {
  /** In the order in which they are to be claimed (C6). No other claim of this process comes up with them. */
  readonly found: readonly Candidate[];
  readonly broken: readonly Broken[];
  /** Everything that is due was looked at, and is here. */
  readonly isDrained: boolean;
}

/** So many more than wanted are read at once, and pages of no more than this. */
const SPARE = 8;
const LARGEST_PAGE = 1_000;
/** More pages than this are not read for one claim, whatever stands in the way. */
const PAGES = 20;

/** Looks for what can be claimed: due retries first, then the lanes, together with what came too late for its place in them. */
export class Lookout {
  readonly #parts: NativeParts;
  readonly #memories = new Map<string, LaneMemory>();
  /** Claims of one labourer look one after another: each goes on where the one before stopped. */
  readonly #turns = new Map<string, Promise<unknown>>();

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

  async #look(looking: Looking): Promise<Looked> {
    const { labourer, want, isGone } = looking;
    const memory = this.#memoryOf(looking);
    const [again, late] = await Promise.all([
      readPointers(this.#parts, labourer, 'a', looking),
      readPointers(this.#parts, labourer, 'f', looking),
    ]);
    memory.drop(isGone);
    const broken = await this.#read(memory, looking, want - again.found.length);
    // What is known from its place may have got a pointer since: it is one task.
    const pointed = new Set([...again.found, ...late.found].map(({ place }) => place));
    memory.drop(({ place }) => pointed.has(place));
    const fresh = [...memory.usable(), ...late.found].sort(inOrder);
    const all = eachOnce([...again.found, ...fresh]);
    const found = all.slice(0, want);
    const handed = new Set(found);
    memory.drop((each) => handed.has(each));
    return { found, broken, isDrained: memory.isWhole && again.isWhole && late.isWhole && all.length <= want };
  }

  /** Reads on until there are enough, or all. */
  async #read(memory: LaneMemory, looking: Looking, need: number): Promise<readonly Broken[]> {
    const { now, groups, labourer, isGone } = looking;
    const { window } = this.#parts;
    const broken: Broken[] = [];
    const isWhole = memory.isStale(now, window);
    if (isWhole) memory.begin(now, groups);
    else if (memory.usable().length > need) return broken;
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
      open = memory.usable().length >= need + 1 ? [] : memory.open();
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

/** The house-keeping may have left a pointer of the same number, with a due time before. Whoever came with both would have the task twice. */
const eachOnce = (candidates: readonly Candidate[]): readonly Candidate[] => {
  const byPlace = new Map<string, Candidate>();
  for (const each of candidates) if (!byPlace.has(each.place)) byPlace.set(each.place, each);
  return [...byPlace.values()];
};
