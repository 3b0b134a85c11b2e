import type { EpochMs } from '@reeve/core';
import type { Finding } from './finding.ts';

/** One setting that was found, and where it goes. */
export interface SettingFate {
  /** Where it stands: `sosw_orchestrator_config: task_config.labourers.resize.arn`. Never with its value. */
  readonly setting: string;
  /** `kept`: read as it stands. `moved`: it is set elsewhere. `dropped`: there is no need of it. `unknown`: sosw has none of this name, as far as is known. */
  readonly fate: 'kept' | 'moved' | 'dropped' | 'unknown';
  /** What it becomes. */
  readonly becomes: string;
}

/** A number of rows; with `atLeast`, the count stopped at the sample's size. */
export interface Count {
  readonly rows: number;
  readonly atLeast: boolean;
}

/** What stands in the tables of one labourer, by sosw's own arithmetic. */
export interface LabourerRows {
  readonly labourer: string;
  readonly queued: Count;
  readonly running: Count;
  /** Invoked, not completed, and out of time; those with their last attempt used up are `dead` to be. */
  readonly expired: Count;
  readonly exhausted: number;
  /** Completed, and not archived yet. */
  readonly completed: Count;
  /** In the table of retries: those that are due, and those that wait. */
  readonly retryDue: Count;
  readonly retryWaiting: Count;
  /** Made, never started, and past the present: sosw sees them no more. */
  readonly lost: Count;
  readonly closedCompleted: Count;
  readonly closedDead: Count;
  /** Queued rows that cannot be run as they stand, among those that were looked at. */
  readonly broken: readonly { readonly id: string; readonly problem: string }[];
}

/** What Reeve does first, if nothing changes until then. */
export interface FirstRounds {
  readonly labourer: string;
  /** The most that may run: at High health, since nobody has measured it yet. */
  readonly cap: number;
  /** What runs already, started by sosw, and counts after the first sweep. */
  readonly running: number;
  /** What the first tick starts. */
  readonly starts: number;
  /** What is due by then, retries and lost tasks that sweeps bring back included. */
  readonly due: number;
  /** What sweeps do before: expired attempts to be tried again, and to be buried; completed tasks to be archived; broken rows that claims set aside. */
  readonly retries: number;
  readonly buries: number;
  readonly archives: number;
  readonly setsAside: number;
  /** A count stopped at the sample's size: there may be more of it. */
  readonly atLeast: boolean;
}

export interface DoctorReport {
  /** The instant that rows were judged by. */
  readonly at: EpochMs;
  readonly findings: readonly Finding[];
  readonly settings: readonly SettingFate[];
  readonly labourers: readonly LabourerRows[];
  readonly firstRounds: readonly FirstRounds[];
  /** What was read: requests to DynamoDB and Lambda, and DynamoDB's read units. */
  readonly cost: { readonly requests: number; readonly readUnits: number };
}
