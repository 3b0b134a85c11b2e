import type { MetricSourceMutant } from './mutants/mutant.ts';
import { requestMutants } from './mutants/requests.ts';
import { sampleMutants } from './mutants/samples.ts';

export type { MetricSourceMutant } from './mutants/mutant.ts';

/** Metric sources with faults, made from a sound one; every one of them fails at least one case of the kit. */
export const metricSourceMutants: readonly MetricSourceMutant[] = [...sampleMutants, ...requestMutants];
