import { boundText, type Report } from '@reeve/core';

export type Failure = Extract<Report, { readonly kind: 'failed' }>;

/** Errors after which no other attempt can help, by the last part of their name: that of core and worker, and that of Lambda itself. */
const HOPELESS = /(?:^|[.:\\/])(?:NonRetryableError|ResponseSizeTooLarge)$/;

/**
 * What a function's error says of its attempt. Lambda gives errors of all runtimes, and its own such as a function that took too long
 * (`Sandbox.Timedout`), the same two members; the class comes first in the text, so that the labourer's rules for errors see it.
 * @param payload what stands where a result would
 * @param functionError `Unhandled`, or what else Lambda calls it
 */
export const functionFailure = (payload: unknown, functionError: unknown): Failure => {
  const { errorType, errorMessage } = membersOf(payload);
  // As everywhere, the name of a plain Error says nothing.
  const type = typeof errorType === 'string' && errorType !== '' && errorType !== 'Error' ? boundText(errorType, 200) : undefined;
  const message = typeof errorMessage === 'string' && errorMessage !== '' ? errorMessage : undefined;
  const known = [type, message].filter((part) => part !== undefined).join(': ');
  const error = known || `the function failed (${typeof functionError === 'string' ? boundText(functionError, 40) : 'FunctionError'})`;
  return { kind: 'failed', error: boundText(error), ...(type !== undefined && HOPELESS.test(type) && { retryable: false }) };
};

const membersOf = (payload: unknown): { readonly errorType?: unknown; readonly errorMessage?: unknown } =>
  typeof payload === 'object' && payload !== null ? payload : {};
