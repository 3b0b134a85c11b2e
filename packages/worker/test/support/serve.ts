import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A server on this machine for what takes a Request, until the end of the test. */
export const serve = async (handle: (request: Request) => Promise<Response>): Promise<string> => {
  const server = createServer((incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.on('close', () => gone.abort());
    const answer = async (): Promise<void> => {
      const body = await buffer(incoming);
      const headers = new Headers(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
      const url = `http://127.0.0.1${incoming.url}`;
      const hasBody = incoming.method !== 'GET';
      const response = await handle(
        new Request(url, { method: incoming.method ?? 'GET', headers, signal: gone.signal, ...(hasBody && { body }) }),
      );
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      outgoing.end(Buffer.from(await response.arrayBuffer()));
    };
    answer().catch((error: unknown) => outgoing.writeHead(500).end(String(error)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};
