/** How the members of a batch have ended so far. */
export interface BatchCounts {
  readonly completed: number;
  readonly dead: number;
  readonly cancelled: number;
  readonly dropped: number;
}

export interface BatchProgress extends BatchCounts {
  readonly id: string;
  readonly total: number;
  /** Members that have not ended, as far as is known. */
  readonly open: number;
  /** All members are enqueued. Until then the batch does not finish: calling `enqueueBatch` again completes what broke off. */
  readonly sealed: boolean;
  /** The finalizer is enqueued. */
  readonly finished: boolean;
}

/** The most members of a batch. */
export const MOST_MEMBERS = 200_000;
