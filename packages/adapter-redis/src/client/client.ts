import { type Cluster, Redis } from 'ioredis';

/** ioredis, one server or several. Told apart by `isCluster`, which holds across two installed copies of it, where `instanceof` does not. */
export type RedisClient = Redis | Cluster;

export const isCluster = (client: RedisClient): client is Cluster => client.isCluster;

const CONNECT = 5_000;
/** Without a byte from the server for so long while an answer is due, the connection is taken for dead. */
const SILENCE = 20_000;
const LONGEST_PAUSE = 2_000;
/** Tries to connect again before calls that wait for it are told that there is no server. */
const TRIES = 3;

/**
 * A client of our own. What was under way when a connection broke it sends again once there is another: every verb may be repeated, and
 * a claim that happened twice leaves leases that run out. (Told not to, ioredis 6 forgets such calls without an answer.)
 */
export const ownClient = (url: string): Redis =>
  new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT,
    socketTimeout: SILENCE,
    maxRetriesPerRequest: TRIES,
    retryStrategy: (tries) => Math.min(LONGEST_PAUSE, 100 * 2 ** (tries - 1)),
  });

/** The servers that take writes. */
export const mastersOf = (client: RedisClient): readonly Redis[] => (isCluster(client) ? client.nodes('master') : [client]);

/** Closes without losing what is under way, as long as there is somebody to answer it. */
export const closeClient = async (client: RedisClient): Promise<void> => {
  if (client.status === 'ready') {
    await client.quit().catch(() => client.disconnect());
    return;
  }
  client.disconnect();
  // While it waits to connect again, ioredis would leave what waits along with it unanswered for ever; its types hide the remedy.
  (client as unknown as { flushQueue?(reason: Error): void }).flushQueue?.(new Error('Connection is closed.'));
};
