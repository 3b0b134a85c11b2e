import type { EpochMs } from '@reeve/core';
import { mix } from './stream.ts';

/** So many of the last lines are shown of a run that failed. */
const SHOWN = 200;

/** What happened, line by line: the last lines as text, and all of them as one number that two equal runs have in common. */
export class History {
  readonly #lines: string[] = [];
  #at = 0;
  #hash = mix('');
  readonly start: EpochMs;

  constructor(start: EpochMs) {
    this.start = start;
  }

  /** @param now on the world's time */
  add(now: EpochMs, line: string): void {
    const text = `${((now - this.start) / 1_000).toFixed(3)} ${line}`;
    this.#hash = mix(text, this.#hash);
    this.#lines[this.#at % SHOWN] = text;
    this.#at += 1;
  }

  /** The last 200, the oldest first. */
  get lines(): readonly string[] {
    const from = this.#at % SHOWN;
    return this.#at <= SHOWN ? [...this.#lines] : [...this.#lines.slice(from), ...this.#lines.slice(0, from)];
  }

  /** Eight digits and letters. */
  get hash(): string {
    return this.#hash.toString(16).padStart(8, '0');
  }

  get length(): number {
    return this.#at;
  }
}
