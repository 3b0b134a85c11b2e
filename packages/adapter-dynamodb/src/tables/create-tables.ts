import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  type KeySchemaElement,
  ResourceInUseException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { type Clock, MINUTE, type Millis, ReeveError, systemClock } from '@reeve/core';
import type { GreenfieldTables } from '../config/greenfield-tables.ts';
import { type IndexDefinition, type KeyPair, nativeTableDefinition, type TableDefinition, tableDefinitions } from './definitions.ts';
import { describeTable } from './describe.ts';
import { dynamoDbFault } from './dynamodb-fault.ts';
import { enableTimeToLive } from './time-to-live.ts';
import { NATIVE, SOSW, verifyDefined } from './verify-tables.ts';

export interface CreateTablesOptions {
  /** Times the wait for the tables. Default the clock of this machine. */
  readonly clock?: Clock;
  /** How long to wait for the tables to become active, in milliseconds. Default 5 minutes. */
  readonly patience?: Millis;
}

export interface CreatedTables {
  /** Names of the tables that this call made. */
  readonly created: readonly string[];
  /** Names of those that were there before. */
  readonly existing: readonly string[];
}

const POLL: Millis = 500;

/**
 * Makes those of the three tables that are missing, billed by request, waits until all are active, and turns on the expiry
 * of ended rows where a table has none. Tables that are there keep their keys, indexes and billing; they are verified.
 * May be called again, and by several at once.
 * @throws ReeveError TABLES_MISMATCH if a table that was there is not as needed; TABLES_NOT_READY if one is not active in time;
 * CREDENTIALS_MISSING, REGION_MISSING, STORE_DENIED or STORE_UNREACHABLE
 */
export const createTables = async (
  client: DynamoDBClient,
  tables: GreenfieldTables,
  options: CreateTablesOptions = {},
): Promise<CreatedTables> => {
  const definitions = tableDefinitions(tables);
  const made = await createDefined(client, definitions, options);
  await verifyDefined(client, definitions, SOSW);
  return made;
};

/**
 * Makes the table of the native layout if it is missing, as `createTables` makes sosw's: one table, two keys, no index, and
 * the expiry of what has ended.
 * @throws ReeveError as `createTables`
 */
export const createNativeTable = async (
  client: DynamoDBClient,
  table: string,
  options: CreateTablesOptions = {},
): Promise<CreatedTables> => {
  const definitions = [nativeTableDefinition(table)];
  const made = await createDefined(client, definitions, options);
  await verifyDefined(client, definitions, NATIVE);
  return made;
};

const createDefined = async (
  client: DynamoDBClient,
  definitions: readonly TableDefinition[],
  { clock = systemClock, patience = 5 * MINUTE }: CreateTablesOptions,
): Promise<CreatedTables> => {
  const until = clock.now() + patience;
  const created: string[] = [];
  // One after another: DynamoDB bounds how many tables with indexes it builds at once.
  for (const each of definitions) {
    if (await create(client, each)) created.push(each.name);
    await active(client, each.name, clock, until);
  }
  for (const { name, ttl } of definitions) if (ttl !== undefined) await enableTimeToLive(client, name, ttl);
  return { created, existing: definitions.map(({ name }) => name).filter((name) => !created.includes(name)) };
};

/** Looked at before, so that whoever may not create tables can still call this on tables that are there. */
const create = async (client: DynamoDBClient, definition: TableDefinition): Promise<boolean> => {
  if (await describeTable(client, definition.name)) return false;
  try {
    await client.send(new CreateTableCommand(requestOf(definition)));
    return true;
  } catch (error) {
    if (error instanceof ResourceInUseException) return false; // another process made it since we looked
    throw dynamoDbFault(error, `CreateTable of ${definition.name}`);
  }
};

const active = async (client: DynamoDBClient, name: string, clock: Clock, until: number): Promise<void> => {
  for (;;) {
    const table = await describeTable(client, name);
    if (table && usable(table)) return;
    if (clock.now() >= until) {
      const status = table?.TableStatus ?? 'not to be seen';
      throw new ReeveError({
        kind: 'unavailable',
        code: 'TABLES_NOT_READY',
        message: `${name} is ${status} and not active in time; look at it in the console, and start again`,
      });
    }
    await clock.sleep(POLL);
  }
};

const usable = ({ TableStatus, GlobalSecondaryIndexes = [] }: TableDescription): boolean =>
  [TableStatus, ...GlobalSecondaryIndexes.map((each) => each.IndexStatus)].every((status) => status === 'ACTIVE' || status === 'UPDATING');

const requestOf = (table: TableDefinition): CreateTableCommandInput => {
  const { index } = table;
  const keys = [table.partition, table.sort, index?.partition, index?.sort].filter((each) => each !== undefined);
  const types = new Map(keys.map(({ name, type }) => [name, type]));
  return {
    TableName: table.name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    KeySchema: schemaOf(table),
    ...(index && { [index.kind === 'global' ? 'GlobalSecondaryIndexes' : 'LocalSecondaryIndexes']: [indexOf(index)] }),
  };
};

const indexOf = (index: IndexDefinition) =>
  ({
    IndexName: index.name,
    KeySchema: schemaOf(index),
    Projection:
      index.projection === 'ALL' ? { ProjectionType: 'ALL' } : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...index.projection] },
  }) as const;

const schemaOf = ({ partition, sort }: KeyPair): KeySchemaElement[] => [
  { AttributeName: partition.name, KeyType: 'HASH' },
  ...(sort ? [{ AttributeName: sort.name, KeyType: 'RANGE' } as const] : []),
];
