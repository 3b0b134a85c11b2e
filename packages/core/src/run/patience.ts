import type { Clock } from '../ports/clock.ts';
import { Deadlines } from './deadlines.ts';
import { noAnswer, PATIENCE } from './in-time.ts';

/** As `inTime`, for a loop that asks without pause: one sleep of the clock serves all that it asks, and no call costs a timer. */
export class Patience {
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  #ended = false;

  /** @param lingers as of Deadlines */
  constructor(clock: Clock, { lingers = true }: { readonly lingers?: boolean } = {}) {
    this.#clock = clock;
    this.#deadlines = new Deadlines(clock, { lingers });
  }

  /** @throws ReeveError STORE_NO_ANSWER, also when the waiting was ended, or what the call throws */
  ask<T>(verb: string, call: () => Promise<T>): Promise<T> {
    if (this.#ended) return Promise.reject(noAnswer(verb));
    return new Promise((resolve, reject) => {
      const deadline = this.#deadlines.add(this.#clock.now() + PATIENCE, () => reject(noAnswer(verb)));
      call()
        .finally(() => this.#deadlines.cancel(deadline))
        .then(resolve, reject);
    });
  }

  /** Waits for nothing any more, and no sleep of it holds the process open. */
  end(): void {
    this.#ended = true;
    this.#deadlines.close();
    this.#deadlines.actAll();
  }
}
