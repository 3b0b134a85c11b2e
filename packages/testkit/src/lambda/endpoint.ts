import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MINUTE, systemClock } from '@reeve/core';
import { lambdaErrors, MAX_EVENT_BYTES, MAX_REQUEST_BYTES } from './answers.ts';
import { destinationCall } from './destination-record.ts';
import { EventQueue } from './event-queue.ts';
import { readCall } from './read-call.ts';
import { type LambdaResult, runFunction } from './run-function.ts';
import { sendError, sendResult } from './send.ts';
import type { LambdaCall, LambdaEndpoint, LambdaEndpointOptions, LambdaEventSettings, LambdaFault, LambdaHandler } from './types.ts';

/**
 * Starts a server on this machine that speaks the REST form of Lambda's Invoke, for the AWS SDK to talk to: synchronous,
 * asynchronous (202 first, the function afterwards, two more runs if it fails, a record to a destination in the end) and dry runs,
 * Lambda's errors with the bodies and headers from which the SDK builds its exceptions, and faults to script. Signatures are not checked.
 */
export const startLambdaEndpoint = async (options: LambdaEndpointOptions): Promise<LambdaEndpoint> => {
  const { fault, clock = systemClock, retryDelays = [MINUTE, 2 * MINUTE], maxEventBytes = MAX_EVENT_BYTES, region = 'us-east-1' } = options;
  const functions = new Map(Object.entries(options.functions));
  const events = new Map(Object.entries(options.events ?? {}));
  const calls: LambdaCall[] = [];
  const scripted: (LambdaFault | undefined)[] = [];

  const arnOf = ({ functionName, qualifier }: LambdaCall): string =>
    `arn:aws:lambda:${region}:000000000000:function:${functionName}${qualifier === undefined ? '' : `:${qualifier}`}`;
  const handlerOf = (call: LambdaCall): LambdaHandler | undefined => functions.get(nameOf(call));
  const contextOf = (call: LambdaCall, run: number) => ({
    functionName: call.functionName,
    functionVersion: call.qualifier ?? '$LATEST',
    invokedFunctionArn: arnOf(call),
    awsRequestId: call.requestId,
    ...(call.clientContext !== undefined && { clientContext: JSON.parse(call.clientContext) as unknown }),
    run,
  });
  const run = (call: LambdaCall, count: number): Promise<LambdaResult> =>
    runFunction(() => handlerOf(call)!(eventOf(call.text), contextOf(call, count)));

  const settingsOf = (call: LambdaCall): LambdaEventSettings => events.get(nameOf(call)) ?? {};
  const queue = new EventQueue({
    clock,
    retryDelays,
    run,
    settingsOf,
    ended: (end) => {
      const { onSuccess, onFailure } = settingsOf(end.call);
      const destination = end.condition === 'Success' ? onSuccess : onFailure;
      const functionArn = end.call.qualifier === undefined ? `${arnOf(end.call)}:$LATEST` : arnOf(end.call);
      // Lambda that cannot send a record counts it in a metric, and nobody hears of it.
      if (destination && functions.has(destination.functionName)) queue.accept(destinationCall({ ...end, functionArn }, destination));
    },
  });
  const accept = (call: LambdaCall): void => {
    const times = call.invocationType === 'Event' ? (options.deliveries?.(call) ?? 1) : 1;
    for (let n = 0; n < times; n += 1) queue.accept(call);
  };

  const refusalOf = (call: LambdaCall): LambdaFault | undefined => {
    const limit = call.invocationType === 'Event' ? maxEventBytes : MAX_REQUEST_BYTES;
    if (call.body.byteLength > limit) return lambdaErrors.tooLarge(call.body.byteLength, limit, call.invocationType);
    if (!handlerOf(call)) return lambdaErrors.notFound(arnOf(call));
    try {
      eventOf(call.text);
    } catch {
      return lambdaErrors.invalidContent('Could not parse request body into json.');
    }
    return undefined;
  };

  const answer = async (call: LambdaCall, response: ServerResponse): Promise<void> => {
    const found = scripted.length > 0 ? scripted.shift() : fault?.(call);
    if (found?.kind === 'slow') await found.until;
    else if (found) {
      if (found.accepted && !refusalOf(call)) accept(call);
      if (found.kind === 'error') sendError(response, call.requestId, found);
      if (found.kind === 'reset') response.socket?.resetAndDestroy();
      return;
    }
    const refusal = refusalOf(call);
    if (refusal?.kind === 'error') return sendError(response, call.requestId, refusal);
    if (call.invocationType === 'DryRun') return void response.writeHead(204).end();
    if (call.invocationType === 'RequestResponse') return sendResult(response, call, await run(call, 1));
    accept(call);
    response.writeHead(202, { 'x-amzn-requestid': call.requestId }).end();
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const read = await readCall(request);
    if (read.kind === 'fault') return sendError(response, read.requestId, read.fault);
    calls.push(read.call);
    await answer(read.call, response);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.socket?.destroy());
  });
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    get connections() {
      return connections;
    },
    runs: queue.runs,
    deploy: (name, handler, settings) => {
      functions.set(name, handler);
      if (settings) events.set(name, settings);
    },
    hold: (name) => queue.hold(name),
    release: (name) => queue.release(name),
    next: (...faults) => void scripted.push(...faults),
    settled: () => queue.settled(),
    close: async () => {
      queue.close();
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

/** As `functions` names it. */
const nameOf = ({ functionName, qualifier }: LambdaCall): string =>
  qualifier === undefined || qualifier === '$LATEST' ? functionName : `${functionName}:${qualifier}`;

/** An event without a body is an empty one. @throws SyntaxError: it is not JSON */
const eventOf = (text: string): unknown => (text === '' ? {} : JSON.parse(text));
