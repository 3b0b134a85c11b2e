import type { Labourer } from '../domain/labourer.ts';
import type { FailedTry, RetryFunction, RetryPolicy, RetryRule } from '../domain/retry-policy.ts';
import { DAY, MINUTE, type Millis, SECOND } from '../domain/time.ts';
import { errorName, isNamed } from './error-name.ts';

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

/** The longest that a worker, or a function, may put a task off. */
const LONGEST_WAIT: Millis = 7 * DAY;

/** Of a labourer whose definition has none, and where a function fails. */
export const DEFAULT_RETRY: Extract<RetryPolicy, { readonly kind: 'exponential' }> = {
  kind: 'exponential',
  base: SECOND,
  limit: 5 * MINUTE,
};

/**
 * What becomes of a task whose attempt failed. Never throws, whatever a function of the user's does.
 * @param random in [0, 1)
 * @param amiss is told what is wrong with a function of the user's, where the default policy was taken instead
 */
export const afterFailure = (
  labourer: Labourer,
  { attempt, error, retryable, retryAfter }: FailedAttempt,
  random: number,
  amiss: (problem: unknown) => void = () => {},
): AfterFailure => {
  const rule = labourer.retry.on?.find(({ match }) => isMatch(error, match));
  const { policy = labourer.retry, maxAttempts = labourer.maxAttempts }: Partial<RetryRule> = rule ?? {};
  // Only a plain no is one: a worker in another language may send `null` for what it does not know.
  if (retryable === false || policy === 'dead' || attempt >= maxAttempts) return { kind: 'dead', error };
  const asked = retryAfter !== undefined && Number.isFinite(retryAfter);
  const after = asked ? withinBounds(retryAfter) : backoff(policy, { attempt, error }, random, amiss);
  return after === 'dead' ? { kind: 'dead', error } : { kind: 'retry', after, error };
};

const isMatch = (error: string, match: string | RegExp): boolean => (typeof match === 'string' ? isNamed(error, match) : match.test(error));

const withinBounds = (wait: Millis): Millis => Math.min(Math.max(0, Math.ceil(wait)), LONGEST_WAIT);

/** In whole milliseconds; see RetryPolicy for the rules and their sources. */
const backoff = (
  policy: RetryPolicy,
  failure: Pick<FailedTry, 'attempt' | 'error'>,
  random: number,
  amiss: (problem: unknown) => void,
): Millis | 'dead' => {
  switch (policy.kind) {
    case 'fixed':
      return policy.wait;
    case 'linear':
      return Math.min(policy.limit, policy.step * failure.attempt);
    case 'exponential': {
      const doublings = Math.min(failure.attempt - 1, 50); // 2^50 ms is longer than any limit, and no overflow
      const whole = Math.min(policy.limit, policy.base * 2 ** doublings);
      return policy.jitter === 'none' ? whole : Math.round(whole * random);
    }
    case 'function':
      return decided(policy.decide, failure, amiss) ?? backoff(DEFAULT_RETRY, failure, random, amiss);
  }
};

/** @returns nothing if the function throws or answers nonsense: the task still has to go on */
const decided = (
  decide: RetryFunction,
  { attempt, error }: Pick<FailedTry, 'attempt' | 'error'>,
  amiss: (problem: unknown) => void,
): Millis | 'dead' | undefined => {
  const name = errorName(error);
  try {
    const answer: unknown = decide({ attempt, error, ...(name !== undefined && { name }) });
    if (answer === 'dead') return answer;
    if (typeof answer === 'number' && answer >= 0) return withinBounds(answer);
    // An async function is a likely mistake, and what it throws would else end the process.
    if (answer instanceof Promise) answer.catch(() => {});
    amiss(new TypeError(`the retry function answered ${shown(answer)}; let it return milliseconds to wait, 0 or more, or 'dead'`));
  } catch (problem) {
    amiss(problem);
  }
  return undefined;
};

const shown = (answer: unknown): string => {
  if (answer instanceof Promise) return 'a promise';
  return typeof answer === 'number' || answer === null ? String(answer) : typeof answer;
};
