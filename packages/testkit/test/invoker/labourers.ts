import { defineLabourers, type Labourer } from '@reeve/core';

/** One labourer, all its settings at their defaults. */
export const labourerOf = (id: string, target: string = id): Labourer => {
  const [labourer] = defineLabourers({ [id]: { target, maxSimultaneousInvocations: 100 } });
  return labourer!;
};
