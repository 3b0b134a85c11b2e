import type { Millis } from '@reeve/core';
import { Scheduler } from '../sim/scheduler.ts';

/** The simulator's time, for runs that are long: a signal forgets each sleep that is over. */
export class StageClock extends Scheduler {
  override sleep(wait: Millis, signal?: AbortSignal): Promise<void> {
    if (!signal) return super.sleep(wait);
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const wake = (): void => {
        happening.cancelled = true;
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const happening = this.after(wait, wake);
      signal.addEventListener('abort', wake);
    });
  }
}
