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
import type { Layout } from '../rows/layout.ts';
import { GROUP, NEVER } from './group.ts';

const LAG: Millis = 10 * SECOND;
const TRUST: Millis = 2 * SECOND;

export class Hints {
  readonly #requests: Requests;
  readonly #layout: Layout;
  readonly #clock: Clock;
  readonly #touched = new Map<string, EpochMs>();

  constructor(requests: Requests, layout: Layout, clock: Clock) {
    this.#requests = requests;
    this.#layout = layout;
    this.#clock = clock;
  }

  /** What says "there may be work", for a write to the first group that is made anyway. Empty: it is known. */
  attributes(labourer: string): Readonly<Record<string, Row[string]>> {
    const now = this.#clock.now();
    const last = this.#touched.get(labourer);
    if (last !== undefined && now >= last && now - last < TRUST) return {};
    this.#touched.set(labourer, now);
    return { [GROUP.due]: { N: '0' }, [GROUP.touched]: { N: String(now) } };
  }

  /** Says that there may be work. */
  async touch(labourer: string): Promise<void> {
    const set = this.attributes(labourer);
    if (Object.keys(set).length === 0) return;
    try {
      await this.#requests.update(this.#layout.tables.tasks, this.#layout.groupKey(labourer, 0), { set });
    } catch (error) {
      this.#touched.delete(labourer);
      throw error;
    }
  }

  isDue(first: Row): boolean {
    return Number(first[GROUP.due]?.N ?? NEVER) <= this.#clock.now();
  }

  /** Nothing was due, and `next` is when something will be: takes the hint back if it is old enough. */
  async lower(labourer: string, first: Row, next: EpochMs = NEVER): Promise<void> {
    const touched = first[GROUP.touched];
    if (!this.isDue(first) || Number(touched?.N ?? 0) > this.#clock.now() - LAG) return;
    const set = { [GROUP.due]: { N: String(next) } };
    // Somebody may touch it just now: then theirs stands.
    await this.#requests.update(this.#layout.tables.tasks, this.#layout.groupKey(labourer, 0), { set }, (e) =>
      touched ? `${e.name(GROUP.touched)} = ${e.value(touched)}` : `attribute_not_exists(${e.name(GROUP.touched)})`,
    );
  }
}
