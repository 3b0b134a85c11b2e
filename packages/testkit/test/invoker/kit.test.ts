import { type InvokerBench, invokerMutants, testInvoker } from '@reeve/testkit';
import { describe, expect, it } from 'vitest';
import { INVOKER_CASES, type InvokerCase, runInvokerCase } from '../../src/invoker/test-invoker.ts';
import { referenceBench } from './reference-bench.ts';

testInvoker({ describe, it }, 'the reference', referenceBench);

/** Nothing here goes over a network: a case that has not ended after so many turns of the event loop never will. */
const PATIENCE = 20;
const patience = async (): Promise<boolean> => {
  for (let turn = 0; turn < PATIENCE; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return false;
};
const passes = (each: InvokerCase, open: () => Promise<InvokerBench>): Promise<boolean> =>
  Promise.race([
    patience(),
    runInvokerCase(each, open).then(
      () => true,
      () => false,
    ),
  ]);

const failuresOf = async (open: () => Promise<InvokerBench>): Promise<readonly string[]> => {
  const passed = await Promise.all(INVOKER_CASES.map((each) => passes(each, open)));
  return INVOKER_CASES.filter((_, n) => !passed[n]).map(({ name }) => name);
};
const spoilt = (mutate: (typeof invokerMutants)[number]['mutate']) => async (): Promise<InvokerBench> => {
  const bench = await referenceBench();
  return { ...bench, invoker: mutate(bench.invoker) };
};

describe('the kit fails an invoker that', () => {
  for (const { name, mutate } of invokerMutants) {
    it(name, async () => {
      expect(await failuresOf(spoilt(mutate))).not.toEqual([]);
    });
  }
});

it('the kit passes, as fast, an invoker without a fault', async () => {
  expect(await failuresOf(referenceBench)).toEqual([]);
});

it('each case fails some invoker that does send something', async () => {
  const useful = new Set<string>();
  for (const { name, mutate } of invokerMutants) {
    if (name !== 'accepts and sends nothing') for (const failure of await failuresOf(spoilt(mutate))) useful.add(failure);
  }
  expect(INVOKER_CASES.map(({ name }) => name).filter((name) => !useful.has(name))).toEqual([]);
});
