import { type Chance, type Clock, MemoryTaskStore } from '@reeve/core';
import type { Store } from '../store/bench.ts';

export interface StoreTools {
  /** The store's own: virtual time. Waiting on it lets others go on in between. */
  readonly clock: Clock;
  readonly chance: Chance;
  readonly labourers: readonly string[];
}

/** A store of one run, as the author of an adapter opens it for the simulator. */
export interface SimStore {
  /** Without input and output: each call is over within two turns of the event loop, or waits on the clock it was given. */
  readonly store: Store;
  /** The same data over a connection of one process. Default: `store`. @param clock the process's own, which may be wrong */
  readonly connect?: (clock: Pick<Clock, 'now'>) => Store;
  readonly close?: () => Promise<void>;
}

/** Opens a new and empty one; in a run in which a store fails over it is called again. */
export type SimStoreFactory = (tools: StoreTools) => SimStore | Promise<SimStore>;

/** The store that is core's own. */
export const memoryForSim: SimStoreFactory = ({ clock }) => ({ store: new MemoryTaskStore({ clock }) });
