import type { Reeve } from '@reeve/core';
import type { Line } from './record/line.ts';
import { tasksIn } from './record/read-tasks.ts';
import { plural, span } from './show/text.ts';

/** Since when a process must have been silent, in milliseconds, to be taken for idle. */
const SILENCE = 400;
/** The same for another process; longer than it takes to wait for a retry. */
const LONG_SILENCE = 2_500;

/** Knows from the journal who is at work on the same folder. */
export class Company {
  readonly #own: string;
  readonly #since: number;
  #ownAt: number;
  #othersAt: number = Number.NEGATIVE_INFINITY;

  /** @param own the name of this process's run @param now milliseconds since 1970 */
  constructor(own: string, now: number) {
    this.#own = own;
    this.#since = now;
    this.#ownAt = now;
  }

  read(lines: readonly Line[]): void {
    for (const { run, at } of lines) {
      if (run === this.#own) this.#ownAt = at;
      else if (at > this.#since) this.#othersAt = at;
    }
  }

  /**
   * What holds this process up, in words; undefined if nothing does.
   * @param running what the store counts as running @param live what runs in this process
   */
  remark(counts: { readonly running: number; readonly live: number; readonly longest: number }, now: number): string | undefined {
    const { running, live, longest } = counts;
    if (now - this.#othersAt < LONG_SILENCE) return 'another process works on the same folder';
    if (live > 0 || running === 0 || now - this.#ownAt < SILENCE) return undefined;
    return `waiting for ${plural(running, 'lease')} of an earlier run to run out, ${span(Math.max(0, longest))} at most`;
  }
}

/** How long until the last lease that is held now runs out, in milliseconds. */
export const longestLease = async (reeve: Reeve, now: number): Promise<number> => {
  let last = now;
  for (const { id } of reeve.labourers) {
    for await (const task of tasksIn(reeve, id, 'running')) if (task.state === 'running') last = Math.max(last, task.deadline);
  }
  return last - now;
};
