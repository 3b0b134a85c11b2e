import type { Millis } from '@reeve/core';
import type { StoreConfig } from '../stores.ts';

/** What every process of a run is told, as JSON in its first argument. */
export interface ProcessConfig {
  readonly store: StoreConfig;
  readonly lease: Millis;
  /** The file that it writes its history to. */
  readonly log: string;
}

export interface WorkerConfig extends ProcessConfig {
  /** The ports of the hands. */
  readonly hands: readonly number[];
}

export interface HandConfig extends ProcessConfig {
  readonly port: number;
}

export interface ProducerConfig extends ProcessConfig {
  /** The first number to enqueue, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  /** Tasks in a call, and the pause between two calls. */
  readonly batch: number;
  readonly every: Millis;
}
