/** What is measured. */

export type StoreName = 'redis' | 'postgres';

export type WorkloadId =
  | 'enqueue-1'
  | 'enqueue-50'
  | 'bulk'
  | 'drain-10'
  | 'drain-100'
  | 'two-processes'
  | 'backlog-short'
  | 'backlog'
  | 'latency';

/** How much of it: a whole run, or a short one that only shows that everything works. */
export type Size = 'whole' | 'quick';

/** What one run does. */
export type Task =
  | { readonly kind: 'enqueue'; readonly inFlight: number; readonly warmUp: number; readonly millis: number }
  | { readonly kind: 'bulk'; readonly tasks: number }
  | { readonly kind: 'drain'; readonly tasks: number; readonly concurrency: number; readonly processes: number; readonly limit: number }
  | { readonly kind: 'latency'; readonly samples: number; readonly concurrency: number; readonly limit: number };

export interface Workload {
  readonly id: WorkloadId;
  readonly title: string;
  /** What the main figure is, and whether more of it is better. */
  readonly unit: 'tasks/s' | 'ms';
  readonly says: string;
  readonly sizes: Readonly<Record<Size, Task>>;
}

const enqueue = (id: WorkloadId, inFlight: number, title: string, says: string): Workload => ({
  id,
  title,
  says,
  unit: 'tasks/s',
  sizes: {
    whole: { kind: 'enqueue', inFlight, warmUp: 500, millis: 1_500 },
    quick: { kind: 'enqueue', inFlight, warmUp: 50, millis: 200 },
  },
});

/** Whoever has not handled all after so many milliseconds is stopped, and judged by what it has handled. */
const LIMIT = 4_000;

const drain = (
  id: WorkloadId,
  { tasks, concurrency, processes = 1 }: { tasks: number; concurrency: number; processes?: number },
  title: string,
  says: string,
): Workload => ({
  id,
  title,
  says,
  unit: 'tasks/s',
  sizes: {
    whole: { kind: 'drain', tasks, concurrency, processes, limit: LIMIT },
    quick: { kind: 'drain', tasks: tasks / 50, concurrency, processes, limit: LIMIT },
  },
});

const SHORT = 20_000;
/** The quickest is through with a short backlog in a fifth of a second, half of which its code takes to be compiled. */
const TASKS = 100_000;

export const WORKLOADS: readonly Workload[] = [
  enqueue('enqueue-1', 1, 'Enqueue, one by one', 'One producer; each task is handed over once the one before is confirmed.'),
  enqueue('enqueue-50', 50, 'Enqueue, 50 in flight', 'One producer with 50 calls under way at any time, one task each.'),
  {
    id: 'bulk',
    title: 'Enqueue in bulk',
    unit: 'tasks/s',
    says: '100,000 tasks with the call for many, after one such call of 500 that is not measured.',
    sizes: { whole: { kind: 'bulk', tasks: TASKS }, quick: { kind: 'bulk', tasks: TASKS / 50 } },
  },
  drain(
    'drain-10',
    { tasks: TASKS, concurrency: 10 },
    'Drain, 10 at once',
    'A backlog of 100,000, one worker process, 10 tasks in flight.',
  ),
  drain(
    'drain-100',
    { tasks: TASKS, concurrency: 100 },
    'Drain, 100 at once',
    'A backlog of 100,000, one worker process, 100 tasks in flight.',
  ),
  drain(
    'two-processes',
    { tasks: TASKS, concurrency: 100, processes: 2 },
    'Drain, two processes',
    'A backlog of 100,000, two worker processes, 100 tasks in flight in each. Reeve keeps one cap of 200 over both.',
  ),
  drain(
    'backlog-short',
    { tasks: SHORT, concurrency: 100 },
    'Drain, a short backlog',
    'As 100 at once, with a backlog of 20,000: the start of a process, while its code is not compiled yet, is a good part of it.',
  ),
  drain('backlog', { tasks: SHORT * 10, concurrency: 100 }, 'Drain, a backlog tenfold', 'As the short one, with a backlog of 200,000.'),
  {
    id: 'latency',
    title: 'From enqueue to start',
    unit: 'ms',
    says: 'An idle worker process; one task at a time from another process, at uneven intervals. Median time until its handler starts.',
    sizes: {
      whole: { kind: 'latency', samples: 100, concurrency: 10, limit: 4_000 },
      quick: { kind: 'latency', samples: 10, concurrency: 10, limit: 2_000 },
    },
  },
];

export const workloadOf = (id: string): Workload => {
  const found = WORKLOADS.find((each) => each.id === id);
  if (!found) throw new Error(`there is no workload ${id}`);
  return found;
};
