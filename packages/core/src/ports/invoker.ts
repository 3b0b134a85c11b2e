import type { JsonText } from '../domain/json.ts';
import type { Labourer } from '../domain/labourer.ts';
import type { Lease } from '../domain/task.ts';
import type { Millis } from '../domain/time.ts';

/** What a worker says of its attempt. */
export type Report =
  | { readonly kind: 'done'; readonly result?: JsonText; readonly stats?: JsonText }
  | {
      readonly kind: 'failed';
      readonly error: string;
      /** False: no further attempt can help. Default true. */
      readonly retryable?: boolean;
      /** Overrides the labourer's retry policy for this attempt. */
      readonly retryAfter?: Millis;
    };

/**
 * What became of handing over one attempt.
 * - `accepted`  it will reach a worker at least once; the worker reports
 * - `finished`  a worker has run it, and this is its report
 * - `refused`   it certainly did not start and will not: throttled, no such function. The attempt is given back,
 *               and the labourer is left alone for `retryAfter`
 *
 * A throw means that neither is known. Nobody queues the task again: the worker may be running, so the lease runs out.
 */
export type Delivery =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'finished'; readonly report: Report }
  | { readonly kind: 'refused'; readonly reason: string; readonly retryAfter?: Millis };

export interface InvokeContext {
  /** Aborts when the attempt must stop: its time is up, its lease is lost, or the process is stopping. */
  readonly signal: AbortSignal;
  /**
   * Renews the lease to its full length from now.
   * @returns false if the work must stop: the lease is lost and another attempt may have started, or `signal` aborted before the store answered
   * @throws what the store throws: whether the lease was renewed is then unknown, and `signal` says when to stop
   */
  heartbeat(): Promise<boolean>;
}

export interface Problem {
  /** Which setting: `labourers.thumbnails.target`. */
  readonly path: string;
  /** What is wrong with which value, and what would be right. */
  readonly problem: string;
}

export interface Invoker {
  /**
   * Hands one attempt to a worker.
   *
   * I1 `accepted` arrives at least once.
   * I2 `refused` arrives never.
   * I3 The payload arrives as it was enqueued, and nothing inside it can pass for the attempt's own id, token or number.
   * I4 Any number of calls may be under way.
   */
  invoke(labourer: Labourer, lease: Lease, context: InvokeContext): Promise<Delivery>;

  /** The most calls of `invoke` it wants under way at once for one labourer. Absent: no bound but the cap. */
  readonly parallelism?: number;

  /** What is wrong with a labourer's target or options, for the composition to report before anything runs. */
  check?(labourer: Labourer): readonly Problem[];
}
