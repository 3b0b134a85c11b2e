import type { Millis } from '@reeve/core';

/** How often a store, or the way to it, fails in each manner. Each is a probability per call, 0 to 1. */
export interface StoreFaults {
  /** The call fails and nothing happened. */
  readonly errorBefore: number;
  /** What was asked happened, and the caller is told that nobody knows. */
  readonly errorAfter: number;
  /** Nothing happens, and no answer ever comes. */
  readonly silenceBefore: number;
  /** It happened, and no answer ever comes. */
  readonly silenceAfter: number;
  /** A client that repeats by itself: it happens twice, and the caller sees the second answer. */
  readonly again: number;
  /** A copy of the call goes astray and happens once more, much later. */
  readonly late: number;
  /** A part of the batch happens, and the call fails. */
  readonly partial: number;
  /** A burst of refusals begins: this call and all others fail for `throttleFor`. */
  readonly throttle: number;
  readonly throttleFor: Millis;
  /** A read that may lag (`labourersWithDue`, `expired`) answers what it answered a while ago, at most `staleFor`. */
  readonly stale: number;
  readonly staleFor: Millis;
  /** The way there and the way back take from the first to the second each, so that calls overtake one another. */
  readonly delay: readonly [Millis, Millis];
  /** A way takes a hundred times as long. */
  readonly slow: number;
}

/** A store that does what it should, over a way that takes no time. */
export const noStoreFaults: StoreFaults = {
  errorBefore: 0,
  errorAfter: 0,
  silenceBefore: 0,
  silenceAfter: 0,
  again: 0,
  late: 0,
  partial: 0,
  throttle: 0,
  throttleFor: 0,
  stale: 0,
  staleFor: 0,
  delay: [0, 0],
  slow: 0,
};

/** Calls that fail, and others that happen twice, in part or much later. None waits: on a bench the time stands still. */
export const caseFaults: StoreFaults = {
  ...noStoreFaults,
  errorBefore: 0.1,
  errorAfter: 0.15,
  again: 0.1,
  late: 0.05,
  partial: 0.15,
  throttle: 0.02,
  throttleFor: 5_000,
  stale: 0.3,
  staleFor: 60_000,
};
