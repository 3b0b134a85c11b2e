import type { JsonText } from './json.ts';
import type { EpochMs, Millis } from './time.ts';

/** Where a task lives. It carries the labourer, so that a sharded store need not look it up. */
export interface TaskKey {
  readonly labourer: string;
  /** Unique within the store: 1 to 128 characters, no control characters. */
  readonly id: string;
}

/**
 * The right to decide what becomes of one attempt. The token is new for every claim, so a late, doubled
 * or forged report is told from the word of the attempt that runs now.
 */
export interface AttemptRef extends TaskKey {
  readonly token: string;
}

export interface NewTask extends TaskKey {
  readonly payload: JsonText;
  /** Not before this instant, on the store's clock. Absent: at once. */
  readonly due?: EpochMs;
  /** A whole number from 0 to 9: the higher, the sooner. Absent: 0. */
  readonly priority?: number;
  /** If no attempt of it was counted before this instant, on the store's clock, it is dropped. Absent: it waits for as long as it takes. */
  readonly expiresAt?: EpochMs;
  /** Whom it is done for, such as a tenant, so that claims can limit how many of one run: 1 to 128 characters. Absent: nobody in particular. */
  readonly key?: string;
  /** What follows when it has ended, for the outbox: kept as it is, and never looked into. */
  readonly follow?: JsonText;
}

/** The highest priority. */
export const MOST_URGENT = 9;

/** One dispatch of a task: the task, and the right to run it until the deadline. */
export interface Lease extends AttemptRef {
  readonly payload: JsonText;
  /** As it was enqueued. */
  readonly key?: string;
  /** Which attempt this is, from 1. An attempt that was released is not counted. */
  readonly attempt: number;
  readonly createdAt: EpochMs;
  /** When the task fell due; the time it waited is `claimedAt - due`. */
  readonly due: EpochMs;
  readonly claimedAt: EpochMs;
  /** On the store's clock. From this instant on the lease is expired and holds no place under the cap. */
  readonly deadline: EpochMs;
  /**
   * Members that the store's own schema wants a worker to see beside the payload, as JSON texts by name
   * (sosw's tables: `created_at`, `greenfield`, `attempts`). Absent where the schema has none.
   */
  readonly members?: Readonly<Record<string, JsonText>>;
}

/**
 * What became of an attempt: one member per legal way out of `running`.
 * - `completed`  it is done; result and statistics are kept with the closed task
 * - `retry`      it failed and is queued again, at the head, due `after` from now on the store's clock
 * - `dead`       it failed for good and leaves the queue
 * - `released`   it certainly never started: queued again where it stood, the attempt given back
 */
export type Verdict = AttemptRef &
  (
    | { readonly kind: 'completed'; readonly result?: JsonText; readonly stats?: JsonText }
    | { readonly kind: 'retry'; readonly after: Millis; readonly error: string }
    | { readonly kind: 'dead'; readonly error: string }
    | { readonly kind: 'released'; readonly after?: Millis }
  );

/** The ways out that are open to whoever finds a lease expired. */
export type ExpiryVerdict = Extract<Verdict, { readonly kind: 'retry' | 'dead' }>;

/**
 * What became of a verdict. Losing a race is an answer, not an error.
 * - `applied`   this call made the change. Exactly one caller ever sees it.
 * - `cancelled` the attempt was the current one, and its task was to be cancelled: so it ended, and nothing else of the verdict was
 *               kept. Exactly one caller ever sees it.
 * - `repeated`  this same attempt had already been given a verdict of this kind; nothing was changed.
 * - `stale`     the attempt does not own the task: claimed again since, ended otherwise, or never
 *               existed; nothing was changed.
 */
export type Outcome = 'applied' | 'cancelled' | 'repeated' | 'stale';

/** How one attempt failed, or why the task was buried. */
export interface AttemptError {
  /** Which attempt it was, from 1; of a burial, how many had been counted. */
  readonly attempt: number;
  readonly at: EpochMs;
  readonly error: string;
}

/** The most errors of a task that are kept: the last ones. */
export const MOST_ERRORS = 10;

interface TaskFacts extends TaskKey {
  readonly payload: JsonText;
  readonly key?: string;
  readonly priority: number;
  /** Of the attempts that failed, and of burials, the oldest first: the last 10, those before a redrive included. */
  readonly errors: readonly AttemptError[];
  /** Attempts that were counted so far, the running one included. */
  readonly attempts: number;
  readonly createdAt: EpochMs;
}

/** A task as the reading side shows it. */
export type TaskRecord = TaskFacts &
  (
    | { readonly state: 'queued'; readonly due: EpochMs; readonly expiresAt?: EpochMs; readonly lastError?: string }
    | {
        readonly state: 'running';
        readonly token: string;
        readonly deadline: EpochMs;
        readonly lastError?: string;
        /** Its cancellation was asked for. */
        readonly cancelling?: true;
      }
    | { readonly state: 'completed'; readonly endedAt: EpochMs; readonly result?: JsonText; readonly stats?: JsonText }
    | { readonly state: 'dead'; readonly endedAt: EpochMs; readonly error: string }
    | { readonly state: 'cancelled'; readonly endedAt: EpochMs }
    /** Its time had run out before an attempt was started. */
    | { readonly state: 'dropped'; readonly endedAt: EpochMs }
    | { readonly state: 'aside'; readonly problem: string }
  );

export type TaskState = TaskRecord['state'];

export const keyOf = ({ labourer, id }: TaskKey): TaskKey => ({ labourer, id });
export const refOf = ({ labourer, id, token }: AttemptRef): AttemptRef => ({ labourer, id, token });
