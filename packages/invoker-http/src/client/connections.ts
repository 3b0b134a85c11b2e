import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import type { Millis } from '@reeve/core';

/**
 * How long a connection may lie unused. Servers drop idle ones at a time of their own (some after 2 s, and without a word of it), and a
 * process that was frozen between two ticks wakes up with dead ones; a request on such a connection ends in doubt, and doubt costs a lease.
 */
const IDLE: Millis = 1_000;

/** What TLS may be told. That certificates are looked at is not to be had otherwise. */
export interface TlsOptions {
  /** Whom to believe instead of the authorities that Node knows, in PEM. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  /** A certificate of one's own for endpoints that ask for one, and its key, in PEM. */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
}

export interface Connections {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/**
 * Pools of connections that are kept alive, one for each host and port. Nobody waits for a place in them: how many calls there are at
 * once is the labourers' caps to say.
 */
export const openConnections = (lookup: LookupFunction, { ca, cert, key }: TlsOptions): Connections => {
  const options = { keepAlive: true, timeout: IDLE, lookup };
  return {
    http: guardIdle(new HttpAgent(options)),
    https: guardIdle(
      new HttpsAgent({
        ...options,
        ...(ca !== undefined && { ca: Array.isArray(ca) ? [...ca] : (ca as string | Buffer) }),
        ...(cert !== undefined && { cert }),
        ...(key !== undefined && { key }),
      }),
    ),
  };
};

/** What Node asks an agent when a connection comes back, and when it goes out again. */
interface Keeping {
  keepSocketAlive(socket: Socket): unknown;
  reuseSocket(socket: Socket, request: unknown): void;
}

/**
 * Drops a connection over which something comes that nobody asked for. A second answer to the last request would else be taken for
 * the answer to the next one: another attempt's.
 */
const guardIdle = <Agent extends HttpAgent>(agent: Agent): Agent => {
  const keeping = agent as unknown as Keeping;
  const [keep, reuse] = [keeping.keepSocketAlive.bind(agent), keeping.reuseSocket.bind(agent)];
  const drop = function (this: Socket): void {
    this.destroy();
  };
  keeping.keepSocketAlive = (socket) => {
    const kept = keep(socket);
    if (kept) socket.on('data', drop);
    return kept;
  };
  keeping.reuseSocket = (socket, request) => {
    socket.removeListener('data', drop);
    reuse(socket, request);
  };
  return agent;
};
