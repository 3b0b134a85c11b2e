import type { IncomingMessage, ServerResponse } from 'node:http';
import { ReadableStream } from 'node:stream/web';
import type { FetchHandler } from './report-handler.ts';

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * A handler of fetch's kind for node:http, and for frameworks on top of it. It has to come before whatever parses bodies: a signature is over
 * the very bytes. Where a framework has kept those in `rawBody`, it takes them from there.
 */
export const toNode =
  (handler: FetchHandler): NodeHandler =>
  (request, response) => {
    void answer(handler, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  };

const answer = async (handler: FetchHandler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
  const { rawBody } = incoming as { readonly rawBody?: unknown };
  const kept = rawBody instanceof Uint8Array || typeof rawBody === 'string' ? rawBody : undefined;
  if (kept === undefined && incoming.readableDidRead) {
    outgoing.writeHead(500, { 'content-type': 'application/json' }).end('{"error":"body was read before"}');
    return;
  }
  const { status, headers, body } = await handler(requestOf(incoming, kept));
  // Some of the request may still be on its way, and for as long as its sender likes. Nobody wants it: Node hangs up after the answer.
  const unread = kept === undefined && !incoming.complete;
  outgoing.writeHead(status, { ...Object.fromEntries(headers), ...(unread && { connection: 'close' }) });
  for await (const chunk of body ?? []) outgoing.write(chunk);
  outgoing.end();
};

const requestOf = (incoming: IncomingMessage, kept: Uint8Array | string | undefined): Request => {
  const { method = 'GET', url = '/', rawHeaders } = incoming;
  const headers = new Headers();
  // Those that are there twice come to be "a, b", which is no signature and no id.
  for (let n = 0; n + 1 < rawHeaders.length; n += 2) headers.append(rawHeaders[n] ?? '', rawHeaders[n + 1] ?? '');
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = kept ?? streamOf(incoming);
  // Whoever it is said to be for: nothing here looks at the host.
  const address = new URL(URL.canParse(url, 'http://localhost') ? url : '/', 'http://localhost');
  return new Request(address, { method, headers, ...(hasBody && { body, duplex: 'half' }) });
};

/** Node's own way from one kind of stream to the other cuts the connection when the reader has enough, before there was an answer. */
const streamOf = (incoming: IncomingMessage): ReadableStream<Uint8Array> => {
  const chunks = incoming[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(to) {
      const next = await chunks.next();
      if (next.done) to.close();
      else to.enqueue(next.value);
    },
  });
};
