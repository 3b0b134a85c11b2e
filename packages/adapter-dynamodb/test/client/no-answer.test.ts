/** Somebody who does not answer, or is no DynamoDB. */
import { inspect } from 'node:util';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { TEST_CREDENTIALS } from '@reeve/test-servers';
import { CountingChance, startFaultyProxy } from '@reeve/testkit';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { ownClient } from '../../src/client/own-client.ts';
import { dynamoDbFault } from '../../src/tables/dynamodb-fault.ts';
import { first, type Open, openTables, ref, request, task } from '../fixtures/open.ts';
import { type Fate, proxyTo } from '../fixtures/proxy.ts';
import { tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
let open: Open;
beforeEach(async () => {
  open = await openTables(db);
});

const SECRET = 'not-for-the-log';
const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: SECRET, sessionToken: `${SECRET}-session` };

/** A client of the test's own, that tries once. */
const once = (endpoint: string): DynamoDBClient => {
  const client = new DynamoDBClient({ endpoint, region: TEST_CREDENTIALS.region, credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return client;
};

const faultOf = async (fate: Fate): Promise<unknown> => {
  const proxy = await proxyTo(db.url, () => fate);
  return open
    .store({ client: once(proxy.url) })
    .find(task('a'))
    .catch((error: unknown) => error);
};

it('does not wait for ever for a server that takes a request and says nothing', async () => {
  const proxy = await proxyTo(db.url, ({ number }) => (number < 3 ? 'pass' : 'hang'));
  const client = ownClient({ endpoint: proxy.url, ...TEST_CREDENTIALS });
  onTestFinished(() => client.destroy());
  expect(await open.store({ client }).find(task('a'))).toBeUndefined();
  const handler = client.config.requestHandler as NodeHttpHandler;
  const { requestTimeout = 0 } = handler.httpHandlerConfigs() as { readonly requestTimeout?: number };
  // All tries together: less than the minute after which core gives up on a store.
  expect(requestTimeout * (await client.config.maxAttempts())).toBeGreaterThan(0);
  expect(requestTimeout * (await client.config.maxAttempts())).toBeLessThan(50_000);
  handler.updateHttpClientConfig('requestTimeout', 20);
  client.config.maxAttempts = async () => 1;
  await expect(open.store({ client }).find(task('a'))).rejects.toMatchObject({ kind: 'unavailable', code: 'STORE_UNREACHABLE' });
});

it('waits for one silent connection, and not for each that lies idle', async () => {
  const { hostname, port } = new URL(db.url);
  const proxy = await startFaultyProxy({ target: { host: hostname, port: Number(port) }, chance: new CountingChance() });
  onTestFinished(() => proxy.close());
  const client = ownClient({ endpoint: `http://${proxy.host}:${proxy.port}`, ...TEST_CREDENTIALS });
  onTestFinished(() => client.destroy());
  const store = open.store({ client });
  await Promise.all(Array.from({ length: 40 }, (_, n) => store.find(task(`idle-${n}`))));
  // More silent ones than it has tries.
  expect(proxy.halfOpen()).toBeGreaterThan(await client.config.maxAttempts());
  (client.config.requestHandler as NodeHttpHandler).updateHttpClientConfig('requestTimeout', 500);
  expect(await store.find(task('a'))).toBeUndefined();
});

it.each<readonly [string, Fate]>([
  ['breaks the connection', 'drop'],
  ['has an inner fault', { status: 500, type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' }],
  ['is a proxy with a page of HTML', { status: 502, text: '<html>Bad gateway</html>' }],
  ['is a proxy without a word', { status: 503, text: '' }],
])('is unreachable when the other side %s', async (_, fate) => {
  expect(await faultOf(fate)).toMatchObject({
    kind: 'unavailable',
    code: 'STORE_UNREACHABLE',
    message: expect.stringMatching(/^GetItem from /),
  });
});

it.each([
  ['ValidationException', 'contract', 'STORE_REFUSED'],
  ['AccessDeniedException', 'config', 'STORE_DENIED'],
  ['ResourceNotFoundException', 'config', 'TABLES_MISMATCH'],
  ['ItemCollectionSizeLimitExceededException', 'contract', 'STORE_REFUSED'],
  ['SomethingNewException', 'contract', 'STORE_REFUSED'],
  ['RequestLimitExceeded', 'unavailable', 'STORE_UNREACHABLE'],
])('%s is a %s fault, %s, with the words of DynamoDB', async (name, kind, code) => {
  expect(await faultOf({ status: 400, type: `com.amazonaws.dynamodb.v20120810#${name}` })).toMatchObject({ kind, code });
});

it('a request that DynamoDB does not take is refused in its own words', async () => {
  const error: unknown = await db.client
    .send(new UpdateItemCommand({ TableName: open.tables.tasks, Key: { task_id: { S: 'a' } }, UpdateExpression: 'nonsense' }))
    .catch((each: unknown) => dynamoDbFault(each, 'UpdateItem in x'));
  expect(error).toMatchObject({
    kind: 'contract',
    code: 'STORE_REFUSED',
    message: expect.stringMatching(/^UpdateItem in x: DynamoDB refused \(ValidationException: .+\)/),
  });
});

/** All that JSON, a logger or a person walking through the properties of an error would come by. */
const textOf = (value: unknown, seen = new Set<unknown>()): string => {
  if (typeof value !== 'object' || value === null || seen.has(value)) return String(value);
  seen.add(value);
  const hidden = value instanceof Error ? [value.message, value.stack ?? '', textOf(value.cause, seen)] : [];
  return [...hidden, ...Object.entries(value).map(([name, each]) => `${name}: ${textOf(each, seen)}`)].join('\n');
};

it.each<readonly [string, Fate]>([
  ['refused', { status: 400, type: 'com.amazonaws.dynamodb.v20120810#ValidationException' }],
  ['denied', { status: 400, type: 'com.amazonaws.dynamodb.v20120810#AccessDeniedException' }],
  ['failed', { status: 500, type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' }],
  ['no DynamoDB', { status: 502, text: '<html>' }],
  ['cut', 'drop'],
])('no error (%s) shows a secret, a signature or a payload', async (_, fate) => {
  const proxy = await proxyTo(db.url, () => fate);
  const store = open.store({ client: once(proxy.url) });
  const secretive = { ...task('a'), payload: `"${SECRET} in the payload"` as never };
  const error: unknown = await store.enqueue([secretive]).catch((each: unknown) => each);
  expect(error).toMatchObject({ code: expect.any(String) });
  for (const text of [textOf(error), inspect(error, { depth: 20 }), JSON.stringify(error)]) {
    expect(text).not.toContain(SECRET);
    expect(text).not.toMatch(/AWS4-HMAC|Credential=|x-amz-security-token/i);
  }
});

it('of a call that fails for one verdict, the others are decided and their places free', async () => {
  const peer = open.store();
  await peer.enqueue([task('a'), task('b'), task('c')]);
  const { leases } = await peer.claim(request());
  const client = tapped(db.client, async ({ name, input }, go) => {
    if (name === 'UpdateItem' && input.Key?.['task_id']?.S === 'b') throw Object.assign(new Error('gone'), { name: 'TimeoutError' });
    return go();
  });
  const verdicts = leases.map((each) => ({ ...ref(each), kind: 'completed' as const }));
  await expect(open.store({ client }).settle(verdicts)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  expect(await open.places()).toEqual(['@b~1']);
  expect(await peer.settle(verdicts)).toEqual(['repeated', 'applied', 'repeated']);
  expect(first(await peer.census(['mill']))).toMatchObject({ due: 0, running: 0 });
});
