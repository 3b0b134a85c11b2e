import { once } from 'node:events';
import { createServer } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TEST_CREDENTIALS } from '@reeve/test-servers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { defaultTables } from '../../src/config/greenfield-tables.ts';
import { createTables } from '../../src/tables/create-tables.ts';
import { dynamoDbFault } from '../../src/tables/dynamodb-fault.ts';
import { verifyTables } from '../../src/tables/verify-tables.ts';

// The client's own search for credentials and region, with nothing to be found anywhere.
beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (name.startsWith('AWS_') && name !== 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED') vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const nobody = async (): Promise<string> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return `http://127.0.0.1:${port}`;
};

test.each([
  ['createTables', createTables],
  ['verifyTables', verifyTables],
] as const)('%s: nobody listens at the endpoint', async (_, call) => {
  const client = new DynamoDBClient({ ...TEST_CREDENTIALS, endpoint: await nobody(), maxAttempts: 1 });
  await expect(call(client, defaultTables())).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'STORE_UNREACHABLE',
    message: expect.stringMatching(/^DescribeTable of sosw_\w+: DynamoDB did not answer \(.*ECONNREFUSED.*\); look at the endpoint/),
  });
});

test('the name of the endpoint leads nowhere', async () => {
  const client = new DynamoDBClient({ ...TEST_CREDENTIALS, endpoint: 'http://dynamodb.invalid:8000', maxAttempts: 1 });
  await expect(verifyTables(client, defaultTables())).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
});

test('no credentials', async () => {
  const client = new DynamoDBClient({ region: 'eu-west-1', endpoint: await nobody() });
  await expect(verifyTables(client, defaultTables())).rejects.toMatchObject({
    kind: 'config',
    code: 'CREDENTIALS_MISSING',
    message: expect.stringContaining('AWS_PROFILE'),
  });
});

test('no region', async () => {
  const client = new DynamoDBClient({ credentials: TEST_CREDENTIALS.credentials });
  await expect(verifyTables(client, defaultTables())).rejects.toMatchObject({
    kind: 'config',
    code: 'REGION_MISSING',
    message: expect.stringContaining('AWS_REGION'),
  });
});

test('what DynamoDB refuses keeps its own words', () => {
  const denied = Object.assign(new Error('User: x is not authorized to perform: dynamodb:DescribeTable on resource: y'), {
    name: 'AccessDeniedException',
  });
  expect(dynamoDbFault(denied, 'DescribeTable of sosw_tasks')).toMatchObject({
    kind: 'config',
    code: 'STORE_DENIED',
    cause: denied,
    message: expect.stringContaining('not authorized to perform: dynamodb:DescribeTable'),
  });
});

test('of several addresses that do not answer, the first is named', () => {
  const refused = (address: string) => Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED' });
  const both = new AggregateError([refused('::1:8000'), refused('127.0.0.1:8000')]);
  expect(dynamoDbFault(both, 'x')).toMatchObject({ code: 'STORE_UNREACHABLE', message: expect.stringContaining('ECONNREFUSED ::1:8000') });
});

test('a request that DynamoDB does not take is a bug of ours, in its words', () => {
  const invalid = Object.assign(new Error('Invalid UpdateExpression'), { name: 'ValidationException', $fault: 'client' });
  expect(dynamoDbFault(invalid, 'UpdateItem in sosw_tasks')).toMatchObject({
    kind: 'contract',
    code: 'STORE_REFUSED',
    message: expect.stringContaining('ValidationException: Invalid UpdateExpression'),
  });
});

test('a table or an index that is not there', () => {
  const missing = Object.assign(new Error('The table does not have the specified index: x'), {
    name: 'ValidationException',
    $fault: 'client',
  });
  expect(dynamoDbFault(missing, 'Query of sosw_tasks')).toMatchObject({ kind: 'config', code: 'TABLES_MISMATCH' });
});

test('any other error is left as it is', () => {
  const odd = new Error('odd');
  expect(dynamoDbFault(odd, 'x')).toBe(odd);
  expect(dynamoDbFault('odd', 'x')).toBe('odd');
});
