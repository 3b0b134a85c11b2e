import type { EpochMs } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';

/** One loop's waiting: until an instant, or until somebody ends it. */
export class Rest {
  readonly #clock: Clock;
  #ended: AbortController | undefined;
  #deaf = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param instant Infinity: until it is ended
   * @param hearing `deaf`: only `stop` ends it. For the pause after a failure: what would be tried again would fail again
   */
  async until(instant: EpochMs, hearing: 'hears' | 'deaf' = 'hears'): Promise<void> {
    const ended = new AbortController();
    this.#ended = ended;
    this.#deaf = hearing === 'deaf';
    if (Number.isFinite(instant)) await this.#clock.sleep(Math.max(0, instant - this.#clock.now()), ended.signal);
    else await new Promise<void>((resolve) => ended.signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  end(): void {
    if (!this.#deaf) this.stop();
  }

  /** Ends it even where it does not hear. */
  stop(): void {
    this.#ended?.abort();
  }
}
