import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As sent. */
  readonly rawHeaders: readonly string[];
  readonly text: string;
}

export type Answering = (asked: Asked, response: ServerResponse) => unknown;

export interface Endpoint {
  readonly url: string;
  readonly port: number;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** A real server, whose requests are read to their end before `answer` is called. */
export const startEndpoint = async (answer: Answering, tls?: { readonly cert: string; readonly key: string }): Promise<Endpoint> => {
  const asked: Asked[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      return; // cut off by the other side
    }
    const { url: path = '', headers, rawHeaders } = request;
    const each = { path, headers, rawHeaders, text: Buffer.concat(chunks).toString() };
    asked.push(each);
    await answer(each, response);
  };
  const listener: RequestListener = (request, response) => void serve(request, response);
  const server: Server = tls ? createSecureServer(tls, listener) : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    asked,
    close: async () => {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

/** Answers with a status and, if there is a value, its JSON. */
export const reply = (response: ServerResponse, status: number, value?: unknown, headers: Readonly<Record<string, string>> = {}): void => {
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(value === undefined ? undefined : JSON.stringify(value));
};
