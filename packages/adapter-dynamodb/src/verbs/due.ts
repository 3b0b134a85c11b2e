import { AGAIN_FROM, URGENT_FROM } from '../codec/greenfield.ts';
import { scattered } from '../codec/scattered.ts';
import { rangeOf } from './look.ts';
import type { Parts } from './parts.ts';

/** Labourers without a hint that are looked at in the index itself, by turns. */
const LOOKS = 3;

/**
 * By the hints on the first group items, a BatchGetItem for a hundred labourers. A sosw that makes tasks beside us leaves no
 * hints: so a few of the labourers without one are looked at each time, others each time, and `maintain` looks at all of them in turn.
 */
export class DueLook {
  readonly #parts: Parts;
  #turn: number | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async labourersWithDue(labourers: readonly string[]): Promise<ReadonlySet<string>> {
    if (labourers.length === 0) return new Set();
    const { ledger, hints } = this.#parts;
    const firsts = await ledger.firsts(labourers);
    const hinted = new Set(labourers.filter((_, at) => hints.isDue(firsts[at] ?? {})));
    const others = labourers.filter((each) => !hinted.has(each));
    const looked = this.#next(others);
    const found = await Promise.all(looked.map((each) => this.#hasQueued(each)));
    return new Set([...hinted, ...looked.filter((_, at) => found[at])]);
  }

  /** A process that is new each time, as in a Lambda, begins anywhere: where the minute says, it would come by the same few only. */
  #next(labourers: readonly string[]): readonly string[] {
    if (labourers.length <= LOOKS) return labourers;
    this.#turn ??= scattered(this.#parts.clock.now());
    const from = this.#turn % labourers.length;
    this.#turn += LOOKS;
    return [...labourers, ...labourers].slice(from, from + LOOKS);
  }

  /** Where sosw queues. What Reeve makes has a hint. */
  async #hasQueued(labourer: string): Promise<boolean> {
    const { requests, layout } = this.#parts;
    const { rows } = await requests.query({ ...rangeOf(layout, labourer, URGENT_FROM, AGAIN_FROM - 1n), limit: 1 });
    return rows.length > 0;
  }
}
