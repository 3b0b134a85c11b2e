import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { isJsonText } from '@reeve/core';
import { lambdaErrors } from './answers.ts';
import { parseFunctionName } from './function-name.ts';
import type { InvocationType, LambdaCall, LambdaFault } from './types.ts';

export type ReadCall =
  | { readonly kind: 'call'; readonly call: LambdaCall }
  | { readonly kind: 'fault'; readonly requestId: string; readonly fault: Extract<LambdaFault, { readonly kind: 'error' }> };

const TYPES: readonly string[] = ['Event', 'RequestResponse', 'DryRun'] satisfies readonly InvocationType[];

/** In base64, by the reference of Invoke. */
const LONGEST_CONTEXT = 3_583;

/** Reads one request of the form POST /2015-03-31/functions/{name or ARN}/invocations?Qualifier={version or alias}. */
export const readCall = async (request: IncomingMessage): Promise<ReadCall> => {
  const requestId = randomUUID();
  const body = await buffer(request);
  const invalid = (message: string): ReadCall => ({ kind: 'fault', requestId, fault: lambdaErrors.invalidParameter(message) });
  const url = new URL(request.url ?? '/', 'http://lambda');
  const label = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/.exec(url.pathname)?.[1];
  if (label === undefined || request.method !== 'POST') {
    const message = `Unable to determine the operation of ${request.method} ${url.pathname}`;
    return { kind: 'fault', requestId, fault: { kind: 'error', status: 404, type: 'UnknownOperationException', message } };
  }
  const address = parseFunctionName(decodeURIComponent(label));
  if (!address) return invalid('The function name is not a name or ARN of a function.');
  const asked = url.searchParams.get('Qualifier') ?? undefined;
  if (asked !== undefined && address.qualifier !== undefined && asked !== address.qualifier) {
    return invalid('The derived qualifier from the function name does not match the specified qualifier.');
  }
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (typeof type !== 'string' || !TYPES.includes(type)) return invalid('InvocationType is none of Event, RequestResponse, DryRun.');
  const context = request.headers['x-amz-client-context'];
  const told = typeof context === 'string' ? Buffer.from(context, 'base64').toString('utf8') : undefined;
  if (typeof context === 'string' && context.length > LONGEST_CONTEXT) return invalid('The client context is too long.');
  if (told !== undefined && !isJsonText(told)) return invalid('The client context is not JSON in base64.');
  const qualifier = asked ?? address.qualifier;
  return {
    kind: 'call',
    call: {
      requestId,
      functionName: address.name,
      ...(qualifier !== undefined && { qualifier }),
      invocationType: type as InvocationType,
      body,
      text: body.toString('utf8'),
      ...(type === 'RequestResponse' && told !== undefined && { clientContext: told }),
    },
  };
};
