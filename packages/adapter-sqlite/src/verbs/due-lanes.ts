import type { EpochMs } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { dueLaneFrom, HALF, type Head, headFrom, KEYED, nextDue, PLAIN } from './head.ts';

/**
 * The lanes of one labourer that have a task due, from the lowest on, of those with a key or of those without one. Within a
 * transaction, in which nobody else writes.
 *
 * Where all tasks have priority 0, each question is one short statement; the longer ones are asked only behind a priority that has
 * tasks for later alone.
 */
class DueHalf {
  readonly #statements: Statements;
  readonly #labourer: string;
  readonly #now: EpochMs;
  readonly #half: number;
  #head: Head | undefined;
  /** Priorities that have tasks were passed over: none of these was due. */
  #passed = false;

  constructor(statements: Statements, labourer: string, now: EpochMs, half: number) {
    this.#statements = statements;
    this.#labourer = labourer;
    this.#now = now;
    this.#half = half;
  }

  /** The place of the lowest of all in its half, or after one that was taken of: that same one again, or one after it. */
  next(taken: number): number | undefined {
    // From the beginning of its priority: those that are to be tried again may be due later, and are seen for `soonest`.
    const [first, end] = [this.#half + taken - (taken % 2), this.#half + HALF];
    const head = headFrom(this.#statements, this.#labourer, first, end);
    this.#head = head;
    const lane = head && this.#dueFrom(head, end);
    return lane === undefined ? undefined : lane - this.#half;
  }

  /** When `next` has found none: when the first will be due. */
  soonest(): EpochMs | undefined {
    if (this.#passed) return nextDue(this.#statements, this.#labourer, this.#half);
    return this.#head && Math.min(this.#head.due, this.#head.freshDue ?? Number.POSITIVE_INFINITY);
  }

  #dueFrom({ lane, due, freshDue }: Head, end: number): number | undefined {
    if (due <= this.#now) return lane;
    if (freshDue !== null && freshDue <= this.#now) return lane + 1;
    const after = lane + 2 - (lane % 2);
    if (after >= end) return undefined;
    this.#passed = true;
    return dueLaneFrom(this.#statements, this.#labourer, this.#half, after, this.#now);
  }
}

/** The same of both halves, or of that without keys alone where no task with a key is queued. */
export class DueLanes {
  readonly #plain: DueHalf;
  readonly #keyed: DueHalf | undefined;

  constructor(statements: Statements, labourer: string, now: EpochMs, keyed: boolean) {
    this.#plain = new DueHalf(statements, labourer, now, PLAIN);
    if (keyed) this.#keyed = new DueHalf(statements, labourer, now, KEYED);
  }

  /** The lowest lane that has a task due, in either half. */
  next(taken: number = 0): number | undefined {
    return lower(this.#plain.next(taken), this.#keyed?.next(taken));
  }

  soonest(): EpochMs | undefined {
    return lower(this.#plain.soonest(), this.#keyed?.soonest());
  }
}

const lower = (a: number | undefined, b: number | undefined): number | undefined => {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
};
