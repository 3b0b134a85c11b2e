/**
 * Which priorities a labourer has tasks of. It stands on the first group, which every claim reads anyway, so that nobody looks for a
 * priority that there is not: a labourer that knows none pays nothing for it, and one that knows two pays for two.
 */
import { type Clock, DAY, type EpochMs, MINUTE, type Millis, MOST_URGENT } from '@reeve/core';
import type { Requests, Row } from '../../client/requests.ts';
import type { NativeShelf } from '../shelf.ts';

/** A process says the same again after so long. */
const TRUST: Millis = 60 * MINUTE;
/** What nobody has said for so long may be taken back: whoever relies on having said it has done so much later. */
const OLD: Millis = DAY;

const URGENT: readonly number[] = Array.from({ length: MOST_URGENT }, (_, n) => MOST_URGENT - n);

const nameOf = (priority: number): string => `pri${priority}`;

const urgentIn = (first: Row | undefined): readonly number[] => URGENT.filter((each) => first?.[nameOf(each)]);

/** The highest first; 0 always. */
export const prioritiesIn = (first: Row | undefined): readonly number[] => [...urgentIn(first), 0];

/** Those that were last said long ago, and may be in use no more. */
export const oldPriorities = (first: Row, now: EpochMs): readonly number[] =>
  urgentIn(first).filter((each) => Number(first[nameOf(each)]?.N ?? 0) < now - OLD);

export class Priorities {
  readonly #requests: Requests;
  readonly #shelf: NativeShelf;
  readonly #clock: Clock;
  readonly #said = new Map<string, EpochMs>();

  constructor(requests: Requests, shelf: NativeShelf, clock: Clock) {
    this.#requests = requests;
    this.#shelf = shelf;
    this.#clock = clock;
  }

  /** Says that there is one, unless this process has done so lately. Before its pointer is written: who reads the group first sees both. */
  async say(labourer: string, priority: number): Promise<void> {
    const now = this.#clock.now();
    const key = `${priority} ${labourer}`;
    const last = this.#said.get(key);
    if (last !== undefined && now >= last && now - last < TRUST) return;
    const set = { [nameOf(priority)]: { N: String(now) } };
    await this.#requests.update(this.#shelf.table, this.#shelf.groupKey(labourer, 0), { set });
    this.#said.set(key, now);
  }

  /** There are none any more, as far as could be seen. Somebody may say so just now: then it stands. */
  async takeBack(labourer: string, priority: number, first: Row): Promise<void> {
    const name = nameOf(priority);
    const seen = first[name];
    if (!seen) return;
    const key = this.#shelf.groupKey(labourer, 0);
    await this.#requests.update(this.#shelf.table, key, { remove: [name] }, (e) => `${e.name(name)} = ${e.value(seen)}`);
  }
}
