import { type MemoryStoreOptions, MemoryTaskStore } from '@reeve/core';
import { ManualClock } from '../manual-clock.ts';
import type { WholeBench } from './bench.ts';

/** A bench of the memory store. Two "connections" to one process's memory are the same object. */
export const openMemoryBench = async (options: Omit<MemoryStoreOptions, 'clock'> = {}): Promise<WholeBench> => {
  const clock = new ManualClock();
  const store = new MemoryTaskStore({ ...options, clock });
  return { store, peer: store, clock, dispose: async () => {} };
};
