/** The operator's side of a store: what a person, or a program on their behalf, does to tasks. The essentials never call it. */
import type { JsonText } from '../domain/json.ts';
import type { TaskKey } from '../domain/task.ts';
import type { Millis } from '../domain/time.ts';

/**
 * - `cancelled`   it was queued and is ended
 * - `cancelling`  it runs: its attempt is told at its next renewal, and ends it
 * - `ended`       it had ended before, and nothing was changed
 * - `unknown`     no such task of this labourer
 */
export type CancelOutcome = 'cancelled' | 'cancelling' | 'ended' | 'unknown';

/** As with a cancellation; `running` tasks are left alone. */
export type BuryOutcome = 'buried' | 'running' | 'ended' | 'unknown';

/**
 * - `queued`   this call put it back into the queue. Exactly one caller ever sees it.
 * - `open`     it is queued or running, and nothing was changed
 * - `kept`     it completed, or is set aside: nothing was changed
 */
export type RedriveOutcome = 'queued' | 'open' | 'kept' | 'unknown';

/** `started`: an attempt of it has been started, or it has ended; nothing was changed. */
export type ReplaceOutcome = 'replaced' | 'started' | 'unknown';

export interface Burial extends TaskKey {
  readonly error: string;
}

export interface Redrive extends TaskKey {
  /** Due so long from now on the store's clock. Absent: at once. */
  readonly after?: Millis;
}

export interface Replacement extends TaskKey {
  readonly payload: JsonText;
}

/** Each task on its own, answers in the order of the arguments. All are safe to repeat, and from any number of callers. */
export interface Operator {
  /**
   * O1 A queued task ends `cancelled` at once, whether due or waiting, and is never claimed again.
   * O2 A running one goes on to hold its place, and ends `cancelled` with the first verdict, as V9 says. Asking again is `cancelling` again.
   */
  cancel(keys: readonly TaskKey[]): Promise<readonly CancelOutcome[]>;

  /** O3 A queued task ends `dead` with this error. */
  bury(burials: readonly Burial[]): Promise<readonly BuryOutcome[]>;

  /**
   * O4 A dead, cancelled or dropped task is queued again as if it had just been enqueued: its payload and its priority, no attempt, no
   *    expiry, the last in its order. Its former errors are kept.
   */
  redrive(redrives: readonly Redrive[]): Promise<readonly RedriveOutcome[]>;

  /**
   * O5 A queued task of which no attempt was counted gets another payload, and keeps its place. One that a claim takes meanwhile runs with
   *    either the old payload and `started`, or the new one and `replaced`.
   * @throws ReeveError PAYLOAD_TOO_LARGE, before anything is changed
   */
  replace(replacements: readonly Replacement[]): Promise<readonly ReplaceOutcome[]>;
}
