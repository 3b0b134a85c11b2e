import type { Health } from './health.ts';
import type { Millis } from './time.ts';

/**
 * How long a task waits before its next attempt.
 * - `linear`       step x attempts so far (sosw's rule; its step is the lease duration)
 * - `exponential`  a random part of min(limit, base x 2^(attempts - 1)): "full jitter", after Marc
 *                  Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015
 */
export type RetryPolicy =
  | { readonly kind: 'linear'; readonly step: Millis; readonly limit: Millis }
  | { readonly kind: 'exponential'; readonly base: Millis; readonly limit: Millis };

/** The share of the cap that may run at each level of health: 0 stops dispatch, 1 is the whole cap. */
export type HealthCoefficients = Readonly<Record<Health, number>>;

/** What to assume of a labourer's health while nobody can tell: what was last seen, or a fixed level. */
export type OnMissingHealth = 'hold' | Health;

/** One type of worker, and how hard it may be driven. Made by `defineLabourer`, every field checked. */
export interface Labourer {
  /** Its name, unique within a composition: 1 to 128 letters, digits, `_`, `-` or `.`. */
  readonly id: string;
  /** Where the invoker sends the work, such as a Lambda ARN. Core does not look inside. */
  readonly target: string;
  /** The most leases that may run at once, over all orchestrators, while health is High. */
  readonly cap: number;
  readonly lease: {
    /** The longest that one attempt may work without a heartbeat. */
    readonly duration: Millis;
    /** Grace after `duration` before the lease counts as expired: the time a worker has to stop and report. */
    readonly cooldown: Millis;
  };
  /** Attempts before a task is dead. */
  readonly maxAttempts: number;
  readonly retry: RetryPolicy;
  readonly health: { readonly coefficients: HealthCoefficients; readonly onMissing: OnMissingHealth };
  /** Settings that only the labourer's invoker or ecology understands, such as `{ message: 'sosw' }`. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** From claim to expiry: what a claim writes as the lease's length, in milliseconds. */
export const leaseLength = ({ lease }: Labourer): Millis => lease.duration + lease.cooldown;
