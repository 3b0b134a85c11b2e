import type { Health, Millis } from '@reeve/core';

/** One point of the series. What is counted, is counted since the point before. */
export interface Moment {
  /** Since the beginning. */
  readonly at: Millis;
  /** Tasks that wait, those that are put off included. */
  readonly queue: number;
  /** Attempts that run. */
  readonly running: number;
  /** How many may run. */
  readonly cap: number;
  readonly health: Health;
  readonly arrived: number;
  readonly completed: number;
  /** Attempts that failed. */
  readonly failed: number;
  /** How hard the downstream is driven: above 1 it is over its limit. Undefined: it is down. */
  readonly strain: number | undefined;
  /** What can be read of the downstream. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** What came of all of it. */
export interface Summary {
  readonly arrived: number;
  readonly completed: number;
  /** Tasks that were given up. */
  readonly dead: number;
  /** Attempts that failed, whether or not the task was tried again. */
  readonly failed: number;
  /** Completed tasks in a second. */
  readonly throughput: number;
  /** The share of the time in which the downstream was not over its limit, of the time in which it had one. */
  readonly underLimit: number;
  /** The longest that it was over its limit without a break. */
  readonly longestOver: Millis;
  /** How long half of the attempts waited from the task's due time to their start, and how long 99 of 100 did not exceed. */
  readonly waited: { readonly p50: Millis; readonly p99: Millis };
  /** What was left undone. */
  readonly queue: number;
}

/** Something that was decided, in the words of the event. */
export interface Decision {
  readonly at: Millis;
  readonly what: string;
}
