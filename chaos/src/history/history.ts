import type { TaskRecord } from '@reeve/core';
import type { LabourerName } from '../work.ts';
import type { Line } from './line.ts';

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One process of the run, from its start to its end. */
export interface ProcessHistory {
  readonly name: string;
  readonly lines: readonly Line[];
  /** When we killed it; nothing of it lived on after that. */
  readonly killedAt?: number;
  /** When it was gone. */
  readonly goneAt: number;
  /** It ended without being told to, or badly: how. */
  readonly ownEnd?: string;
  /** Times during which it was stopped. */
  readonly paused: readonly Span[];
}

/** A fault that we made. */
export interface FaultHistory extends Span {
  readonly name: string;
  /** Nobody can work while it lasts: recovery is measured from its end. */
  readonly isOutage: boolean;
}

/** The store's word on how many leases run, at one instant. */
export interface Sample {
  readonly at: number;
  readonly labourer: LabourerName;
  readonly running: number;
}

/** All that is known of a run. */
export interface History {
  readonly tasks: number;
  readonly caps: Readonly<Record<LabourerName, number>>;
  /** A lease's length, and how long after it the work must be going on, in milliseconds. */
  readonly lease: number;
  readonly patience: number;
  readonly processes: readonly ProcessHistory[];
  readonly faults: readonly FaultHistory[];
  /** When the last fault was over. */
  readonly faultsOver: number;
  readonly samples: readonly Sample[];
  /** What the store held in the end. */
  readonly records: readonly TaskRecord[];
  /** Expired leases that nobody had taken care of when the time to recover was over. */
  readonly neglected: number;
  /** When all was done; absent if it never was. */
  readonly doneAt?: number;
}
