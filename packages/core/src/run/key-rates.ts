import { createHash } from 'node:crypto';
import { startsLeft, takeStarts, waitForStarts } from '../decide/rate.ts';
import type { Rate } from '../domain/limits.ts';
import type { Lease } from '../domain/task.ts';
import { type EpochMs, MINUTE, type Millis } from '../domain/time.ts';
import type { KeyRoom } from '../ports/task-store.ts';
import { updateEntries } from './shared-entries.ts';
import type { SharedEntryParts } from './shared-entry.ts';

/** Which of the leases may start, and which of them have to wait, and for how long. */
export interface KeysTaken {
  readonly started: readonly Lease[];
  readonly over: readonly { readonly lease: Lease; readonly after: Millis }[];
}

interface StartsKept {
  readonly next: EpochMs;
}

/** As many keys as a claim may name. */
const MOST_NAMED = 500;

/** Of so many keys at most this process remembers what is left; of any other it finds out. */
const MOST_REMEMBERED = 10_000;

/**
 * The rates of one labourer's keys, each in an entry of its own. What is remembered here of them is a guess, which spares claims that would
 * be in vain; what is taken in the register decides.
 */
export class KeyRates {
  readonly #labourer: string;
  readonly #rate: Rate;
  readonly #parts: SharedEntryParts;
  readonly #next = new Map<string, EpochMs>();
  /** How far the store's clock was ahead of this process's when it was last heard. */
  #ahead: Millis = 0;

  constructor(labourer: string, rate: Rate, parts: SharedEntryParts) {
    this.#labourer = labourer;
    this.#rate = rate;
    this.#parts = parts;
  }

  /** What a claim may take by key, as far as is known here. */
  room(): KeyRoom {
    const now = this.#now();
    const few: [key: string, left: number][] = [];
    for (const [key, next] of this.#next) {
      if (next <= now) this.#next.delete(key);
      else {
        const left = startsLeft(this.#rate, next, now);
        if (left < this.#rate.burst) few.push([key, left]);
      }
    }
    // Those that are left out can have too many claimed, which are given back.
    few.sort(([, a], [, b]) => a - b);
    return { of: new Map(few.slice(0, MOST_NAMED)), others: this.#rate.burst };
  }

  /** How long until a key of which nothing is left may start again, the first of them. It costs one claim more, whether or not it has more tasks. */
  wait(): Millis | undefined {
    const now = this.#now();
    let soonest = Number.POSITIVE_INFINITY;
    for (const next of this.#next.values())
      if (startsLeft(this.#rate, next, now) === 0) soonest = Math.min(soonest, waitForStarts(this.#rate, next, now));
    return Number.isFinite(soonest) ? soonest : undefined;
  }

  /**
   * Takes a start for each lease with a key. It is taken before the attempt starts, so that no crash lets one start too many.
   * @throws what the register throws: none of them may start
   */
  async take(leases: readonly Lease[]): Promise<KeysTaken> {
    const counts = new Map<string, { readonly key: string; count: number }>();
    for (const { key } of leases) {
      if (key === undefined) continue;
      const name = entryOf(this.#labourer, key);
      const known = counts.get(name);
      if (known) known.count += 1;
      else counts.set(name, { key, count: 1 });
    }
    if (counts.size === 0) return { started: leases, over: [] };
    const take = (name: string, kept: StartsKept | undefined, now: EpochMs) => {
      const answer = takeStarts(this.#rate, kept?.next, counts.get(name)?.count ?? 0, now);
      if (answer.granted === 0) return { answer };
      return { value: { next: answer.next }, keep: Math.ceil(Math.max(0, answer.next - now)) + MINUTE, answer };
    };
    const { answers, at } = await updateEntries<StartsKept, ReturnType<typeof takeStarts>>(this.#parts, [...counts.keys()], take);
    this.#ahead = at - this.#parts.clock.now();
    const left = new Map<string, { granted: number; readonly wait: Millis }>();
    for (const [name, { granted, next, wait }] of answers) {
      const key = counts.get(name)?.key ?? '';
      left.set(key, { granted, wait });
      this.#remember(key, next);
    }
    return share(leases, left);
  }

  #remember(key: string, next: EpochMs): void {
    this.#next.delete(key); // the one that was heard of last is the last to be forgotten
    this.#next.set(key, next);
    const [oldest] = this.#next.keys();
    if (this.#next.size > MOST_REMEMBERED && oldest !== undefined) this.#next.delete(oldest);
  }

  #now(): EpochMs {
    return this.#parts.clock.now() + this.#ahead;
  }
}

/** In their order: those that come first start. */
const share = (leases: readonly Lease[], left: ReadonlyMap<string, { granted: number; readonly wait: Millis }>): KeysTaken => {
  const started: Lease[] = [];
  const over: { lease: Lease; after: Millis }[] = [];
  for (const lease of leases) {
    const own = lease.key === undefined ? undefined : left.get(lease.key);
    if (own && own.granted === 0) over.push({ lease, after: own.wait });
    else {
      if (own) own.granted -= 1;
      started.push(lease);
    }
  }
  return { started, over };
};

/** A register's names are short. */
const LONGEST_NAME = 256;

const entryOf = (labourer: string, key: string): string => {
  const name = `rate:${labourer}:${key}`;
  return name.length <= LONGEST_NAME ? name : `rate:${labourer}:${createHash('sha256').update(key).digest('hex')}`;
};
