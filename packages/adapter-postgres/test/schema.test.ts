import { ReeveError } from '@reeve/core';
import { describe, expect, it } from 'vitest';
import { PostgresTaskStore, postgresSchema } from '../src/index.ts';
import { dropSchema, newSchema, run, useServer } from './fixtures/server.ts';
import { aTask, claimOf, idsOf, openStore } from './fixtures/stores.ts';

const server = useServer();
const codeOf = (opening: Promise<unknown>): Promise<unknown> =>
  opening.then(
    () => 'opened',
    (error: unknown) => (ReeveError.is(error) ? error.code : error),
  );
const opened = (schema: string, more: object = {}) => PostgresTaskStore.open({ connection: server.url, schema, listen: false, ...more });

describe('the schema', () => {
  it('is made from nothing, and found done by the next', async () => {
    const { store, schema } = await openStore(server.url);
    await store.enqueue([aTask('one')]);
    const { store: next } = await openStore(server.url, { schema, atStart: 'verify' });
    expect((await next.find(aTask('one')))?.state).toBe('queued');
  });

  it('is made once by twenty pools that start together', async () => {
    const schema = newSchema();
    const stores = await Promise.all(Array.from({ length: 20 }, () => opened(schema, { maxConnections: 1 })));
    expect(await run(server.url, `SELECT count(*)::integer AS count FROM ${schema}.meta`)).toEqual([{ count: 1 }]);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('is missing, and the start says so where it is only to look', async () => {
    expect(await codeOf(opened(newSchema(), { atStart: 'verify' }))).toBe('SCHEMA_MISSING');
  });

  it('may be there and empty, as where an administrator made it', async () => {
    const schema = newSchema();
    await run(server.url, `CREATE SCHEMA ${schema}`);
    expect(await codeOf(openStore(server.url, { schema }))).toBe('opened');
  });

  it("is refused when it is another's, and left as it was", async () => {
    const schema = newSchema();
    await run(server.url, `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.task (id text)`);
    expect(await codeOf(opened(schema))).toBe('SCHEMA_FOREIGN');
    await run(server.url, `CREATE TABLE ${schema}.meta (key text)`);
    expect(await codeOf(opened(schema))).toBe('SCHEMA_FOREIGN');
    expect(await run(server.url, `SELECT relname FROM pg_class WHERE relnamespace = '${schema}'::regnamespace ORDER BY 1`)).toEqual([
      { relname: 'meta' },
      { relname: 'task' },
    ]);
  });

  it('is refused when a newer version made it', async () => {
    const { schema } = await openStore(server.url);
    await run(server.url, `UPDATE ${schema}.meta SET version = 99`);
    for (const atStart of ['migrate', 'verify']) expect(await codeOf(opened(schema, { atStart }))).toBe('SCHEMA_TOO_NEW');
  });

  it('can be made by hand, from the SQL that is given out', async () => {
    const schema = newSchema();
    await run(server.url, postgresSchema(schema));
    expect(await codeOf(openStore(server.url, { schema, atStart: 'verify' }))).toBe('opened');
  });

  it('may go while the store is open: its calls say that it is missing', async () => {
    const { store, schema } = await openStore(server.url);
    await dropSchema(server.url, schema);
    const calls = [
      () => store.enqueue([aTask('one')]),
      () => store.claim(claimOf()),
      () => store.find(aTask('one')),
      () => store.census(['mill']),
    ];
    for (const call of calls) expect(await codeOf(call())).toBe('SCHEMA_MISSING');
  });

  it.each([
    'Reeve',
    'with blank',
    'quo"te',
    "apo'strophe",
    'back\\slash',
    'dollar$$',
    '$body$',
    '$body_$',
    'select',
    'größe',
    '🌾',
    'x'.repeat(63),
  ])('may be named %s', async (schema) => {
    const { store } = await openStore(server.url, { schema });
    await store.enqueue([aTask('one'), aTask('two')]);
    const { leases } = await store.claim(claimOf({ limit: 1 }));
    expect(idsOf(leases)).toEqual(['one']);
    const { leases: next } = await store.exchange(
      leases.map((lease) => ({ ...lease, kind: 'completed' })),
      claimOf(),
    );
    expect(idsOf(next)).toEqual(['two']);
    await dropSchema(server.url, schema);
  });

  it.each(['', 'x'.repeat(64), 'nul\0', 'pg_mine', 'information_schema'])('may not be named %j', async (schema) => {
    expect(await codeOf(Promise.resolve().then(() => opened(schema)))).toBe('INVALID_POSTGRES_STORE');
    expect(() => postgresSchema(schema)).toThrow(/schema/);
  });
});
