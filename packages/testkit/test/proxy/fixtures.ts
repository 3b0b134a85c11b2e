import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { CountingChance, type FaultyProxy, type FaultyProxyOptions, startFaultyProxy } from '../../src/index.ts';

export interface Echo {
  readonly server: Server;
  readonly port: number;
  /** Its side of each connection, in their order. */
  readonly sockets: readonly Socket[];
  /** All that it received. */
  readonly received: () => string;
}

/** A server that answers what it hears. */
export const anEcho = async (greeting = ''): Promise<Echo> => {
  const sockets: Socket[] = [];
  let received = '';
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      received += bytes.toString();
      socket.write(bytes);
    });
    socket.on('end', () => socket.end());
    if (greeting) socket.write(greeting);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { server, port: (server.address() as { readonly port: number }).port, sockets, received: () => received };
};

export interface Caller {
  readonly socket: Socket;
  readonly said: () => string;
  /** Each piece as it arrived. */
  readonly pieces: readonly string[];
  /** How the connection ended: the code of its error, "end" for an orderly end, undefined while it stands. */
  readonly end: () => string | undefined;
}

export const aCaller = async ({ port }: { readonly port: number }): Promise<Caller> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const pieces: string[] = [];
  let end: string | undefined;
  socket.on('data', (bytes: Buffer) => pieces.push(bytes.toString()));
  socket.on('error', (error: Error & { code?: string }) => {
    end = error.code;
  });
  socket.on('end', () => {
    end ??= 'end';
  });
  onTestFinished(() => void socket.destroy());
  await new Promise<void>((resolve) => void socket.once('connect', resolve).once('close', () => resolve()));
  return { socket, pieces, said: () => pieces.join(''), end: () => end };
};

export const aProxy = async (options: Partial<FaultyProxyOptions> & Pick<FaultyProxyOptions, 'target'>): Promise<FaultyProxy> => {
  const proxy = await startFaultyProxy({ chance: new CountingChance(1), ...options });
  onTestFinished(() => proxy.close());
  return proxy;
};

/** Longer than anything on this machine takes that is to happen. For what is not to happen. */
export const aMoment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));
