import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@reeve/core';
import { pageOf, resultsOf, spoil } from './answer.ts';
import { cloudwatchErrors } from './faults.ts';
import { readCall } from './read-call.ts';
import { CloudwatchStore } from './store.ts';
import type { CloudwatchCall, CloudwatchEndpoint, CloudwatchEndpointOptions, CloudwatchFault } from './types.ts';

/**
 * Starts a server on this machine that answers GetMetricData as CloudWatch does, for the AWS SDK to talk to: statistics over periods,
 * arithmetic of metric math, pages, CloudWatch's errors with the bodies and headers from which the SDK builds its exceptions, and
 * faults to script. Signatures are not checked.
 */
export const startCloudwatchEndpoint = async (options: CloudwatchEndpointOptions = {}): Promise<CloudwatchEndpoint> => {
  const { fault, clock = systemClock, maxDatapoints = 100_800 } = options;
  const store = new CloudwatchStore();
  const calls: CloudwatchCall[] = [];
  const scripted: (CloudwatchFault | undefined)[] = [];
  const open = new Set<ServerResponse>();

  const answer = async (call: CloudwatchCall, response: ServerResponse): Promise<void> => {
    const found = scripted.length > 0 ? scripted.shift() : fault?.(call);
    if (found?.kind === 'silent') return;
    if (found?.kind === 'reset') return void response.socket?.resetAndDestroy();
    if (found?.kind === 'garbage') return void response.writeHead(200, JSON_TYPE).end('<html>');
    if (found?.kind === 'error') return sendError(response, found);
    if (found?.kind === 'slow') await found.until;
    try {
      const results = resultsOf(call, store);
      const page = pageOf(found?.kind === 'results' ? spoil(results, call, found) : results, call.nextToken, maxDatapoints);
      response.writeHead(200, JSON_TYPE).end(JSON.stringify(page));
    } catch (error) {
      sendError(response, cloudwatchErrors.invalid((error as Error).message));
    }
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { call, refusal } = await readCall(request);
    calls.push(call);
    if (refusal) return sendError(response, refusal);
    open.add(response);
    response.once('close', () => open.delete(response));
    await answer(call, response);
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
    get underWay() {
      return open.size;
    },
    put: (metric, value, at = clock.now()) => store.put(metric, value, at),
    next: (...faults) => void scripted.push(...faults),
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': '00000000-0000-4000-8000-000000000000' };

/** The body and the headers from which the SDKs build an exception of the right class, those of the older protocol included. */
const sendError = (response: ServerResponse, { status, code, message }: Extract<CloudwatchFault, { readonly kind: 'error' }>): void => {
  response.writeHead(status, { ...JSON_TYPE, 'x-amzn-query-error': `${code};${status < 500 ? 'Sender' : 'Receiver'}` });
  response.end(JSON.stringify({ __type: `com.amazonaws.cloudwatch#${code}`, message }));
};
