import { startPostgres, startRedis } from '@reeve/test-servers';
import type { StoreName } from './plan/workloads.ts';

export interface Servers {
  readonly urls: Readonly<Partial<Record<StoreName, string>>>;
  stop(): Promise<void>;
}

/** Servers of our own, or those that the environment names. Postgres writes to the disk before it answers; Redis keeps to its memory. */
export const startServers = async (stores: ReadonlySet<StoreName>): Promise<Servers> => {
  const redis = stores.has('redis') ? await startRedis() : undefined;
  const postgres = stores.has('postgres') ? await startPostgres({ durable: true }) : undefined;
  return {
    urls: { ...(redis && { redis: redis.url }), ...(postgres && { postgres: postgres.url }) },
    stop: async () => {
      await Promise.all([redis?.stop(), postgres?.stop()]);
    },
  };
};
