import type { CapCheck, Row } from './figures/book.ts';
import type { Entry } from './plan/entries.ts';
import { type Contest, turnsOf } from './plan/plan.ts';
import type { Size, StoreName, Task } from './plan/workloads.ts';
import { faultsOf, type Result } from './run/result.ts';
import { startRun } from './run/start-run.ts';

export interface Measured {
  readonly rows: readonly Row[];
  readonly faults: readonly string[];
}

export interface MeasureOptions {
  readonly size: Size;
  readonly rounds: number;
  readonly urls: Readonly<Partial<Record<StoreName, string>>>;
  /** Told of every run: "redis/drain-100/reeve". */
  readonly hear: (what: string, round: number, result: Result | Error) => void;
}

/** One contest after the other; in each, all have had their turn before anybody has the next. */
export const measure = async (contests: readonly Contest[], options: MeasureOptions): Promise<Measured> => {
  const measured: Measured[] = [];
  for (const contest of contests) measured.push(await measureContest(contest, options));
  return { rows: measured.flatMap(({ rows }) => rows), faults: measured.flatMap(({ faults }) => faults) };
};

const measureContest = async (contest: Contest, { size, rounds, urls, hear }: MeasureOptions): Promise<Measured> => {
  const { store, workload, entries } = contest;
  const results = new Map<Entry, (Result | null)[]>(entries.map((entry) => [entry, []]));
  const faults: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const entry of turnsOf(entries, round)) {
      const what = `${store}/${workload.id}/${entry.id}`;
      const task = taskOf(entry, workload.sizes[size], size);
      const outcome = await startRun({ store, workload: workload.id, entry: entry.id, url: urls[store] ?? '', task }).catch(asError);
      hear(what, round, outcome);
      results.get(entry)?.push(outcome instanceof Error ? null : outcome);
      const found = outcome instanceof Error ? [outcome.message] : [...faultsOf(outcome), ...capFaults(entry, contest, size, outcome)];
      faults.push(...found.map((fault) => `${what}, round ${round + 1}: ${fault}`));
    }
  }
  const rows = [...results].map(([entry, own]) => ({ store, workload: workload.id, entry: entry.id, rounds: own }));
  return { rows, faults };
};

const taskOf = ({ limit }: Entry, task: Task, size: Size): Task =>
  task.kind === 'drain' && limit !== undefined && size === 'whole' ? { ...task, limit } : task;

/** Reeve promises a cap; the others are told how many at once, and some take batches beside that. */
const capFaults = ({ framework }: Entry, { workload }: Contest, size: Size, { most = 0 }: Result): readonly string[] => {
  const task = workload.sizes[size];
  if (framework !== 'reeve' || task.kind !== 'drain') return [];
  const cap = task.concurrency * task.processes;
  return most > cap ? [`${most} at once under a cap of ${cap}`] : [];
};

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const CAP = 8;
const PROCESSES = 4;
const TASKS = { whole: 2_000, quick: 200 };

/** Reeve's cap over several processes, with tasks that take 10 ms: what was under way at one instant, over all of them. */
export const checkCap = async (
  store: StoreName,
  { size, urls, hear }: MeasureOptions,
): Promise<{ check?: CapCheck; faults: readonly string[] }> => {
  const what = `${store}/cap/reeve`;
  const task = { kind: 'drain', tasks: TASKS[size], concurrency: CAP / PROCESSES, processes: PROCESSES, limit: 30_000 } as const;
  const result = await startRun({ store, workload: 'cap', entry: 'reeve', url: urls[store] ?? '', task }).catch(asError);
  hear(what, 0, result);
  if (result instanceof Error) return { faults: [`${what}: ${result.message}`] };
  const { most = 0, stopped } = result;
  const found = [
    ...faultsOf(result),
    ...(most > CAP ? [`${most} at once under a cap of ${CAP}`] : []),
    ...(stopped ? ['its time was over before all were handled'] : []),
  ];
  return { check: { store, cap: CAP, processes: PROCESSES, result }, faults: found.map((fault) => `${what}: ${fault}`) };
};
