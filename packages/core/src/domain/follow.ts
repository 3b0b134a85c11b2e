import type { Millis } from './time.ts';

/** A task that is enqueued when another has ended. */
export interface FollowUp extends Continuations {
  readonly labourer: string;
  /** A value that JSON can carry. Default: an empty object. */
  readonly payload?: unknown;
  /** Yours, unique within the store: so it is enqueued once, however often the task before it ends. Default: a new one for each end. */
  readonly id?: string;
  /** From 0 to 9. Default: the labourer's, or 0. */
  readonly priority?: number;
  /** Not before so many milliseconds after that end. */
  readonly delay?: Millis;
  /** Dropped if no attempt was started so many milliseconds after it fell due. Default: the labourer's, or never. */
  readonly expireAfter?: Millis;
  /** Its payload is then `{ parent: { labourer, id, state, result }, payload }`. */
  readonly passResult?: boolean;
}

/** What is enqueued when a task has ended: neither lost nor doubled by a crash, and seconds later at worst. */
export interface Continuations {
  readonly onCompleted?: readonly FollowUp[];
  readonly onDead?: readonly FollowUp[];
  /** Completed, dead, cancelled or dropped. */
  readonly onEnded?: readonly FollowUp[];
}

/** That a task is one of a batch: which, and its place there from 0. */
export interface Membership {
  readonly id: string;
  readonly index: number;
}
