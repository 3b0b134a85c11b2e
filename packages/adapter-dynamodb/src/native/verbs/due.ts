import type { NativeParts } from '../parts.ts';

/** By the hints on the first group items: a BatchGetItem for a hundred labourers. Nobody else makes work in this table. */
export const labourersWithDue = async ({ ledger, hints }: NativeParts, labourers: readonly string[]): Promise<ReadonlySet<string>> => {
  if (labourers.length === 0) return new Set();
  const firsts = await ledger.firsts(labourers);
  return new Set(labourers.filter((_, at) => hints.isDue(firsts[at] ?? {})));
};
