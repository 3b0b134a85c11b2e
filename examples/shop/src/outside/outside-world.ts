// What the shop depends on, and has no power over: a payments provider and a mail server.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { Ledger } from './ledger.ts';

export interface OutsideWorld {
  readonly url: string;
  readonly ledger: Ledger;
  /** How busy the payments provider is, of 100, what others ask of it included. */
  readonly load: number;
  /** The load that others put on the payments provider. */
  others: number;
  /** Whether the payments provider is out of order. */
  isDown: boolean;
  close(): Promise<void>;
}

/** What a charge takes, in milliseconds. */
const TAKES = 350;
/** What one charge under way adds to the load. */
const WEIGHT = 2;
/** One mail in so many is refused the first time. */
const BUSY = 8;

/** Starts both on this machine. */
export const openOutsideWorld = async (): Promise<OutsideWorld> => {
  const ledger = new Ledger();
  let underWay = 0;

  const charge = async (key: string, body: string): Promise<readonly [status: number, text: string]> => {
    if (world.isDown) return [503, 'out of order'];
    const { card, total } = JSON.parse(body) as { readonly card: string; readonly total: number };
    underWay += 1;
    try {
      await wait(TAKES);
    } finally {
      underWay -= 1;
    }
    if (card.endsWith('0000')) return [402, ledger.declined(key)];
    return [200, ledger.charged(key, total)];
  };

  const mail = (body: string): readonly [status: number, text: string] => {
    const { order } = JSON.parse(body) as { readonly order: string };
    const times = ledger.mailAsked(order);
    if (times === 1 && ledger.mails % BUSY === 0) return [503, 'busy'];
    ledger.mailed(order);
    return [200, 'sent'];
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const key = String(request.headers['idempotency-key'] ?? '');
    const [status, answer] = request.url === '/charges' ? await charge(key, body) : mail(body);
    response.writeHead(status).end(answer);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const world: OutsideWorld = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ledger,
    others: 15,
    isDown: false,
    get load(): number {
      return Math.min(100, this.others + WEIGHT * underWay);
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return world;
};
