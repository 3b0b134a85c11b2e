import type { StoreName, WorkloadId } from '../plan/workloads.ts';
import type { Result } from '../run/result.ts';

/** One contender in one workload: its rounds in their order. A round that failed is absent. */
export interface Row {
  readonly store: StoreName;
  readonly workload: WorkloadId;
  readonly entry: string;
  readonly rounds: readonly (Result | null)[];
}

/** What the check of the cap found: several processes under one cap. */
export interface CapCheck {
  readonly store: StoreName;
  readonly cap: number;
  readonly processes: number;
  readonly result: Result;
}

/** Where and with what it was measured. */
export interface About {
  /** "2026-11-25" */
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly servers: readonly string[];
  /** "BullMQ 6.7.0" */
  readonly versions: readonly string[];
  readonly rounds: number;
  readonly minutes: number;
}

/** All that a run of the bench has found; `--json` writes it. */
export interface Book {
  readonly about: About;
  readonly rows: readonly Row[];
  readonly caps: readonly CapCheck[];
  /** What was wrong: tasks lost or doubled, a cap exceeded, runs that failed. */
  readonly faults: readonly string[];
}

export const rowsOf = ({ rows }: Book, store: StoreName, workload: WorkloadId): readonly Row[] =>
  rows.filter((row) => row.store === store && row.workload === workload);

/** A figure of every round; of one that failed, undefined. */
export const roundsOf = ({ rounds }: Row, figure: (result: Result) => number | undefined): readonly (number | undefined)[] =>
  rounds.map((result) => (result === null ? undefined : figure(result)));

/**
 * One book of two: a workload that the second measured again is taken from there, with all its contenders and its faults. A ratio is taken
 * within a round, so contenders of one workload are never from two runs.
 */
export const together = (first: Book, second: Book): Book => {
  const again = new Set(second.rows.map(({ store, workload }) => `${store}/${workload}`));
  const isAgain = (path: string): boolean => [...again].some((each) => path.startsWith(`${each}/`));
  return {
    about: { ...first.about, minutes: first.about.minutes + second.about.minutes },
    rows: [...first.rows.filter(({ store, workload }) => !again.has(`${store}/${workload}`)), ...second.rows],
    caps: first.caps,
    faults: [...first.faults.filter((fault) => !isAgain(fault)), ...second.faults],
  };
};
