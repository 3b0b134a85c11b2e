import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createNativeTable } from '@reeve/adapter-dynamodb';
import { startDynamoDb } from '@reeve/test-servers';

export type StoreChoice = 'dynamodb' | 'sqlite';

export interface Database {
  /** For people. */
  readonly name: string;
  /** What the functions find in their environment. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** The first choice is what the shop would be deployed on. Where no DynamoDB can be started, one file does. */
export const openDatabase = async (asked: StoreChoice | undefined): Promise<Database> => {
  if (asked === 'sqlite') return file();
  try {
    return await dynamodb();
  } catch (error) {
    if (asked === 'dynamodb') throw error;
    return file();
  }
};

const dynamodb = async (): Promise<Database> => {
  const server = await startDynamoDb();
  const client = new DynamoDBClient({ endpoint: server.url });
  // A server that others use as well may have the table of an earlier day, with orders of the same numbers.
  const table = `shop-${randomUUID().slice(0, 8)}`;
  try {
    await createNativeTable(client, table);
  } catch (error) {
    await server.stop();
    throw error;
  } finally {
    client.destroy();
  }
  return {
    name: `DynamoDB (${server.name})`,
    env: { AWS_ENDPOINT_URL_DYNAMODB: server.url, SHOP_TABLE: table },
    close: () => server.stop(),
  };
};

const file = async (): Promise<Database> => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-shop-'));
  return {
    name: 'SQLite (one file)',
    env: { SHOP_FILE: join(folder, 'shop.db') },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
};
