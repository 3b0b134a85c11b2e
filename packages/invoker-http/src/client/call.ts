import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { boundError, type Millis } from '@reeve/core';
import type { Connections } from './connections.ts';
import { type Body, passOver, readBody } from './read-body.ts';

export interface Answer {
  readonly kind: 'answered';
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Absent where it says nothing of interest, and was not read. */
  readonly body?: Body;
}

/** How the one request of an attempt ended. */
export type Ending =
  | Answer
  | {
      readonly kind: 'failed';
      readonly error: unknown;
      /** False: not a byte of the request has left, and none will. */
      readonly handedOver: boolean;
    };

export interface CallParts {
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  readonly connections: Connections;
  /** The longest until a connection stands, looking up the host and TLS included. */
  readonly connectTimeout: Millis;
  /** The longest from then on until the answer is here, to its last byte. */
  readonly timeout: Millis;
  readonly maxResponseBytes: number;
  readonly signal: AbortSignal;
  /** Called when the request goes out: from then on the worker may be running. */
  readonly onHandedOver?: () => void;
}

/** Why a request was given up on this side, for people. */
export class Stopped extends Error {
  override readonly name: string = 'Stopped';
}

/** An answer has to come with so little around it. */
const MOST_HEADER_BYTES = 16_384;

/** Makes one request, and knows whether it was sent. Never throws. */
export const call = (parts: CallParts): Promise<Ending> =>
  new Promise((resolve) => {
    const { url, headers, body, connections, connectTimeout, timeout, maxResponseBytes, signal, onHandedOver } = parts;
    const secure = url.protocol === 'https:';
    let handedOver = false;
    let answered = false;
    let timer: NodeJS.Timeout | undefined;

    const end = (ending: Ending): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(ending);
    };
    // Destroyed first: by the time anybody hears that nothing was sent, nothing will be.
    const stop = (why: string): void => {
      const error = new Stopped(why);
      request.destroy(error);
      end({ kind: 'failed', error, handedOver });
    };
    const onAbort = (): void => stop(boundError(signal.reason));
    const onStanding = (): void => {
      // Given up in this very moment: what is destroyed sends nothing.
      if (request.destroyed) return;
      handedOver = true;
      clearTimeout(timer);
      timer = setTimeout(() => stop(`no whole answer within ${timeout} ms`), timeout);
      onHandedOver?.();
    };

    const request: ClientRequest = (secure ? requestHttps : requestHttp)(url, {
      method: 'POST',
      headers,
      agent: secure ? connections.https : connections.http,
      maxHeaderSize: MOST_HEADER_BYTES,
    });
    request.once('socket', (socket) => whenStanding(socket, onStanding));
    request.once('response', (response) => {
      answered = true;
      void answerOf(response, maxResponseBytes).then(end, (error: unknown) => end({ kind: 'failed', error, handedOver }));
    });
    // An error may come when all is over, from a connection that broke after its answer.
    request.on('error', (error) => end({ kind: 'failed', error, handedOver }));
    // After an answer that is none, such as one that switches to another protocol, Node tells of the end alone.
    request.once('close', () => {
      if (!answered) end({ kind: 'failed', error: new Stopped('the connection was closed without an answer'), handedOver });
    });
    timer = setTimeout(() => stop(`no connection within ${connectTimeout} ms`), connectTimeout);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else request.end(body);
  });

/** A connection stands once it is connected and, with TLS, the other side is who it should be: nothing of the request leaves before. */
const whenStanding = (socket: Socket, tell: () => void): void => {
  const secure = socket instanceof TLSSocket;
  if (secure ? socket.authorized : !socket.connecting) tell();
  else socket.once(secure ? 'secureConnect' : 'connect', tell);
};

const answerOf = async (response: IncomingMessage, maxResponseBytes: number): Promise<Answer> => {
  const { statusCode: status = 0, headers } = response;
  if (!tellsMore(status)) {
    passOver(response);
    return { kind: 'answered', status, headers };
  }
  return { kind: 'answered', status, headers, body: await readBody(response, maxResponseBytes) };
};

/** Of the others nobody would say more than their status: what an endpoint writes into an error may be a piece of the payload. */
const tellsMore = (status: number): boolean => status >= 200 && status < 300 && status !== 202 && status !== 204 && status !== 205;
