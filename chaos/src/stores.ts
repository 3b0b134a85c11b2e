/** How each process opens the store, by what the parent tells it. */
import { dynamodbStore } from '@reeve/adapter-dynamodb';
import { postgresStore } from '@reeve/adapter-postgres';
import { redisStore } from '@reeve/adapter-redis';
import { sqliteStore } from '@reeve/adapter-sqlite';
import { TEST_CREDENTIALS } from '@reeve/test-servers';
import type { ContainerModule } from 'inversify';

export type StoreConfig =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'redis'; readonly url: string; readonly replicas: number; readonly keepHistory: number }
  | { readonly kind: 'postgres'; readonly url: string; readonly listen?: string }
  | { readonly kind: 'dynamodb'; readonly endpoint: string; readonly layout: 'greenfield' | 'native' };

export const moduleOf = (config: StoreConfig): ContainerModule => {
  switch (config.kind) {
    case 'sqlite':
      return sqliteStore({ file: config.file });
    case 'redis': {
      const { url, keepHistory, replicas } = config;
      return redisStore({ url, keepHistory, ...(replicas > 0 && { waitFor: { replicas, timeout: 1_000 } }) });
    }
    case 'postgres':
      return postgresStore({ connection: config.url, maxConnections: 4, ...(config.listen !== undefined && { listen: config.listen }) });
    case 'dynamodb': {
      const { endpoint, layout } = config;
      const own = layout === 'greenfield' ? { lookForSosw: Infinity } : {};
      return dynamodbStore({ ...TEST_CREDENTIALS, ...own, endpoint, layout, atStart: 'create' });
    }
  }
};
