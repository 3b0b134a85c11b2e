import type { Handler } from '../contenders/contender.ts';

/** What a worker process has seen, for its report. */
export interface WorkerReport {
  /** How often each task was handled: by its number. */
  readonly times: Uint8Array;
  /** The moments at which so many tasks had been handled in this process, in the order of time. */
  readonly marks: readonly Mark[];
  /** The most handlers under way at once in this process. */
  readonly most: number;
  /** Of this process since it began to work, in seconds. */
  readonly cpu: number;
  /** The most memory that it held, in bytes. */
  readonly memory: number;
  /** When each handler was under way; only where a case asks for it. */
  readonly spans: readonly Span[];
}

export interface Mark {
  readonly handled: number;
  /** Nanoseconds: `process.hrtime.bigint()`. */
  readonly at: number;
}

export interface Span {
  readonly i: number;
  readonly start: bigint;
  readonly end: bigint;
}

/** Between marks. The moment of each task would be measured with it. */
const STEP = 100;

const now = (): number => Number(process.hrtime.bigint());

/** Counts what is handled, at as little cost as may be: it is the same for every framework. */
export class Tally {
  readonly times: Uint8Array;
  readonly marks: Mark[] = [];
  most = 0;
  handled = 0;
  #active = 0;

  readonly #tasks: number;
  readonly #whole: () => void;

  /** @param whole is called when so many have been handled */
  constructor(tasks: number, whole: () => void) {
    this.#tasks = tasks;
    this.#whole = whole;
    this.times = new Uint8Array(tasks);
  }

  /** Does nothing, and lets others start meanwhile. */
  readonly handler: Handler = async ({ i }) => {
    this.#active += 1;
    if (this.#active > this.most) this.most = this.#active;
    await Promise.resolve();
    this.#active -= 1;
    this.times[i] = (this.times[i] ?? 0) + 1;
    this.handled += 1;
    if (this.handled % STEP === 0) this.marks.push({ handled: this.handled, at: now() });
    if (this.handled === this.#tasks) this.#whole();
  };
}
