/**
 * For vitest's `globalSetup`: one DynamoDB for the whole run. Its address is put into the environment that the test
 * processes inherit, so `startDynamoDb` there answers this server; each file takes tables with a prefix of its own.
 */
import { SHARED_URL, startDynamoDb } from './dynamodb.ts';

const setup = async (): Promise<() => Promise<void>> => {
  const server = await startDynamoDb();
  process.env[SHARED_URL] = server.url;
  return async () => {
    delete process.env[SHARED_URL];
    await server.stop();
  };
};

export default setup;
