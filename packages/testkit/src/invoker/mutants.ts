import { attemptMutants } from './mutants/attempts.ts';
import type { InvokerMutant } from './mutants/mutant.ts';
import { outcomeMutants } from './mutants/outcomes.ts';
import { payloadMutants } from './mutants/payloads.ts';
import { togetherMutants } from './mutants/together.ts';

export type { InvokerMutant } from './mutants/mutant.ts';

/** Invokers with faults, made from a sound one; every one of them fails at least one case of the kit. */
export const invokerMutants: readonly InvokerMutant[] = [...outcomeMutants, ...attemptMutants, ...payloadMutants, ...togetherMutants];
