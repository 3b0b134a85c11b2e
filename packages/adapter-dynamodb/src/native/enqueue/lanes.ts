import type { Clock, EpochMs, Millis } from '@reeve/core';
import { SECOND } from '@reeve/core';
import type { Requests } from '../../client/requests.ts';
import { LANES, lanesIn, type NativeShelf } from '../shelf.ts';

/** A labourer that has no lanes yet is asked about again after so long. */
const PATIENCE: Millis = 10 * SECOND;

/** How many lanes each labourer has: as its first claim has written down, and until then one. */
export class Lanes {
  readonly #requests: Requests;
  readonly #shelf: NativeShelf;
  readonly #clock: Clock;
  readonly #counts = new Map<string, number>();
  readonly #asked = new Map<string, EpochMs>();
  #turn = 0;

  constructor(requests: Requests, shelf: NativeShelf, clock: Clock) {
    this.#requests = requests;
    this.#shelf = shelf;
    this.#clock = clock;
  }

  note(labourer: string, count: number): void {
    this.#counts.set(labourer, count);
  }

  /** For a new task: one lane after the other. */
  next(labourer: string): number {
    this.#turn += 1;
    return this.#turn % (this.#counts.get(labourer) ?? 1);
  }

  /** Asks about those that are not known. */
  async learn(labourers: Iterable<string>): Promise<void> {
    const now = this.#clock.now();
    const isDue = (each: string): boolean => Math.abs(now - (this.#asked.get(each) ?? Number.NEGATIVE_INFINITY)) >= PATIENCE;
    const unknown = [...new Set(labourers)].filter((each) => !this.#counts.has(each) && isDue(each));
    for (const each of unknown) this.#asked.set(each, now);
    if (unknown.length === 0) return;
    const firsts = await this.#requests.batchGet(
      this.#shelf.table,
      unknown.map((each) => this.#shelf.groupKey(each, 0)),
      false,
    );
    for (const each of unknown) {
      const key = this.#shelf.keyText(this.#shelf.groupKey(each, 0));
      const first = firsts.find((row) => this.#shelf.keyText(row) === key);
      if (first?.[LANES]) this.note(each, lanesIn(first));
    }
  }
}
