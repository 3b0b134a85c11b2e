import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamoDb, TEST_CREDENTIALS } from '@reeve/test-servers';
import { afterAll, beforeAll } from 'vitest';

export interface TestDynamoDb {
  readonly client: DynamoDBClient;
  readonly url: string;
  /** A new one with each call, for the names of tables. */
  readonly prefix: () => string;
}

/** A DynamoDB for one test file; what it answers is filled in before the first test. */
export const testDynamoDb = (): TestDynamoDb => {
  const open: { client?: DynamoDBClient; url?: string; stop?: () => Promise<void> } = {};
  let prefixes = 0;
  beforeAll(async () => {
    const { url, stop } = await startDynamoDb();
    Object.assign(open, { url, client: new DynamoDBClient({ endpoint: url, ...TEST_CREDENTIALS, maxAttempts: 3 }), stop });
  });
  afterAll(async () => {
    open.client?.destroy();
    await open.stop?.();
  });
  return {
    get client() {
      return open.client!;
    },
    get url() {
      return open.url!;
    },
    prefix: () => {
      prefixes += 1;
      return `l${process.pid}-${Date.now().toString(36)}-${prefixes}-`;
    },
  };
};
