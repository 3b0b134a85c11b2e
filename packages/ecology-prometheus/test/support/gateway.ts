import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Gateway {
  readonly url: string;
  readonly requests: number;
  /** Requests without an answer whose sender still waits. */
  readonly underWay: number;
  readonly connections: number;
  /** `sound`: as Prometheus answers. `hanging`: not before `sound`. `broken`: connections are cut. */
  state: 'sound' | 'hanging' | 'broken';
  close(): Promise<void>;
}

/** What stands before a real Prometheus, counts, and holds things up. */
export const startGateway = async (target: string): Promise<Gateway> => {
  let state: Gateway['state'] = 'sound';
  let [requests, connections] = [0, 0];
  const open = new Set<ServerResponse>();
  const waiting = new Set<() => void>();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests += 1;
    open.add(response);
    response.once('close', () => open.delete(response));
    const body = await text(request);
    if (state === 'broken') return void response.socket?.resetAndDestroy();
    if (state === 'hanging') await new Promise<void>((resolve) => waiting.add(resolve));
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const answer = await fetch(target + (request.url ?? ''), { method: request.method ?? 'GET', headers, body });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(await answer.text());
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.socket?.destroy());
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    get underWay() {
      return open.size;
    },
    get connections() {
      return connections;
    },
    get state() {
      return state;
    },
    set state(next) {
      state = next;
      if (next === 'hanging') return;
      for (const go of waiting) go();
      waiting.clear();
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
