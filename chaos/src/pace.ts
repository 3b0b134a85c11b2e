import { setTimeout as sleep } from 'node:timers/promises';
import { instant, type Line } from './history/line.ts';

/** How often it looks, and how much of the time between two looks counts, in milliseconds. */
const LOOK = 25;
const MOST = 250;

/**
 * The time of a run, which stands still while this process is stopped or has no turn: what a plan has left apart must not fall together,
 * and a limit must not pass while nobody could do anything.
 */
export class Pace {
  #elapsed = 0;
  #last = instant();
  /** Times without a turn, as other processes write theirs down. */
  readonly lags: Line[] = [];

  /** In milliseconds since it began. */
  now(): number {
    const at = instant();
    const passed = at - this.#last;
    if (passed > MOST) this.lags.push({ kind: 'lag', at, since: this.#last });
    this.#elapsed += Math.min(passed, MOST);
    this.#last = at;
    return this.#elapsed;
  }

  async until(time: number): Promise<void> {
    for (let left = time - this.now(); left > 0; left = time - this.now()) await sleep(Math.min(left, LOOK));
  }
}
