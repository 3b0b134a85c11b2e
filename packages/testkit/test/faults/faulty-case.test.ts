import assert from 'node:assert/strict';
import { faultyCase, openMemoryBench, runStoreCase, storeMutants, wholeFaultyCase } from '@reeve/testkit';
import { describe, it } from 'vitest';

describe('the case with faults on the way', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('passes on a sound store, seed %i', async (seed) => {
    await runStoreCase(faultyCase(seed), () => openMemoryBench());
  });

  it.each(['counts, then takes', 'ignores the cap', 'compares no token', 'parses payloads and writes them anew'])(
    'fails on one that %s',
    async (name) => {
      const mutant = storeMutants.find((each) => each.name === name);
      assert.ok(mutant, storeMutants.map((each) => each.name).join('\n'));
      const failures: unknown[] = [];
      for (let seed = 1; seed <= 20 && failures.length === 0; seed += 1) {
        await runStoreCase(faultyCase(seed), mutant.open).catch((error: unknown) => failures.push(error));
      }
      assert.ok(failures.length > 0);
      assert.ok(failures.every((error) => error instanceof assert.AssertionError));
    },
  );
});

describe('the case with an operator and faults on the way', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('passes on a sound store, seed %i', async (seed) => {
    await runStoreCase(wholeFaultyCase(seed), () => openMemoryBench());
  });

  it.each([
    'looks, then cancels',
    'counts, then takes',
    'says that a queued task is cancelled, and lets it run',
    'buries an ended task once more',
    'has no ends that are dropped',
    'takes out all up to the last that is named',
    'looks, then writes the entry',
    'keeps the instants of ends in whole seconds',
    'allows one more of a key',
    "frees a key's place once more for a repeated or stale verdict",
  ])('fails on one that %s', async (name) => {
    const mutant = storeMutants.find((each) => each.name === name);
    assert.ok(mutant, name);
    const failures: unknown[] = [];
    for (let seed = 1; seed <= 20 && failures.length === 0; seed += 1) {
      await runStoreCase(wholeFaultyCase(seed), mutant.open).catch((error: unknown) => failures.push(error));
    }
    assert.ok(failures.length > 0);
    assert.ok(failures.every((error) => error instanceof assert.AssertionError));
  });
});
