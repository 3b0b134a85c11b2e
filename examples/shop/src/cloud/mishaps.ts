// What happens to invocations in any cloud, sooner or later. Here it is sooner.
import { type LambdaCall, type LambdaFault, lambdaErrors } from '@reeve/testkit';

export interface Mishaps {
  /** For the endpoint's `fault`. */
  readonly fault: (call: LambdaCall) => LambdaFault | undefined;
  /** For the endpoint's `deliveries`. */
  readonly deliveries: (call: LambdaCall) => number;
  readonly count: { throttled: number; lost: number; twice: number };
}

/** By the number of a charge's invocation: what Lambda makes of it. */
const FAULTS: ReadonlyMap<number, LambdaFault> = new Map<number, LambdaFault>([
  [5, { kind: 'reset', accepted: true }],
  [9, { kind: 'reset' }],
  [31, lambdaErrors.throttled(1)],
]);

/** One charge in so many is delivered twice. */
const TWICE = 6;

export const mishaps = (): Mishaps => {
  const count = { throttled: 0, lost: 0, twice: 0 };
  let charges = 0;
  return {
    count,
    fault: ({ functionName, invocationType }) => {
      if (functionName !== 'shop-charge' || invocationType !== 'Event') return undefined;
      charges += 1;
      const fault = FAULTS.get(charges);
      if (fault) count[fault.kind === 'error' ? 'throttled' : 'lost'] += 1;
      return fault;
    },
    deliveries: ({ functionName }) => {
      if (functionName !== 'shop-charge' || charges % TWICE !== 0) return 1;
      count.twice += 1;
      return 2;
    },
  };
};
