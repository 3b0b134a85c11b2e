import type { Millis, Operator, Outbox, Register, TaskKey, TaskReader, TaskStore } from '@reeve/core';
import type { ManualClock } from '../manual-clock.ts';

/** Both sides of a store, as the kit needs them. */
export type Store = TaskStore & TaskReader;

/** The ports that not every store has. */
export type Others = Operator & Register & Outbox;

/** A store that has every port there is. */
export type WholeStore = Store & Others;

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
  /** A task costs its server milliseconds: where cases of keys and retention have thousands of tasks, they make do with fewer. Absent: it does not. */
  readonly slow?: boolean;
  dispose(): Promise<void>;
}

/** A bench of a store that has every port. */
export interface WholeBench extends StoreBench {
  readonly store: WholeStore;
  readonly peer: WholeStore;
}

/** What a case asks of the store it is run on. */
export interface BenchOptions {
  /** How long it keeps ended tasks. Absent: as long as it does by default. */
  readonly keepEnded?: Millis;
}

/** One thing that must hold. */
export interface StoreCase<Bench extends StoreBench = StoreBench> {
  /** The number of the promise in the comments of the ports: `C2`. `all` for the cases that play at random. */
  readonly promise: string;
  readonly title: string;
  readonly options?: BenchOptions;
  /** Throws if the store does not hold it. */
  readonly run: (bench: Bench) => Promise<void>;
}

/** One that takes more ports than those of every store. */
export type WholeCase = StoreCase<WholeBench>;
