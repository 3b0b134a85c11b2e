/**
 * The ends that something follows from: a task that others wait for. The store keeps what follows as a text it does not look into, and the
 * fact that it is still to be done; core does it, and takes the end out. So what follows is neither lost nor done for an end that never was.
 */
import type { JsonText } from '../domain/json.ts';
import type { TaskKey, TaskState } from '../domain/task.ts';
import type { EpochMs } from '../domain/time.ts';

/** One end of a task: one that is queued again has another. */
export interface EndRef extends TaskKey {
  readonly endedAt: EpochMs;
}

export interface End extends EndRef {
  readonly state: Extract<TaskState, 'completed' | 'dead' | 'cancelled' | 'dropped'>;
  /** As it was enqueued. */
  readonly follow: JsonText;
  /** Of a completed one, if it has one. */
  readonly result?: JsonText;
}

export interface Outbox {
  /**
   * U1 Each end of a task with a `follow`, in whatever way it ended, is here from the instant it ended, through any crash, until it is taken
   *    out or its task is queued again; nothing else is. (settled)
   * U2 The oldest first, at most `limit` in all. (settled)
   */
  outbox(labourers: readonly string[], limit: number): Promise<readonly End[]>;

  /**
   * U3 Takes these ends out. One that is not there, or is another end of the same task, is passed over.
   *    Two ends of one task are at two instants: an end comes at least a millisecond after the one before, whatever the clock says.
   *    Among the ends of others one that was put off for that is in either place, that of the clock or that of its instant.
   * U4 Until then an ended task is not forgotten, however long it is to be kept.
   */
  takeOut(ends: readonly EndRef[]): Promise<void>;
}
