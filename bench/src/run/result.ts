/** What one run found. */
export interface Result {
  /** The main figure, in the unit of the workload. */
  readonly value: number;
  /** From the moment a fifth was done, so without the cold start; tasks/s. */
  readonly steady?: number;
  /** Of the worker process that held the most, in bytes. */
  readonly memory?: number;
  /** Of all worker processes, in microseconds per task. */
  readonly cpuPerTask?: number;
  /** The 99th in a hundred of the samples, in milliseconds. */
  readonly p99?: number;
  /** The most handlers under way at once in one process; of a case for the cap, in all of them. */
  readonly most?: number;
  /** Tasks that were handed over, and in this run that was all. */
  readonly tasks: number;
  /** Tasks that were handled, or that the store holds of those that were handed over. */
  readonly done: number;
  /** Tasks that were handled more than once. */
  readonly doubles: number;
  /** It had not handled all when its time was over. */
  readonly stopped: boolean;
}

/** What is wrong with it; empty for a result that counts. */
export const faultsOf = ({ tasks, done, doubles, stopped }: Result): readonly string[] => [
  ...(doubles > 0 ? [`${doubles} tasks were handled more than once`] : []),
  ...(done < tasks && !stopped ? [`${tasks - done} of ${tasks} tasks were lost`] : []),
  ...(done > tasks ? [`${done} tasks of ${tasks}`] : []),
];
