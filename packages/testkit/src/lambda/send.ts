import type { ServerResponse } from 'node:http';
import type { LambdaResult } from './run-function.ts';
import type { LambdaCall, LambdaFault } from './types.ts';

/** The body and headers from which the SDKs build an exception of the right class. */
export const sendError = (response: ServerResponse, requestId: string, fault: Extract<LambdaFault, { readonly kind: 'error' }>): void => {
  const { status, type, message, retryAfter, details } = fault;
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': type,
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  });
  response.end(JSON.stringify({ Type: status < 500 ? 'User' : 'Service', ...details, Message: message, message }));
};

/** A function that fails is a 200, too: with the header X-Amz-Function-Error, and the error as the payload. */
export const sendResult = (response: ServerResponse, call: LambdaCall, { text, functionError }: LambdaResult): void => {
  response.writeHead(200, {
    'content-type': 'application/json',
    'x-amzn-requestid': call.requestId,
    'x-amz-executed-version': call.qualifier ?? '$LATEST',
    ...(functionError !== undefined && { 'x-amz-function-error': functionError }),
  });
  response.end(text);
};
