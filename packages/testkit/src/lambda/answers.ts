import type { LambdaFault } from './types.ts';

type ErrorAnswer = Extract<LambdaFault, { readonly kind: 'error' }>;

/**
 * The asynchronous limit in bytes. AWS raised it from 256 KB to 1 MB in October 2025 ("AWS Lambda increases maximum payload
 * size from 256 KB to 1 MB for asynchronous invocations"; the reference of Invoke says the same). The older limits were
 * enforced as powers of two (131072, then 262144, by the messages of the error), so this one is taken to be as well.
 */
export const MAX_EVENT_BYTES: number = 1024 * 1024;
/** The limit of a synchronous invocation, from the same reference: 6 MB. */
export const MAX_REQUEST_BYTES: number = 6 * 1024 * 1024;

/** What Lambda says no with, as faults to script: `endpoint.next(lambdaErrors.throttled(2))`. */
export const lambdaErrors: {
  readonly throttled: (retryAfter?: number) => ErrorAnswer;
  readonly notFound: (arn: string) => ErrorAnswer;
  readonly denied: (arn: string) => ErrorAnswer;
  readonly tooLarge: (bytes: number, limit: number, invocationType: string) => ErrorAnswer;
  readonly invalidParameter: (message: string) => ErrorAnswer;
  readonly invalidContent: (message: string) => ErrorAnswer;
  readonly internal: () => ErrorAnswer;
} = {
  throttled: (retryAfter) => ({
    kind: 'error',
    status: 429,
    type: 'TooManyRequestsException',
    message: 'Rate Exceeded.',
    details: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    ...(retryAfter !== undefined && { retryAfter }),
  }),
  notFound: (arn) => ({ kind: 'error', status: 404, type: 'ResourceNotFoundException', message: `Function not found: ${arn}` }),
  denied: (arn) => ({
    kind: 'error',
    status: 403,
    type: 'AccessDeniedException',
    message: `This identity is not authorized to perform: lambda:InvokeFunction on resource: ${arn}`,
  }),
  tooLarge: (bytes, limit, invocationType) => ({
    kind: 'error',
    status: 413,
    type: 'RequestEntityTooLargeException',
    message: `${bytes} byte payload is too large for the ${invocationType} invocation type (limit ${limit} bytes)`,
  }),
  invalidParameter: (message) => ({ kind: 'error', status: 400, type: 'InvalidParameterValueException', message }),
  invalidContent: (message) => ({ kind: 'error', status: 400, type: 'InvalidRequestContentException', message }),
  internal: () => ({
    kind: 'error',
    status: 500,
    type: 'ServiceException',
    message: 'An error occurred and the request cannot be processed.',
  }),
};
