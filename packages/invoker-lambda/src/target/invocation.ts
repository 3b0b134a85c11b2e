import type { Labourer } from '@reeve/core';

/**
 * How a function is invoked.
 * - `async` Lambda puts the event into its own queue; the worker, or a destination of the function, reports
 * - `sync`  the request waits for the function, and its answer is the report
 */
export type Invocation = 'async' | 'sync';

export const INVOCATIONS: readonly Invocation[] = ['async', 'sync'];

/** What the labourer's option `invocation` asks for; `undefined` if it names no way. */
export const invocationOf = ({ options }: Labourer): Invocation | undefined => {
  const { invocation = 'async' } = options as { readonly invocation?: unknown };
  return INVOCATIONS.find((way) => way === invocation);
};
