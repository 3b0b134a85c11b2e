/** The reading side of a store, for people and tools. No decision of the essentials rests on it. */
import type { TaskKey, TaskRecord, TaskState } from '../domain/task.ts';

export interface ListQuery {
  readonly labourer: string;
  readonly state: TaskState;
  /** At most this many; 1 to 1,000. */
  readonly limit: number;
  /** What the page before answered. Absent: from the beginning. */
  readonly cursor?: string;
}

export interface TaskPage {
  readonly tasks: readonly TaskRecord[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

/** How many tasks of a labourer are in each state now. */
export interface Census {
  /** Queued and due. */
  readonly due: number;
  /** Queued for later. */
  readonly waiting: number;
  readonly running: number;
  /** Leases past their deadline that nobody has reaped yet. */
  readonly expired: number;
  /** The counts stopped at a bound: there are at least this many. */
  readonly atLeast?: boolean;
}

export interface TaskReader {
  /** F1 Sees every write that was answered before it was called. `undefined`: no such task of this labourer. */
  find(key: TaskKey): Promise<TaskRecord | undefined>;

  /**
   * L1 Pages through the tasks of one state: queued ones in the order of C6, running ones by deadline, ended ones the
   *    newest first. Each task that is in the state throughout is listed once. (settled)
   */
  list(query: ListQuery): Promise<TaskPage>;

  /** L2 Counts of many labourers in one call, in the order of the arguments. (settled) */
  census(labourers: readonly string[]): Promise<readonly Census[]>;
}
