import type { AttemptRef, Outcome } from './task.ts';
import type { EpochMs, Millis } from './time.ts';

/** An attempt as it came to its worker, and as it is sent back: labourer, id and token, and whatever else came with them. */
export interface ArrivedAttempt extends AttemptRef {
  /** When the lease ends as it was claimed. No delivery may begin after that; if it is not sent back, the start gate has to remember for a day. */
  readonly deadline?: EpochMs;
}

/**
 * What a worker tells the Assistant, as JSON: by invoking it, over HTTP or by a call in the same process. It is the same whatever the way,
 * so that a worker in any language needs no more than these four.
 * - `start`     may I begin? Asked once for each delivery of an attempt; of several deliveries of the same attempt one may
 * - `heartbeat` the work goes on
 * - `done`      it is done
 * - `failed`    it is not
 */
export type WorkerMessage = { readonly attempt: ArrivedAttempt } & (
  | {
      readonly reeve: 'start';
      /** New for each delivery, 1 to 64 characters: whoever asks again with the same one, since no answer came, is answered the same. */
      readonly delivery: string;
    }
  | { readonly reeve: 'heartbeat' }
  | { readonly reeve: 'done'; readonly result?: unknown; readonly stats?: unknown }
  | { readonly reeve: 'failed'; readonly error: string; readonly retryable?: boolean; readonly retryAfter?: Millis }
);

/**
 * `deadline` is when the lease ends on the store's clock, and `left` how long that was away when it was answered: a worker whose own clock
 * is wrong counts from there.
 * - to `start`: `begin`; or not, since another delivery of this attempt
 *   has begun (`started`), its lease is over (`over`), or the task is to be cancelled (`cancelled`)
 * - to `heartbeat`: whether the lease goes on, and until when
 * - to `done` and `failed`: what became of the report. `stale` is an answer, not an error: another attempt may run by now
 */
export type MessageAnswer =
  | { readonly begin: true; readonly deadline: EpochMs; readonly left: Millis }
  | { readonly begin: false; readonly why: 'started' | 'over' | 'cancelled' }
  | { readonly alive: true; readonly deadline: EpochMs; readonly left: Millis }
  | { readonly alive: false; readonly cancelled?: true }
  | { readonly outcome: Outcome };
