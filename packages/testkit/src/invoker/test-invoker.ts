import { acceptedCases } from './accepted-cases.ts';
import type { InvokerBench, TestRunner } from './bench.ts';
import { payloadCases } from './payload-cases.ts';
import { refusedCases } from './refused-cases.ts';
import { togetherCases } from './together-cases.ts';

/** One thing that must hold. Throws if it does not. */
export interface InvokerCase {
  readonly name: string;
  readonly run: (bench: InvokerBench) => Promise<void>;
}

export const INVOKER_CASES: readonly InvokerCase[] = [...acceptedCases, ...refusedCases, ...payloadCases, ...togetherCases];

/**
 * The kit that every invoker has to pass: the promises I1 to I4 of the port `Invoker`, tried on the real thing.
 * @param open makes a bench of its own for each case
 */
export const testInvoker = ({ describe, it }: TestRunner, name: string, open: () => Promise<InvokerBench>): void => {
  describe(`${name} keeps the promises of an invoker`, () => {
    for (const each of INVOKER_CASES) it(each.name, () => runInvokerCase(each, open));
  });
};

export const runInvokerCase = async ({ run }: InvokerCase, open: () => Promise<InvokerBench>): Promise<void> => {
  const bench = await open();
  try {
    await run(bench);
  } finally {
    await bench.close();
  }
};
