import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startDynamoDb, startPostgres, TEST_CREDENTIALS } from '../src/index.ts';

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'reeve-again-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
};
const portOf = (url: string): number => Number(new URL(url).port);

it('a Postgres that was killed comes back on its data, at its old address', async () => {
  const kept = folder();
  chmodSync(kept, 0o755);
  const first = await startPostgres({ folder: kept });
  await first.stop();
  expect(existsSync(join(kept, 'data', 'postmaster.pid'))).toBe(true); // it had no time to tidy up
  const second = await startPostgres({ folder: kept, port: portOf(first.url) });
  onTestFinished(() => second.stop());
  expect(second.url).toBe(first.url);
  const socket = connect(portOf(second.url), '127.0.0.1');
  await new Promise<void>((resolve, reject) => void socket.once('connect', resolve).once('error', reject));
  socket.destroy();
});

it('a dynoxide that was killed comes back on its data, at its old address', async () => {
  const kept = folder();
  const ask = async (url: string, operation: string, body: object): Promise<unknown> => {
    const headers = {
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-date': '20260101T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=${TEST_CREDENTIALS.credentials.accessKeyId}/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
    };
    return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  };
  const first = await startDynamoDb({ folder: kept });
  await ask(first.url, 'CreateTable', {
    TableName: 'kept',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  });
  await first.stop();
  const second = await startDynamoDb({ folder: kept, port: portOf(first.url) });
  onTestFinished(() => second.stop());
  expect(second.url).toBe(first.url);
  expect(await ask(second.url, 'ListTables', {})).toEqual({ TableNames: ['kept'] });
});
