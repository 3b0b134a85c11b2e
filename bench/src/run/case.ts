import type { Setup } from '../contenders/contender.ts';
import type { StoreName, Task, WorkloadId } from '../plan/workloads.ts';

/** One run, as it is handed to the processes that carry it out. */
export interface Case {
  readonly store: StoreName;
  readonly workload: WorkloadId | 'cap';
  /** Of the entry. */
  readonly entry: string;
  readonly url: string;
  readonly task: Task;
}

/** How many in flight, in how many processes: what a contender is told. */
export const setupOf = ({ url, task }: Case): Setup => ({
  url,
  concurrency: 'concurrency' in task ? task.concurrency : 1,
  processes: 'processes' in task ? task.processes : 1,
});
