import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Millis } from '@reeve/core';

/**
 * How long a connection may lie unused. Lambda's side drops idle ones at a time it does not tell, and a process that was frozen between
 * two ticks wakes up with dead ones; a request on such a connection ends in doubt, and doubt costs a lease.
 */
const IDLE: Millis = 10_000;

/** Failures that came before a connection stood: nothing of the request had left. */
const beforeConnection = new WeakSet<object>();

/** True if a request that ended with this error certainly was not sent. Name lookup and connecting come before the first byte. */
export const neverSent = (error: unknown): boolean => {
  if (typeof error !== 'object' || error === null) return false;
  if (beforeConnection.has(error)) return true;
  // One error for each address that was tried (::1 and 127.0.0.1): all of them must be of that kind.
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(neverSent);
  return 'syscall' in error && (error.syscall === 'connect' || error.syscall === 'getaddrinfo');
};

export interface ConnectionOptions {
  readonly maxSockets: number;
  readonly connectTimeout: Millis;
}

export interface Connections {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/** One pool of connections that are kept alive. */
export const openConnections = ({ maxSockets, connectTimeout }: ConnectionOptions): Connections => {
  const options: AgentOptions = { keepAlive: true, maxSockets, timeout: IDLE };
  return {
    httpAgent: watch(new HttpAgent(options), 'connect', connectTimeout),
    httpsAgent: watch(new HttpsAgent(options), 'secureConnect', connectTimeout),
  };
};

interface Connecting {
  createConnection(...args: unknown[]): Socket;
}

/** Bounds the time until a new connection stands, and marks what fails before, certificates included. */
const watch = <Agent extends HttpAgent>(agent: Agent, standing: 'connect' | 'secureConnect', connectTimeout: Millis): Agent => {
  const connecting = agent as unknown as Connecting;
  const create = connecting.createConnection.bind(agent);
  connecting.createConnection = (...args) => {
    const socket = create(...args);
    const onError = (error: Error): void => void beforeConnection.add(error);
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error(`no connection within ${connectTimeout} ms`), { code: 'ETIMEDOUT', syscall: 'connect' }));
    }, connectTimeout);
    socket.prependOnceListener('error', onError);
    socket.once(standing, () => {
      clearTimeout(timer);
      socket.removeListener('error', onError);
    });
    socket.once('close', () => clearTimeout(timer));
    return socket;
  };
  return agent;
};
