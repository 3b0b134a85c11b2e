import type { Adaptive, Breaker } from './adaptive.ts';
import type { Health } from './health.ts';
import type { Draw, Rate } from './limits.ts';
import type { Metric } from './metric.ts';
import type { Retry } from './retry-policy.ts';
import type { Schema } from './schema.ts';
import type { Millis } from './time.ts';

/** The share of the cap that may run at each level of health: 0 stops dispatch, 1 is the whole cap. */
export type HealthCoefficients = Readonly<Record<Health, number>>;

/** What to assume of a labourer's health while nobody can tell: what was last seen, or a fixed level. */
export type OnMissingHealth = 'hold' | Health;

/** How long ended tasks are kept. */
export interface Keep {
  /** Since they ended. Absent: as long as the store keeps them by its own settings. */
  readonly age?: Millis;
  /** The newest so many of a state. Absent: however many there are. A whole number, 0 or more. */
  readonly count?: number;
}

export interface Retention {
  readonly completed?: Keep;
  /** Dead, cancelled and dropped ones, each state for itself. */
  readonly others?: Keep;
}

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
  readonly retry: Retry;
  /** What a payload must be, as it is enqueued. Absent: anything that JSON can carry. */
  readonly schema?: Schema;
  /** What a result must be, as the worker gives it. */
  readonly result?: Schema;
  /** The priority of tasks that are given none. Absent: 0. */
  readonly priority?: number;
  /** Tasks that are given no expiry expire so long after they fell due. Absent: they do not. */
  readonly expireAfter?: Millis;
  /** Absent: as many as the cap allows. */
  readonly rate?: Rate;
  /** Absent: nothing that others share. */
  readonly draws?: readonly Draw[];
  /** The most leases with one key that may run at once, over all orchestrators. Absent: keys do not count. */
  readonly perKey?: number;
  /** For each key. Absent: as many as the cap and `perKey` allow. */
  readonly ratePerKey?: Rate;
  /** How long ended tasks are kept. Absent: as the store keeps them. */
  readonly keep?: Retention;
  readonly health: {
    readonly coefficients: HealthCoefficients;
    readonly onMissing: OnMissingHealth;
    /** What its health is read from, beside what providers know. Absent: nothing. */
    readonly metrics?: readonly Metric[];
    /** How its cap follows its attempts. Absent: it does not. */
    readonly adaptive?: Adaptive;
    /** Absent: failures do not stop it. */
    readonly breaker?: Breaker;
    /** Everything is read, decided and told, and the whole cap stays in force. */
    readonly dryRun?: true;
  };
  /** Settings that only the labourer's invoker or ecology understands, such as `{ message: 'sosw' }`. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** From claim to expiry: what a claim writes as the lease's length, in milliseconds. */
export const leaseLength = ({ lease }: Labourer): Millis => lease.duration + lease.cooldown;
