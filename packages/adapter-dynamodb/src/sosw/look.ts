import type { EpochMs, Millis } from '@reeve/core';
import type { Row } from '../client/requests.ts';
import { DELAYED_FROM, delayedAt, endOf, URGENT_FROM } from '../codec/greenfield.ts';
import { scattered } from '../codec/scattered.ts';
import { foreignDeadline, isStray } from '../rows/read-row.ts';
import { rangeOf } from '../verbs/look.ts';
import type { Parts } from '../verbs/parts.ts';
import { adopt, hasRunAhead, lift, unlease } from './adopt.ts';
import { finish } from './finish.ts';
import { bringBack } from './retries.ts';

/** Labourers of one call, and rows of each. */
const LABOURERS = 10;
const PAGE = 200;

export interface Looked {
  readonly done: Readonly<Record<'adopted' | 'archived' | 'returned' | 'lifted', number>>;
  readonly more: boolean;
}

/**
 * Looks for what a sosw has done beside us, a few labourers at a time, each of them every so often: tasks that it has invoked,
 * its workers have completed, it has put off, or it has lost sight of.
 */
export class SoswLook {
  readonly #parts: Parts;
  readonly #every: Millis;
  readonly #lookedAt = new Map<string, EpochMs>();
  /** Where the look at a labourer goes on that had more rows than a page. */
  readonly #goOn = new Map<string, Row>();

  /** @param every milliseconds between looks at a labourer; 0 at each call; Infinity never */
  constructor(parts: Parts, every: Millis) {
    this.#parts = parts;
    this.#every = every;
  }

  async look(labourers: readonly string[]): Promise<Looked> {
    const total = { adopted: 0, archived: 0, returned: 0, lifted: 0 };
    if (!Number.isFinite(this.#every)) return { done: total, more: false };
    const now = this.#parts.clock.now();
    const lookedAt = (each: string): EpochMs => this.#lookedAt.get(each) ?? Number.NEGATIVE_INFINITY;
    const begin = scattered(now) % Math.max(1, labourers.length);
    const due = [...labourers.slice(begin), ...labourers.slice(0, begin)]
      .filter((each) => now - lookedAt(each) >= this.#every || this.#goOn.has(each))
      // Those that have waited longest: else the first ten would be looked at each time, and nobody else.
      .sort((a, b) => (lookedAt(a) < lookedAt(b) ? -1 : lookedAt(a) > lookedAt(b) ? 1 : 0));
    const some = this.#every === 0 ? due : due.slice(0, LABOURERS);
    let more = due.length > some.length;
    const looks = await Promise.all(some.map((each) => this.#lookAt(each, now)));
    for (const each of looks) {
      for (const name of ['adopted', 'archived', 'returned', 'lifted'] as const) total[name] += each.done[name];
      more ||= each.more;
    }
    return { done: total, more };
  }

  async #lookAt(labourer: string, now: EpochMs): Promise<Looked> {
    const { requests, layout, hints } = this.#parts;
    const start = this.#goOn.get(labourer);
    const [ahead, back, behind, delayed] = await Promise.all([
      requests.query({ ...rangeOf(layout, labourer, endOf(now) + 1n, DELAYED_FROM - 1n), limit: PAGE, ...(start && { start }) }),
      bringBack(this.#parts, labourer, now),
      requests.query({ ...rangeOf(layout, labourer, URGENT_FROM, endOf(now)), limit: 1 }),
      requests.query({ ...rangeOf(layout, labourer, DELAYED_FROM, delayedAt(endOf(now))), limit: 1 }),
    ]);
    const done = { adopted: 0, archived: 0, returned: back.count, lifted: 0 };
    for (const row of [...ahead.rows, ...behind.rows]) {
      if (row[layout.fields.completed_at] !== undefined) {
        await finish(this.#parts, labourer, row);
        done.archived += 1;
      } else if (isStray(row, layout)) {
        await unlease(this.#parts, labourer, row);
      } else if (foreignDeadline(row, layout) !== undefined) {
        if (await adopt(this.#parts, labourer, row)) done.adopted += 1;
      } else if (ahead.rows.includes(row) && hasRunAhead(row, this.#parts)) {
        if (await lift(this.#parts, labourer, row)) done.lifted += 1;
      }
    }
    // sosw leaves no hint beside what it queues, and neither does whoever dies in the midst of enqueueing.
    if (behind.rows.length + delayed.rows.length > 0) await hints.touch(labourer);
    this.#lookedAt.set(labourer, now);
    if (ahead.next) this.#goOn.set(labourer, ahead.next);
    else this.#goOn.delete(labourer);
    return { done, more: back.more || ahead.next !== undefined };
  }
}
