import type { Clock, EpochMs, Millis } from '@reeve/core';
import type { Stream } from './stream.ts';

/** Something that will happen. */
export interface Happening {
  readonly at: EpochMs;
  /** Drawn, so that what falls on one instant comes in an order of the seed's. */
  readonly tie: number;
  readonly number: number;
  readonly act: () => void | Promise<void>;
  cancelled: boolean;
}

/** 2026-01-05T12:00:00Z, a Monday. */
const START: EpochMs = Date.UTC(2026, 0, 5, 12);

const endOfTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * The one source of everything that happens later. It runs one happening at a time and lets what follows from it come to rest, so that
 * the whole is a function of the seed: promises that are settled by a happening, and all that these lead to, are done before the next.
 *
 * Core gathers what falls within one turn of the event loop, and so may a store. The turns are the real ones: no input or output is
 * under way, so whatever else the process does comes between two turns and not among ours, and the order of our own is fixed.
 */
export class Scheduler implements Clock {
  readonly #ties: Stream;
  readonly #heap: Happening[] = [];
  #now: EpochMs = START;
  #count = 0;
  /** How many happenings there were. */
  happened: number = 0;

  constructor(ties: Stream) {
    this.#ties = ties;
  }

  now(): EpochMs {
    return this.#now;
  }

  after(wait: Millis, act: Happening['act']): Happening {
    this.#count += 1;
    const at = this.#now + Math.max(0, Math.ceil(wait));
    const happening = { at, tie: this.#ties.random(), number: this.#count, act, cancelled: false };
    push(this.#heap, happening);
    return happening;
  }

  /** On the world's own time, which is also the store's. */
  sleep(wait: Millis, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const happening = this.after(wait, resolve);
      signal?.addEventListener('abort', () => {
        happening.cancelled = true;
        resolve();
      });
    });
  }

  /** Goes on until `done` holds after some happening, nothing is left to happen, or the instant has come. */
  async run(done: () => boolean, limit: EpochMs): Promise<'done' | 'idle' | 'limit'> {
    while (!done()) {
      const next = this.#next();
      if (!next) return 'idle';
      if (next.at > limit) {
        this.#now = Math.max(this.#now, limit);
        return 'limit';
      }
      pop(this.#heap);
      this.#now = next.at;
      this.happened += 1;
      await next.act();
      // Two turns: what a happening leads to may ask for the end of its turn, and for nothing after that without another happening.
      await endOfTurn();
      await endOfTurn();
    }
    return 'done';
  }

  #next(): Happening | undefined {
    while (this.#heap[0]?.cancelled) pop(this.#heap);
    return this.#heap[0];
  }
}

const isBefore = (a: Happening, b: Happening): boolean =>
  a.at !== b.at ? a.at < b.at : a.tie !== b.tie ? a.tie < b.tie : a.number < b.number;

const push = (heap: Happening[], one: Happening): void => {
  let at = heap.length;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above] as Happening;
    if (!isBefore(one, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = one;
};

const pop = (heap: Happening[]): void => {
  const last = heap.pop() as Happening;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && isBefore(heap[below + 1] as Happening, heap[below] as Happening)) below += 1;
    if (!isBefore(heap[below] as Happening, last)) break;
    heap[at] = heap[below] as Happening;
    at = below;
  }
  heap[at] = last;
};
