import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface RawServer {
  readonly url: string;
  readonly port: number;
  /** How many connections were ever made, and are open now. */
  readonly made: number;
  readonly open: number;
  /** Resolves when no connection is open. */
  closed(): Promise<void>;
  close(): Promise<void>;
}

/** A server that does whatever a test wants with each connection, HTTP or not, until the end of the test. */
export const rawServer = async (onConnection: (socket: Socket, nth: number) => void = () => {}): Promise<RawServer> => {
  const sockets = new Set<Socket>();
  const watchers = new Set<() => void>();
  let made = 0;
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    made += 1;
    socket.on('error', () => {}); // the other side may cut it
    socket.on('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) for (const tell of watchers) tell();
    });
    onConnection(socket, made);
    socket.resume(); // or nobody would notice that the other side has gone
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  onTestFinished(close);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get made() {
      return made;
    },
    get open() {
      return sockets.size;
    },
    closed: () =>
      new Promise((resolve) => {
        if (sockets.size === 0) resolve();
        else watchers.add(resolve);
      }),
    close,
  };
};

/** Answers each request that comes on a connection with this text, as it stands, and leaves the connection open. */
export const answering = (text: string): Promise<RawServer> =>
  rawServer((socket) => socket.on('data', (data) => data.includes('}') && socket.write(text)));
