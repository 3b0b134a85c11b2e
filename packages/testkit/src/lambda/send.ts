import type { ServerResponse } from 'node:http';
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
export const sendResult = async (response: ServerResponse, call: LambdaCall, run: () => Promise<unknown>): Promise<void> => {
  const headers = {
    'content-type': 'application/json',
    'x-amzn-requestid': call.requestId,
    'x-amz-executed-version': call.qualifier ?? '$LATEST',
  };
  try {
    const result = await run();
    response.writeHead(200, headers).end(JSON.stringify(result ?? null));
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
    response.writeHead(200, { ...headers, 'x-amz-function-error': 'Unhandled' });
    response.end(JSON.stringify({ errorType: name, errorMessage: message, trace: [] }));
  }
};
