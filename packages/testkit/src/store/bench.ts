import type { TaskKey, TaskReader, TaskStore } from '@reeve/core';
import type { ManualClock } from '../manual-clock.ts';

/** Both sides of a store, as the kit needs them. */
export type Store = TaskStore & TaskReader;

/** One empty store, and nobody else's: each case opens a bench of its own. */
export interface StoreBench {
  readonly store: Store;
  /** A second connection to the same data, as another process has: nothing in memory is shared with `store`. */
  readonly peer: Store;
  /**
   * The time of both. A store that takes its process's clock is given this one; a store with a server's clock makes the
   * server's stand still at this instant and follow it (a hook of the adapter's tests).
   */
  readonly clock: ManualClock;
  /** Resolves when every answered write has reached the store's indexes. Absent: a write is everywhere when it is answered. */
  settled?(): Promise<void>;
  /**
   * Spoils the stored row of a task, so that it can no longer be run: a payload of a wrong type, a missing column. Absent: the
   * store's schema leaves no room for such rows, and the cases of C9 are passed over.
   */
  plantBroken?(key: TaskKey): Promise<void>;
  dispose(): Promise<void>;
}

/** One thing that must hold. */
export interface StoreCase {
  /** The number of the promise in the ports `TaskStore` and `TaskReader`: `C2`. `all` for the cases that play at random. */
  readonly promise: string;
  readonly title: string;
  /** Throws if the store does not hold it. */
  run(bench: StoreBench): Promise<void>;
}
