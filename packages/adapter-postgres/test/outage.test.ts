/** The daemon of core through trouble with its server: it neither dies nor asks without a pause, and it goes on afterwards. */
import { createReeve, inProcessInvoker, type Reeve } from '@reeve/core';
import { Pool } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { postgresStore } from '../src/index.ts';
import { proxyTo } from './fixtures/proxy.ts';
import { newSchema, run, useServer } from './fixtures/server.ts';
import { aTask, openStore } from './fixtures/stores.ts';

const server = useServer();

/** A daemon for the mill, what it has done, and how often it said that something failed. */
const daemonOn = async (connection: string, schema: string) => {
  const done: string[] = [];
  const codes: unknown[] = [];
  const reeve: Reeve = createReeve({
    labourers: { mill: { target: 'mill', maxSimultaneousInvocations: 2 } },
    use: [postgresStore({ connection, schema }), inProcessInvoker({ handlers: { mill: (_, { id }) => void done.push(id) } })],
  });
  for (const name of ['store.failed', 'labourer.failed'] as const)
    reeve.on(name, ({ error }) => void codes.push((error as { readonly code?: unknown }).code));
  await reeve.start();
  const stop = new AbortController();
  const ended = reeve.run({ signal: stop.signal, pollEvery: 10 });
  onTestFinished(async () => {
    stop.abort();
    await ended;
    await reeve.close();
  });
  return { done, codes };
};

it('asks a lost server ever more seldom, and goes on once it is back', async () => {
  const { store, schema } = await openStore(server.url, { listen: false });
  const { proxy, url } = await proxyTo(server.url);
  const { done, codes } = await daemonOn(url, schema);
  await store.enqueue([aTask('before')]);
  await expect.poll(() => done).toEqual(['before']);
  const since = performance.now();
  // From now on whoever calls is let in and shown the door, the quickest way there is to be asked again.
  const open = proxy.add({ kind: 'refuse' });
  proxy.cut();
  await expect.poll(() => codes.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(4);
  // The poll and the listener, each after pauses of some 100, 200, 400 ms and so on.
  const seconds = (performance.now() - since) / 1_000;
  expect(proxy.hits.refuse).toBeGreaterThan(1);
  expect(proxy.hits.refuse).toBeLessThanOrEqual(10 + 5 * seconds);
  expect(codes.length).toBeLessThanOrEqual(8 + 5 * seconds);
  expect(new Set(codes)).toEqual(new Set(['STORE_UNREACHABLE']));
  await store.enqueue([aTask('meanwhile')]);
  open();
  await expect.poll(() => done, { timeout: 20_000 }).toEqual(['before', 'meanwhile']);
  await store.enqueue([aTask('after')]);
  await expect.poll(() => done).toEqual(['before', 'meanwhile', 'after']);
}, 60_000);

it('says that it runs into the statement timeout, and does what was held up when that is over', async () => {
  const { store, schema } = await openStore(server.url, { listen: false });
  const url = new URL(server.url);
  url.searchParams.set('options', '-c statement_timeout=100');
  const { done, codes } = await daemonOn(url.href, schema);
  const pool = new Pool({ connectionString: server.url, max: 1 });
  onTestFinished(() => pool.end());
  const holder = await pool.connect();
  await holder.query(`BEGIN; LOCK TABLE ${schema}.slot`);
  await store.enqueue([aTask('one')]);
  const since = performance.now();
  await expect.poll(() => codes.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
  expect(codes.length).toBeLessThanOrEqual(4 + (performance.now() - since) / 100);
  expect(new Set(codes)).toEqual(new Set(['STORE_BUSY']));
  await holder.query('ROLLBACK');
  holder.release();
  await expect.poll(() => done, { timeout: 20_000 }).toEqual(['one']);
}, 60_000);

it('says that its schema has gone, and goes on when it is there again', async () => {
  const schema = newSchema();
  await openStore(server.url, { schema, listen: false });
  const { done, codes } = await daemonOn(server.url, schema);
  await run(server.url, `ALTER SCHEMA ${schema} RENAME TO ${schema}_gone`);
  await expect.poll(() => codes.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
  expect(new Set(codes)).toEqual(new Set(['SCHEMA_MISSING']));
  await run(server.url, `ALTER SCHEMA ${schema}_gone RENAME TO ${schema}`);
  await run(server.url, `SELECT ${schema}.enqueue('mill', '1', 'one')`);
  await expect.poll(() => done, { timeout: 20_000 }).toEqual(['one']);
}, 60_000);
