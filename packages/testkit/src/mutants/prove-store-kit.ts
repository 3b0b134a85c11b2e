import type { StoreCase } from '../store/bench.ts';
import { taskStoreCases } from '../store/cases/index.ts';
import { runStoreCase } from '../store/test-task-store.ts';
import { storeMutants } from './index.ts';
import type { StoreMutant } from './twist.ts';

export interface MutantReport {
  readonly name: string;
  readonly breaks: string;
  /** The cases of that promise that failed on it. None: the kit does not see this fault. */
  readonly caughtBy: readonly StoreCase[];
}

export interface ProveOptions {
  /** Default: all of the kit's. Give your own as well to see whether the cases would notice the faults you are afraid of. */
  readonly mutants?: readonly StoreMutant[];
  readonly cases?: readonly StoreCase[];
}

/**
 * Tests the tests: runs against each mutant the cases of the promise it breaks. A kit is sound as far as each mutant is caught and the
 * honest store passes.
 */
export const proveStoreKit = async ({
  mutants = storeMutants,
  cases = taskStoreCases,
}: ProveOptions = {}): Promise<readonly MutantReport[]> => {
  const reports: MutantReport[] = [];
  for (const { name, breaks, open } of mutants) {
    const caughtBy: StoreCase[] = [];
    for (const each of cases) if (each.promise === breaks && !(await passes(each, open))) caughtBy.push(each);
    reports.push({ name, breaks, caughtBy });
  }
  return reports;
};

const passes = (one: StoreCase, open: StoreMutant['open']): Promise<boolean> =>
  runStoreCase(one, open).then(
    () => true,
    () => false,
  );
