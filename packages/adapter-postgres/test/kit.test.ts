import { type StoreBench, testTaskStore } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { PostgresTaskStore } from '../src/index.ts';
import { dropSchema, newSchema, useServer } from './fixtures/server.ts';
import { StillClock } from './fixtures/still-clock.ts';

const server = useServer();

/** Two pools on one schema. The tables let no broken row in, so there is no `plantBroken`. */
const open = async (): Promise<StoreBench> => {
  const { url } = server;
  const schema = newSchema();
  const store = await PostgresTaskStore.open({ connection: url, schema, listen: false, maxConnections: 6 });
  const peer = await PostgresTaskStore.open({ connection: url, schema, listen: false, maxConnections: 6 });
  const time = await StillClock.begin(url, schema);
  return {
    store: time.of(store),
    peer: time.of(peer),
    clock: time.clock,
    dispose: async () => {
      await Promise.all([store.close(), peer.close()]);
      await dropSchema(url, schema);
    },
  };
};

testTaskStore({ describe, it }, 'postgres', open);
