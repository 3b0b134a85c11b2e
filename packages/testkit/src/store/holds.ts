import type { BenchOptions, StoreBench, StoreCase, WholeBench, WholeCase } from './bench.ts';

/** One case, in one line: which promise, what is seen of it, and how. */
export const holds = (promise: string, title: string, run: (bench: StoreBench) => Promise<void>): StoreCase => ({ promise, title, run });

/** The same of a store that has every port. */
export const holdsWhole = (
  promise: string,
  title: string,
  run: (bench: WholeBench) => Promise<void>,
  options: BenchOptions = {},
): WholeCase => ({ promise, title, run, options });
