import type { EpochMs } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import { over } from './over.ts';

/** One loop's waiting: until an instant, or until somebody ends it. */
export class Rest {
  readonly #clock: Clock;
  #stop: (() => void) | undefined;
  #deaf = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param instant Infinity: until it is ended
   * @param hearing `deaf`: only `stop` ends it. For the pause after a failure: what would be tried again would fail again
   */
  async until(instant: EpochMs, hearing: 'hears' | 'deaf' = 'hears'): Promise<void> {
    this.#deaf = hearing === 'deaf';
    if (Number.isFinite(instant)) {
      const ended = new AbortController();
      this.#stop = () => over(ended);
      await this.#clock.sleep(Math.max(0, instant - this.#clock.now()), ended.signal);
    } else {
      await new Promise<void>((resolve) => {
        this.#stop = resolve;
      });
    }
    this.#stop = undefined;
  }

  end(): void {
    if (!this.#deaf) this.stop();
  }

  /** Ends it even where it does not hear. */
  stop(): void {
    this.#stop?.();
  }
}
