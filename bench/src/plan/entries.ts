import type { Contender, Setup } from '../contenders/contender.ts';
import { ofPostgres } from './postgres-entries.ts';
import { ofRedis } from './redis-entries.ts';
import type { StoreName, WorkloadId } from './workloads.ts';

export type Framework = 'reeve' | 'store' | 'bullmq' | 'pg-boss' | 'graphile-worker';

/** A framework with the settings that it is run with. */
export interface Entry {
  /** "graphile-worker-best". Of each store its own list. */
  readonly id: string;
  readonly store: StoreName;
  readonly framework: Framework;
  /** For tables and plots: "graphile-worker, best". */
  readonly name: string;
  /** Its settings, in words. */
  readonly says: string;
  readonly workloads: readonly WorkloadId[];
  /** Of a drain, in milliseconds, where the workload's would say nothing about it. */
  readonly limit?: number;
  /** Loads what it needs, so that a process has one framework in its memory. */
  readonly open: (setup: Setup) => Promise<Contender>;
}

/** In the order of the tables. The first of each store is the one that the others are compared with. */
export const ENTRIES: readonly Entry[] = [...ofRedis, ...ofPostgres];

export const entryOf = (store: string, id: string): Entry => {
  const found = ENTRIES.find((each) => each.store === store && each.id === id);
  if (!found) throw new Error(`there is no ${id} on ${store}`);
  return found;
};
