import assert from 'node:assert/strict';
import { faultyCase, printFailure, runStoreCase, type SimStoreFactory, simulate } from '@reeve/testkit';
import { describe, expect, it } from 'vitest';
import { SqliteTaskStore } from '../src/index.ts';
import { openBench } from './fixtures/bench.ts';

/** How many seeds are played. */
const SEEDS = Number(process.env['REEVE_TEST_SQLITE_SEEDS'] ?? 100);

/** A database of its own for each run, in memory: nothing is waited for, so the run is a function of its seed. */
const sqlite: SimStoreFactory = async ({ clock }) => {
  const store = await SqliteTaskStore.open({ file: ':memory:', clock });
  return { store, close: () => store.close() };
};

describe('the SQLite store, simulated,', () => {
  it('keeps every promise through every fault', { timeout: 240_000 }, async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const report = await simulate({ seed, store: sqlite });
      assert.equal(report.violations.length, 0, printFailure(report));
    }
  });

  it('is the same run for the same seed, and the one of the memory store', async () => {
    const [first, second] = [await simulate({ seed: 5, store: sqlite }), await simulate({ seed: 5, store: sqlite })];
    expect(second).toEqual(first);
    expect((await simulate({ seed: 5 })).hash).toBe(first.hash);
  });
});

describe('the SQLite store, with two connections to one file and faults on the way,', () => {
  it.each([1, 2, 3, 4, 5, 6])('loses and doubles nothing, seed %i', (seed) => runStoreCase(faultyCase(seed), openBench));
});
