import { type EpochMs, type Millis, SECOND } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { over } from '../over.ts';

/** What must be done after the last chunk: to say how far it came. */
const LEAST_MARGIN: Millis = SECOND / 2;
/** A chunk may take longer than the slowest so far. */
const MARGIN_OF_SLOWEST = 3;

/** When somebody who works through something long is to stop: in time before an instant, or when a signal aborts. */
export class Stop {
  readonly #clock: Clock;
  readonly #until: EpochMs;
  readonly #signal: AbortSignal | undefined;
  readonly #ended = new AbortController();
  #isStopped = false;
  #stopWaiting: () => void = () => {};
  #slowest: Millis = 0;

  constructor(clock: Clock, { until = Number.POSITIVE_INFINITY, signal }: { readonly until?: EpochMs; readonly signal?: AbortSignal }) {
    this.#clock = clock;
    this.#until = until;
    this.#signal = signal;
    void this.#wait().then(() => {
      this.#isStopped = true;
      this.#stopWaiting();
    });
  }

  get isNow(): boolean {
    const margin = Math.max(LEAST_MARGIN, MARGIN_OF_SLOWEST * this.#slowest);
    return this.#isStopped || this.#signal?.aborted === true || this.#clock.now() + margin >= this.#until;
  }

  /** @returns nothing if it is to stop before there is an answer */
  async or<T>(answer: T | Promise<T>): Promise<T | undefined> {
    if (!(answer instanceof Promise)) return answer;
    // No race with one long promise: that would hold every answer until the end.
    return new Promise<T | undefined>((resolve, reject) => {
      if (this.#isStopped) resolve(undefined);
      this.#stopWaiting = () => resolve(undefined);
      answer.then(resolve, reject); // one that comes too late is nobody's, a fault as well
    });
  }

  /** Does what is done again and again, and learns how long it takes. */
  async timed<T>(work: () => Promise<T>): Promise<T> {
    const from = this.#clock.now();
    const answer = await work();
    this.#slowest = Math.max(this.#slowest, this.#clock.now() - from);
    return answer;
  }

  /** Nobody asks any more. */
  over(): void {
    over(this.#ended);
  }

  async #wait(): Promise<void> {
    const end = (): void => over(this.#ended);
    this.#signal?.addEventListener('abort', end, { once: true });
    if (this.#signal?.aborted) end();
    if (Number.isFinite(this.#until)) {
      await this.#clock.sleep(Math.max(0, this.#until - LEAST_MARGIN - this.#clock.now()), this.#ended.signal);
    } else {
      await new Promise<void>((resolve) => {
        if (this.#ended.signal.aborted) resolve();
        else this.#ended.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    this.#signal?.removeEventListener('abort', end);
  }
}
