import { type Cluster, Redis } from 'ioredis';

/** ioredis, one server or several. Told apart by `isCluster`, which holds across two installed copies of it, where `instanceof` does not. */
export type RedisClient = Redis | Cluster;

export const isCluster = (client: RedisClient): client is Cluster => client.isCluster;

const CONNECT = 5_000;
/**
 * Without a byte from the server for so long while an answer is due, the connection is taken for dead. Shorter than the time a call has, so that what
 * was under way on a half open connection is carried out over the next, and not given up.
 */
const SILENCE = 7_000;
/**
 * No call waits longer, wherever it is. What was under way when a connection broke ioredis keeps for the next one that is ready, and if all that
 * come are let in and then shut out, it would keep it for ever.
 */
const PATIENCE = 10_000;
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
    commandTimeout: PATIENCE,
    maxRetriesPerRequest: TRIES,
    // A primary that was made a replica keeps its connections: the address may lead to the new one by now.
    reconnectOnError: ({ message }) => /\bREADONLY\b/.test(message),
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
