import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface RawServer {
  readonly url: string;
  /** How many connections are open now. */
  readonly open: number;
  close(): Promise<void>;
}

/** A server that does whatever a test wants with each connection, HTTP or not, until the end of the test. */
export const rawServer = async (onConnection: (socket: Socket) => void = () => {}): Promise<RawServer> => {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // the other side may cut it
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
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
    get open() {
      return sockets.size;
    },
    close,
  };
};

/** Answers each request with this text, as it stands. */
export const answering = (text: string): Promise<RawServer> => rawServer((socket) => socket.once('data', () => socket.end(text)));
