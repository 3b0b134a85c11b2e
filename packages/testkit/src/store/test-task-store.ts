import assert from 'node:assert/strict';
import type { TestRunner } from '../invoker/bench.ts';
import type { BenchOptions, StoreBench, StoreCase, WholeBench } from './bench.ts';
import { taskStoreCases } from './cases/index.ts';
import { limitsCases } from './cases/limits/index.ts';
import { operatorCases } from './cases/operator/index.ts';
import { outboxCases } from './cases/outbox/index.ts';
import { registerCases } from './cases/register/index.ts';

/** What opens an empty bench; called once for each case, with what the case asks of it. */
export type OpenBench<Bench extends StoreBench> = (options?: BenchOptions) => Promise<Bench>;

export interface KitOptions {
  /** Promises that the store does not keep, as its `capabilities` say: their cases are left out, and that it says so is a case. */
  readonly lacks?: readonly string[];
}

/**
 * The kit that every store has to pass: one test for each case, named after the promise it holds the store to.
 * @param runner `describe` and `it` of vitest, jest, mocha or node:test
 */
export const testTaskStore = (runner: TestRunner, name: string, open: OpenBench<StoreBench>, options: KitOptions = {}): void => {
  testCases(runner, `${name} keeps the promises of a store`, taskStoreCases, open, options);
  const { lacks = [] } = options;
  if (lacks.length === 0) return;
  runner.it(`${name} says that it does not keep ${lacks.join(', ')}`, async () => {
    const bench = await open();
    try {
      assert.deepEqual([...(bench.store.capabilities.lacks ?? [])].sort(), [...lacks].sort());
    } finally {
      await bench.dispose();
    }
  });
};

/** The same for the port `Operator`, with what becomes of an attempt whose task is cancelled (V9, N3). */
export const testOperator = (runner: TestRunner, name: string, open: OpenBench<WholeBench>, options: KitOptions = {}): void =>
  testCases(runner, `${name} keeps the promises of an operator`, operatorCases, open, options);

/** The same for the port `Register`. */
export const testRegister = (runner: TestRunner, name: string, open: OpenBench<WholeBench>, options: KitOptions = {}): void =>
  testCases(runner, `${name} keeps the promises of a register`, registerCases, open, options);

/** The same for the port `Outbox`. */
export const testOutbox = (runner: TestRunner, name: string, open: OpenBench<WholeBench>, options: KitOptions = {}): void =>
  testCases(runner, `${name} keeps the promises of an outbox`, outboxCases, open, options);

/** What core builds on a register: rates, resources that labourers share, and settings, over both connections. */
export const testLimits = (runner: TestRunner, name: string, open: OpenBench<WholeBench>, options: KitOptions = {}): void =>
  testCases(runner, `${name} carries what processes share`, limitsCases, open, options);

const testCases = <Bench extends StoreBench>(
  { describe, it }: TestRunner,
  title: string,
  cases: readonly StoreCase<Bench>[],
  open: OpenBench<Bench>,
  { lacks = [] }: KitOptions,
): void => {
  describe(title, () => {
    for (const each of cases) if (!lacks.includes(each.promise)) it(`${each.promise} ${each.title}`, () => runStoreCase(each, open));
  });
};

/** Runs one case on a bench of its own, and disposes of the bench whatever happens. */
export const runStoreCase = async <Bench extends StoreBench>(
  { run, options = {} }: StoreCase<Bench>,
  open: OpenBench<Bench>,
): Promise<void> => {
  const bench = await open(options);
  try {
    await run(bench);
  } finally {
    await bench.dispose();
  }
};
