import type { Canary } from './canary.ts';
import { limitCanaries } from './of-limits.ts';
import { orchestratorCanaries } from './of-orchestrators.ts';
import { portCanaries } from './of-ports.ts';
import { soswTableCanaries } from './of-sosw-tables.ts';
import { storeCanaries } from './of-stores.ts';

/** Every fault that is planted: a simulator that finds all of them within their seeds is one that looks. */
export const canaries: readonly Canary[] = [
  ...storeCanaries,
  ...soswTableCanaries,
  ...orchestratorCanaries,
  ...portCanaries,
  ...limitCanaries,
];
