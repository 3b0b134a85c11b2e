import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultyProxy } from '@reeve/testkit';
import type { FaultName } from '../plan/plan.ts';
import type { StoreConfig } from '../stores.ts';

/** Begins a fault. @returns what ends it; the fault lasts until that has resolved */
export type Fault = () => Promise<(() => Promise<void>) | undefined>;

/** A store's server, the way to it, and what can go wrong with both. */
export interface Stage {
  /** For people: which server, and how it is set. */
  readonly about: string;
  /** For the processes under fire: through the proxy, where there is one. */
  readonly store: StoreConfig;
  /** For the one who looks on: straight to the server. */
  readonly direct: () => StoreConfig;
  readonly faults: Readonly<Partial<Record<FaultName, Fault>>>;
  readonly proxy?: FaultyProxy;
  close(): Promise<void>;
}

export interface StageOptions {
  /** For its data. It is removed by whoever made it. */
  readonly folder: string;
  readonly tasks: number;
  readonly random: () => number;
}

export const folderIn = (folder: string, name: string): string => {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
};
