import type { Millis } from './time.ts';

/** What a retry function is told of an attempt that failed. */
export interface FailedTry {
  /** Which attempt it was, from 1. */
  readonly attempt: number;
  /** What the worker reported, as it is kept with the task: `TimeoutError: no answer within 5 s`. */
  readonly error: string;
  /** The name in front of it, `TimeoutError`, if it has one. A plain `Error` of JavaScript has none. */
  readonly name?: string;
}

/** How many milliseconds to wait before the next attempt, or `dead` for no other. If it throws or answers anything else, the default policy counts. */
export type RetryFunction = (failure: FailedTry) => Millis | 'dead';

/**
 * How long a task waits before its next attempt.
 * - `fixed`        always the same
 * - `linear`       step x attempts so far (sosw's rule; its step is the lease duration)
 * - `exponential`  a random part of min(limit, base x 2^(attempts - 1)): "full jitter", after Marc Brooker, "Exponential Backoff And
 *                  Jitter", AWS Architecture Blog, 2015; without jitter, the whole of it
 * - `function`     what it says
 */
export type RetryPolicy =
  | { readonly kind: 'fixed'; readonly wait: Millis }
  | { readonly kind: 'linear'; readonly step: Millis; readonly limit: Millis }
  | {
      readonly kind: 'exponential';
      readonly base: Millis;
      readonly limit: Millis;
      /** Absent: full. */
      readonly jitter?: 'none';
    }
  | { readonly kind: 'function'; readonly decide: RetryFunction };

/** What is different for some errors. */
export interface RetryRule {
  /** The name in front of the error, whole or its last part; or what the whole text of the error is to match. */
  readonly match: string | RegExp;
  /** Instead of the labourer's; `dead`: no other attempt. Absent: the labourer's. */
  readonly policy?: RetryPolicy | 'dead';
  /** Attempts, for whatever reason they failed, before a task that fails so is dead. Absent: the labourer's. */
  readonly maxAttempts?: number;
}

/** A policy, and what is different for some errors: the first rule that matches counts. */
export type Retry = RetryPolicy & { readonly on?: readonly RetryRule[] };
