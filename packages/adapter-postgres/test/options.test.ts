import { Pool } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { PostgresTaskStore } from '../src/index.ts';
import { dropSchema, newSchema, useServer } from './fixtures/server.ts';
import { aTask } from './fixtures/stores.ts';

const server = useServer();

it.each([
  [{ nonsense: 1 }, /nonsense: is not an option/],
  [{ connection: 'mysql://host/app' }, /connection: is no URL of a Postgres/],
  [{ connection: 5 }, /connection: must be a URL/],
  [{ pool: {} }, /pool: is no pool/],
  [{ pool: new Pool(), connection: 'postgres://host/app' }, /connection: is given beside a pool/],
  [{ pool: new Pool(), maxConnections: 5 }, /maxConnections: is given beside a pool/],
  [{ schema: 'x'.repeat(64) }, /schema: has more than 63 bytes/],
  [{ atStart: 'create' }, /atStart: must be migrate or verify, not "create"/],
  [{ keepEnded: -1 }, /keepEnded: must be a whole number/],
  [{ maxConnections: 0 }, /maxConnections: must be a whole number/],
  [{ listen: 'host' }, /listen: is no URL/],
  [{ listen: true }, /listen: must be a URL or false/],
])('refuses %j', (options, message) => {
  expect(() => new PostgresTaskStore(options as never)).toThrow(message);
});

it("takes the user's own pool, listens where it leads, and never ends it", async () => {
  const pool = new Pool({ connectionString: server.url, max: 2 });
  onTestFinished(() => pool.end());
  const schema = newSchema();
  const store = await PostgresTaskStore.open({ pool, schema });
  const heard: string[] = [];
  await store.listen(['mill'], (labourer) => heard.push(labourer));
  await store.enqueue([aTask('one')]);
  await expect.poll(() => heard).toEqual(['mill']);
  await store.close();
  await store.close();
  expect((await pool.query('SELECT 1')).rowCount).toBe(1);
  expect(pool.listenerCount('error')).toBe(0);
  await dropSchema(server.url, schema);
});

it('says what an answered write survives, as the server is set', async () => {
  const durable = new URL(server.url);
  expect((await opened(durable)).capabilities).toMatchObject({ name: 'postgres', clock: 'server', clockGuard: 0, survives: 'process' });
});

const opened = async (url: URL): Promise<PostgresTaskStore> => {
  const store = await PostgresTaskStore.open({ connection: url.href, schema: newSchema(), listen: false });
  onTestFinished(() => store.close());
  return store;
};
