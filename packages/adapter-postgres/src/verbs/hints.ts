import type { Clock, EpochMs, Lease, Millis, TaskKey } from '@reeve/core';

/** For how long a place in the queue is taken for the beginning of what is left. */
const FRESH: Millis = 250;
/** Attempts that others settle stay here, so there is a bound. */
const MOST_PLACES = 100_000;

export interface Position {
  readonly due: EpochMs;
  readonly seq: number;
}

interface Hint extends Position {
  readonly looked: EpochMs;
}

/**
 * What this process remembers to save the server a search. None of it has to be right: statements check it.
 *
 * Where the latest claim of a labourer ended: all before it was taken, as far as could be seen then. Something may appear before it all the
 * same: a transaction that began earlier and commits now, a claim that was taken back. So it counts for a quarter of a second.
 */
export class Hints {
  readonly #clock: Clock;
  readonly #ends = new Map<string, Hint>();
  /** By id: an id is running once. */
  readonly #places = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  endOf(labourer: string): Position | undefined {
    const hint = this.#ends.get(labourer);
    return hint && Math.abs(this.#clock.now() - hint.looked) < FRESH ? hint : undefined;
  }

  /** @param used what the claim was told of the end before */
  claimEnded(labourer: string, last: Position | undefined, used: Position | undefined): void {
    if (!last) this.#ends.delete(labourer);
    else this.#ends.set(labourer, { ...last, looked: (used as Hint | undefined)?.looked ?? this.#clock.now() });
  }

  placed({ id }: TaskKey, place: number): void {
    if (this.#places.size >= MOST_PLACES) for (const oldest of this.#places.keys()) if (this.#places.delete(oldest)) break;
    this.#places.set(id, place);
  }

  placeOf({ id }: TaskKey): number | undefined {
    return this.#places.get(id);
  }

  ended({ id }: Pick<Lease, 'id'>): void {
    this.#places.delete(id);
  }
}
