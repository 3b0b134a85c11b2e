import type { Millis } from './time.ts';

export type AdaptiveKind = 'aimd' | 'vegas' | 'gradient2';

/** How the cap of a labourer follows what its attempts come to. Made of a definition, every field checked. */
export interface Adaptive {
  readonly kind: AdaptiveKind;
  /** Never less than this, while health is not Bad. A whole number, 1 or more. */
  readonly floor: number;
  /** Never more than this, nor than the cap. */
  readonly ceiling: number;
  /** Where it begins, after a look at half of it. */
  readonly initial: number;
  /** The longest that a window lasts: after each, the limit is worked out anew, once for all processes. */
  readonly window: Millis;
}

/** When dispatch stops for failures, and how it is tried again. */
export interface Breaker {
  /** The share of failed attempts in a window from which on it opens, above 0 and at most 1. */
  readonly failures: number;
  /** Of at least so many attempts. */
  readonly atLeast: number;
  /** How long nothing is started after it opened; then one attempt probes. */
  readonly openFor: Millis;
}

/** What the attempts of a labourer came to in a stretch of time, over all processes. */
export interface Outcomes {
  /** Attempts that ended, in whatever way, refusals left out. */
  readonly ended: number;
  /** Of them: those that failed, whether or not they are tried again; those that ran out of time included. */
  readonly failed: number;
  /** Of the failed ones: those whose lease ran out. */
  readonly timedOut: number;
  /** Attempts that were refused: the invoker could not start them. */
  readonly throttled: number;
  /** The most that were seen running. */
  readonly running: number;
  /** The mean length of those that were measured. Absent: none was. */
  readonly took?: Millis;
}
