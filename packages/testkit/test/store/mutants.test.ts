import {
  limitsCases,
  operatorCases,
  outboxCases,
  proveStoreKit,
  randomCase,
  registerCases,
  runStoreCase,
  storeMutants,
  taskStoreCases,
} from '@reeve/testkit';
import { describe, expect, it } from 'vitest';

const cases = [...taskStoreCases, ...operatorCases, ...registerCases, ...outboxCases];

describe('the kit of stores', () => {
  it.each(storeMutants)('catches one that $name, by a case of $breaks', async (mutant) => {
    const [report] = await proveStoreKit({ mutants: [mutant] });
    expect(report?.caughtBy.map(({ title }) => title)).not.toEqual([]);
  });

  it('has a mutant for every promise that it has a case of, but for those that need a spoiled row', () => {
    const broken = new Set(storeMutants.map(({ breaks }) => breaks));
    const tried = new Set(cases.map(({ promise }) => promise));
    expect([...tried].filter((each) => !broken.has(each))).toEqual(['C9', 'all']);
    expect([...broken].filter((each) => !tried.has(each))).toEqual([]);
  });

  it('names no two cases and no two mutants alike', () => {
    const names = [...cases.map(({ promise, title }) => `${promise} ${title}`), ...storeMutants.map(({ name }) => name)];
    expect(new Set(names).size).toBe(names.length);
  });

  it('finds the faults of a mutant by random steps too, and shows the seed', async () => {
    const mutant = storeMutants.find(({ name }) => name === 'compares no token');
    const bench = await mutant!.open();
    await expect(randomCase(7).run(bench)).rejects.toThrow(/seed 7, step \d+/);
  });

  it('finds what a register does wrong by what core builds on it', async () => {
    const failed: string[] = [];
    const mutant = storeMutants.find(({ name }) => name === 'looks, then writes the entry');
    for (const each of limitsCases) await runStoreCase(each, mutant!.open).catch(() => failed.push(each.title));
    expect(failed).toEqual(
      expect.arrayContaining([expect.stringMatching(/of two who set at once/), expect.stringMatching(/claim at once/)]),
    );
  });
});
