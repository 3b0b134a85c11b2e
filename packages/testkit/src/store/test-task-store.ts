import type { TestRunner } from '../invoker/bench.ts';
import type { StoreBench, StoreCase } from './bench.ts';
import { taskStoreCases } from './cases/index.ts';

/**
 * The kit that every store has to pass: one test for each case, named after the promise it holds the store to.
 * @param runner `describe` and `it` of vitest, jest, mocha or node:test
 * @param open makes an empty bench; called once for each case
 */
export const testTaskStore = ({ describe, it }: TestRunner, name: string, open: () => Promise<StoreBench>): void => {
  describe(`${name} keeps the promises of a store`, () => {
    for (const each of taskStoreCases) it(`${each.promise} ${each.title}`, () => runStoreCase(each, open));
  });
};

/** Runs one case on a bench of its own, and disposes of the bench whatever happens. */
export const runStoreCase = async ({ run }: StoreCase, open: () => Promise<StoreBench>): Promise<void> => {
  const bench = await open();
  try {
    await run(bench);
  } finally {
    await bench.dispose();
  }
};
