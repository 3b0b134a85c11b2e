import type { WholeCase } from '../store/bench.ts';
import { taskStoreCases } from '../store/cases/index.ts';
import { operatorCases } from '../store/cases/operator/index.ts';
import { outboxCases } from '../store/cases/outbox/index.ts';
import { registerCases } from '../store/cases/register/index.ts';
import { runStoreCase } from '../store/test-task-store.ts';
import { storeMutants } from './index.ts';
import type { StoreMutant } from './twist.ts';

export interface MutantReport {
  readonly name: string;
  readonly breaks: string;
  /** The cases of that promise that failed on it. None: the kit does not see this fault. */
  readonly caughtBy: readonly WholeCase[];
}

export interface ProveOptions {
  /** Default: all there are. Give your own as well to see whether the cases would notice the faults you are afraid of. */
  readonly mutants?: readonly StoreMutant[];
  /** Default: those of every kit of stores. */
  readonly cases?: readonly WholeCase[];
}

const everyCase: readonly WholeCase[] = [...taskStoreCases, ...operatorCases, ...registerCases, ...outboxCases];

/**
 * Tests the tests: runs against each mutant the cases of the promise it breaks. A kit is sound as far as each mutant is caught and the
 * honest store passes.
 */
export const proveStoreKit = async ({ mutants = storeMutants, cases = everyCase }: ProveOptions = {}): Promise<readonly MutantReport[]> => {
  const reports: MutantReport[] = [];
  for (const { name, breaks, open } of mutants) {
    const caughtBy: WholeCase[] = [];
    for (const each of cases) if (each.promise === breaks && !(await passes(each, open))) caughtBy.push(each);
    reports.push({ name, breaks, caughtBy });
  }
  return reports;
};

const passes = (one: WholeCase, open: StoreMutant['open']): Promise<boolean> =>
  runStoreCase(one, open).then(
    () => true,
    () => false,
  );
