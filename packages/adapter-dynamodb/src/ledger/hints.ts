/**
 * Which labourers may have work, without asking an index about each: whoever makes work says so on the labourer's first group
 * item, and a claim that finds nothing takes it back. A hundred labourers are one BatchGetItem.
 *
 * The index shows a new task a little late, so a claim may find nothing though there is something. It therefore takes a hint back
 * only if nobody has touched it for LAG, and whoever touched it himself less than TRUST ago need not do it again.
 */
import type { Clock, EpochMs, Millis } from '@reeve/core';
import { SECOND } from '@reeve/core';
import type { Requests, Row } from '../client/requests.ts';
import { GROUP, NEVER } from './group.ts';
import type { Shelf } from './shelf.ts';

const LAG: Millis = 10 * SECOND;
const TRUST: Millis = 2 * SECOND;

type Hint = Readonly<Record<string, Row[string]>>;

export class Hints {
  readonly #requests: Requests;
  readonly #shelf: Shelf;
  readonly #clock: Clock;
  readonly #touched = new Map<string, EpochMs>();

  constructor(requests: Requests, shelf: Shelf, clock: Clock) {
    this.#requests = requests;
    this.#shelf = shelf;
    this.#clock = clock;
  }

  /**
   * Says that there may be work, with a write to the first group that is made anyway.
   * @param write given the attributes that say so; none, if that is known. Only once it is done it counts as said
   */
  async saying<T>(labourer: string, write: (set: Hint) => Promise<T>): Promise<T> {
    const now = this.#clock.now();
    const last = this.#touched.get(labourer);
    if (last !== undefined && now >= last && now - last < TRUST) return write({});
    const answer = await write({ [GROUP.due]: { N: '0' }, [GROUP.touched]: { N: String(now) } });
    this.#touched.set(labourer, now);
    return answer;
  }

  /** Says that there may be work. */
  async touch(labourer: string): Promise<void> {
    await this.saying(labourer, async (set) => {
      if (Object.keys(set).length > 0) await this.#requests.update(this.#shelf.table, this.#shelf.groupKey(labourer, 0), { set });
    });
  }

  isDue(first: Row): boolean {
    return Number(first[GROUP.due]?.N ?? NEVER) <= this.#clock.now();
  }

  /**
   * Nothing was due, and `next` is when something will be: takes the hint back if it is old enough.
   * @param asked the instant before the index was asked: however long the call takes, what was touched shortly before that stands
   */
  async lower(labourer: string, first: Row, asked: EpochMs, next: EpochMs = NEVER): Promise<void> {
    const touched = first[GROUP.touched];
    if (!this.isDue(first) || Number(touched?.N ?? 0) > asked - LAG) return;
    const set = { [GROUP.due]: { N: String(next) } };
    // Somebody may touch it just now: then theirs stands.
    await this.#requests.update(this.#shelf.table, this.#shelf.groupKey(labourer, 0), { set }, (e) =>
      touched ? `${e.name(GROUP.touched)} = ${e.value(touched)}` : `attribute_not_exists(${e.name(GROUP.touched)})`,
    );
  }
}
