import type { Labourer, RetryPolicy } from '../domain/labourer.ts';
import { DAY, type Millis } from '../domain/time.ts';

export interface FailedAttempt {
  /** Which attempt it was, from 1. */
  readonly attempt: number;
  readonly error: string;
  /** False: no further attempt can help. Default true. */
  readonly retryable?: boolean;
  /** The worker's own word on when to try again, in milliseconds: taken between 0 and 7 days, and only if it is a finite number. */
  readonly retryAfter?: Millis;
}

export type AfterFailure =
  | { readonly kind: 'retry'; readonly after: Millis; readonly error: string }
  | { readonly kind: 'dead'; readonly error: string };

/** The longest that a worker may put a task off. */
const LONGEST_WAIT: Millis = 7 * DAY;

/**
 * What becomes of a task whose attempt failed.
 * @param random in [0, 1)
 */
export const afterFailure = (
  labourer: Labourer,
  { attempt, error, retryable, retryAfter }: FailedAttempt,
  random: number,
): AfterFailure => {
  // Only a plain no is one: a worker in another language may send `null` for what it does not know.
  if (retryable === false || attempt >= labourer.maxAttempts) return { kind: 'dead', error };
  const asked = retryAfter !== undefined && Number.isFinite(retryAfter);
  const after = asked ? Math.min(Math.max(0, Math.ceil(retryAfter)), LONGEST_WAIT) : backoff(labourer.retry, attempt, random);
  return { kind: 'retry', after, error };
};

/** In whole milliseconds; see RetryPolicy for the rules and their sources. */
const backoff = (policy: RetryPolicy, attempt: number, random: number): Millis => {
  if (policy.kind === 'linear') return Math.min(policy.limit, policy.step * attempt);
  const doublings = Math.min(attempt - 1, 50); // 2^50 ms is longer than any limit, and no overflow
  return Math.round(Math.min(policy.limit, policy.base * 2 ** doublings) * random);
};
