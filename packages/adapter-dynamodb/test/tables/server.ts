/** A real DynamoDB for one test file, and a prefix of its own for each test's tables. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type DynamoDbChoice, startDynamoDb, startDynamoDbLocalJar, TEST_CREDENTIALS } from '@reeve/test-servers';
import { afterAll, beforeAll } from 'vitest';

export interface TestDynamoDb {
  readonly client: DynamoDBClient;
  readonly url: string;
  /** A new one with each call, for the names of tables. */
  readonly prefix: () => string;
}

export interface TestDynamoDbOptions {
  /** Amazon's jar instead of whatever there is. */
  readonly jar?: boolean;
  /** One of `dynamoDbServers()`. */
  readonly server?: Pick<DynamoDbChoice, 'start'>;
}

/** Call it at the top of a file or a `describe`; what it answers is filled in before the first test. */
export const testDynamoDb = ({ jar = false, server }: TestDynamoDbOptions = {}): TestDynamoDb => {
  const open: { client?: DynamoDBClient; url?: string; stop?: () => Promise<void> } = {};
  let prefixes = 0;
  beforeAll(async () => {
    const { url, stop } = await (server ? server.start() : jar ? startDynamoDbLocalJar() : startDynamoDb());
    Object.assign(open, { url, client: clientOf(url), stop });
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
      return `t${process.pid}-${Date.now().toString(36)}-${prefixes}-`;
    },
  };
};

export const clientOf = (endpoint: string): DynamoDBClient => new DynamoDBClient({ endpoint, ...TEST_CREDENTIALS, maxAttempts: 3 });
