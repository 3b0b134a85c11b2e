/** What `start` finds, or does not find. */
import { DeleteTableCommand, DynamoDBClient, ListTablesCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { createReeve, inProcessInvoker } from '@reeve/core';
import { TEST_CREDENTIALS } from '@reeve/test-servers';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { createTables, DynamoDbTaskStore, defaultTables, dynamodbStore, type GreenfieldTables } from '../../src/index.ts';
import { task } from '../fixtures/open.ts';
import { proxyTo } from '../fixtures/proxy.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
const labourers = { mill: { target: 'mill', maxSimultaneousInvocations: 2 } };

afterEach(() => {
  vi.unstubAllEnvs();
});

const composed = (options: Parameters<typeof dynamodbStore>[0]) =>
  createReeve({ labourers, use: [dynamodbStore(options), inProcessInvoker({ handlers: { mill: () => {} } })] });

const made = async (): Promise<GreenfieldTables> => {
  const tables = defaultTables(db.prefix());
  await createTables(db.client, tables);
  return tables;
};

it('tables that are not there stop the first call of a composition, with one message that names them all', async () => {
  const tables = defaultTables(db.prefix());
  const reeve = composed({ client: db.client, tables });
  const fault = {
    kind: 'config',
    code: 'TABLES_MISMATCH',
    message: expect.stringMatching(/sosw_tasks.*sosw_closed_tasks.*sosw_retry_tasks/s),
  };
  await expect(reeve.enqueue('mill', {})).rejects.toMatchObject(fault);
  await expect(reeve.tick()).rejects.toMatchObject(fault);
  // Once they are there it works, without being composed anew.
  await createTables(db.client, tables);
  expect(await reeve.enqueue('mill', {}, { id: 'a' })).toMatchObject({ id: 'a' });
  await reeve.close();
});

it('an index that is not there is named', async () => {
  const tables = { ...(await made()), greenfieldIndex: 'by_greenfield' };
  await expect(new DynamoDbTaskStore({ client: db.client, tables }).start()).rejects.toMatchObject({
    code: 'TABLES_MISMATCH',
    message: expect.stringContaining('there is no index by_greenfield'),
  });
});

it('a key of a wrong name or type is named, with what it is and what is expected', async () => {
  const tables = await made();
  const fields = { ...tables.fields, task_id: 'id', greenfield: 'labourer_id', labourer_id: 'labourer' };
  const error: unknown = await new DynamoDbTaskStore({ client: db.client, tables: { ...tables, fields } })
    .start()
    .catch((each: unknown) => each);
  expect(error).toMatchObject({ code: 'TABLES_MISMATCH' });
  expect((error as Error).message).toMatch(/its partition key is task_id \(S\), expected id \(S\)/);
  expect((error as Error).message).toMatch(/its sort key is greenfield \(N\), expected labourer_id \(N\)/);
});

it('creates what is missing when it is told to, also when many start at once, and starts again', async () => {
  const tables = defaultTables(db.prefix());
  const stores = Array.from({ length: 4 }, () => new DynamoDbTaskStore({ client: db.client, tables, atStart: 'create' }));
  await Promise.all(stores.map((each) => each.start()));
  await stores[0]?.start();
  expect(await stores[0]?.enqueue([task('a')])).toEqual(['created']);
  expect(await stores[1]?.find(task('a'))).toMatchObject({ state: 'queued' });
});

it('trusts what it is told to trust, and says at the first call what is wrong', async () => {
  const store = new DynamoDbTaskStore({ client: db.client, tables: defaultTables(db.prefix()), atStart: 'trust' });
  await store.start();
  for (const call of [
    () => store.enqueue([task('a')]),
    () => store.claim({ labourer: 'mill', token: 't', cap: 1, limit: 1, lease: 1_000 }),
    () => store.settle([{ labourer: 'mill', id: 'a', token: 't', kind: 'completed' }]),
    () => store.renew([{ labourer: 'mill', id: 'a', token: 't', lease: 1_000 }]),
    () => store.labourersWithDue(['mill']),
    () => store.expired(['mill'], 10),
    () => store.maintain(['mill']),
    () => store.find(task('a')),
    () => store.list({ labourer: 'mill', state: 'queued', limit: 10 }),
    () => store.census(['mill']),
  ]) {
    await expect(call(), String(call)).rejects.toMatchObject({ kind: 'config', code: 'TABLES_MISMATCH' });
  }
});

it.each([
  ['no credentials', { region: 'eu-west-1' }, 'CREDENTIALS_MISSING'],
  ['no region', { credentials: TEST_CREDENTIALS.credentials }, 'REGION_MISSING'],
])('with %s it says what to set', async (_, options, code) => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  const store = new DynamoDbTaskStore({ ...options, endpoint: db.url });
  await expect(store.start()).rejects.toMatchObject({ kind: 'config', code, message: expect.stringContaining('AWS_') });
  await store.close();
});

it('closes its own client, and never the one that it was given', async () => {
  const client = new DynamoDBClient({ endpoint: db.url, ...TEST_CREDENTIALS });
  const destroy = vi.spyOn(client, 'destroy');
  const tables = await made();
  const given = new DynamoDbTaskStore({ client, tables });
  await given.start();
  await given.close();
  await given.close();
  expect(destroy).not.toHaveBeenCalled();
  expect(await client.send(new ListTablesCommand({ Limit: 1 }))).toMatchObject({ TableNames: [expect.any(String)] });
  client.destroy();
  const prototype = vi.spyOn(DynamoDBClient.prototype, 'destroy');
  const own = new DynamoDbTaskStore({ endpoint: db.url, ...TEST_CREDENTIALS, tables });
  await own.start();
  await own.close();
  expect(prototype).toHaveBeenCalledTimes(1);
  prototype.mockRestore();
});

it('works again after it was closed', async () => {
  const reeve = composed({ endpoint: db.url, ...TEST_CREDENTIALS, tables: await made() });
  await reeve.enqueue('mill', {}, { id: 'a' });
  await reeve.close();
  expect(await reeve.find({ labourer: 'mill', id: 'a' })).toMatchObject({ state: 'queued' });
  await reeve.close();
});

it('a table that is deleted under way is a fault that says so', async () => {
  const tables = await made();
  const store = new DynamoDbTaskStore({ client: db.client, tables });
  await store.start();
  await db.client.send(new UpdateTableCommand({ TableName: tables.closed, BillingMode: 'PAY_PER_REQUEST' })).catch(() => {});
  await db.client.send(new DeleteTableCommand({ TableName: tables.closed }));
  await store.enqueue([task('a')]);
  const { leases } = await store.claim({ labourer: 'mill', token: 't', cap: 1, limit: 1, lease: 60_000 });
  expect(leases).toHaveLength(1);
  await expect(store.settle([{ labourer: 'mill', id: 'a', token: 't', kind: 'completed' }])).rejects.toMatchObject({
    code: 'TABLES_MISMATCH',
  });
});

it('a server that is gone at the start is unavailable, and found when it is back', async () => {
  let isGone = true;
  const proxy = await proxyTo(db.url, () => (isGone ? 'drop' : 'pass'));
  const client = new DynamoDBClient({ endpoint: proxy.url, ...TEST_CREDENTIALS, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  const reeve = composed({ client, tables: await made() });
  await expect(reeve.enqueue('mill', {})).rejects.toMatchObject({ kind: 'unavailable', code: 'STORE_UNREACHABLE' });
  isGone = false;
  expect(await reeve.enqueue('mill', {}, { id: 'a' })).toMatchObject({ id: 'a' });
  await reeve.close();
});
