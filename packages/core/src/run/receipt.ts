import type { Enqueued } from './enqueuer.ts';
import type { Waiter, WaitOptions } from './waiter.ts';

/** What became of enqueueing one task, and the way to its result. */
export class Receipt<Result> implements Enqueued {
  readonly id: string;
  readonly outcome: Enqueued['outcome'];
  readonly #labourer: string;
  readonly #waiter: Waiter;

  constructor({ id, outcome }: Enqueued, labourer: string, waiter: Waiter) {
    this.id = id;
    this.outcome = outcome;
    this.#labourer = labourer;
    this.#waiter = waiter;
  }

  /**
   * Waits for the task to be done. What it answers is what was enqueued first, if this was a duplicate.
   * @throws ReeveError TASK_NOT_COMPLETED, WAIT_TIMEOUT, TASK_UNKNOWN, RESULT_REFUSED, INVALID_TIMEOUT
   */
  async result(options?: WaitOptions): Promise<Result> {
    // Of this type if it fits the schema, which is checked; without one it is unknown.
    return (await this.#waiter.result({ labourer: this.#labourer, id: this.id }, options)) as Result;
  }
}
