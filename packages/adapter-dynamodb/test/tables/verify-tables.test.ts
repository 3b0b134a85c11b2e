import { CreateTableCommand, type CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { ReeveError } from '@reeve/core';
import { dynamoDbServers } from '@reeve/test-servers';
import { describe, expect, test } from 'vitest';
import { defaultTables, type GreenfieldTables } from '../../src/config/greenfield-tables.ts';
import { createTables } from '../../src/tables/create-tables.ts';
import { verifyTables } from '../../src/tables/verify-tables.ts';
import { testDynamoDb } from './server.ts';

type Key = readonly [name: string, type: 'S' | 'N'];
interface Table {
  readonly name: string;
  readonly key: readonly Key[];
  readonly index?: { readonly name: string; readonly key: readonly Key[]; readonly projection: readonly string[] | 'ALL' | 'KEYS_ONLY' };
  readonly local?: boolean;
}
const schema = (key: readonly Key[]) =>
  key.map(([AttributeName], at) => ({ AttributeName, KeyType: at === 0 ? ('HASH' as const) : ('RANGE' as const) }));
const request = ({ name, key, index, local = false }: Table): CreateTableCommandInput => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [...new Map([...key, ...(index?.key ?? [])])].map(([AttributeName, AttributeType]) => ({
    AttributeName,
    AttributeType,
  })),
  KeySchema: schema(key),
  ...(index && {
    [local ? 'LocalSecondaryIndexes' : 'GlobalSecondaryIndexes']: [
      {
        IndexName: index.name,
        KeySchema: schema(index.key),
        Projection:
          typeof index.projection === 'string'
            ? { ProjectionType: index.projection }
            : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...index.projection] },
      },
    ],
  }),
});

describe.each(await dynamoDbServers())('on $name', (server) => {
  const db = testDynamoDb({ server });
  const make = async (...tables: readonly Table[]): Promise<void> => {
    for (const each of tables) await db.client.send(new CreateTableCommand(request(each)));
  };
  const complaint = async (tables: GreenfieldTables): Promise<readonly string[]> => {
    const error = await verifyTables(db.client, tables).then(
      () => undefined,
      (each: ReeveError) => each,
    );
    expect(error).toMatchObject({ kind: 'config', code: 'TABLES_MISMATCH', docs: 'docs/errors/tables-mismatch.md' });
    return error!.message
      .split('\n')
      .filter((line) => line.startsWith('- '))
      .map((line) => line.slice(2).replaceAll(tables.tasks.replace('sosw_tasks', ''), ''));
  };

  test('no table at all', async () => {
    expect(await complaint(defaultTables(db.prefix()))).toEqual([
      'sosw_tasks: there is no such table',
      'sosw_closed_tasks: there is no such table',
      'sosw_retry_tasks: there is no such table',
    ]);
  });

  test('every difference of three wrong tables, in one complaint', async () => {
    const tables = defaultTables(db.prefix());
    await make(
      {
        name: tables.tasks,
        key: [
          ['task_id', 'N'],
          ['created_at', 'N'],
        ],
        index: {
          name: 'sosw_tasks_greenfield',
          key: [
            ['labourer_id', 'S'],
            ['greenfield', 'S'],
          ],
          projection: 'KEYS_ONLY',
        },
      },
      {
        name: tables.closed,
        key: [['id', 'S']],
        index: { name: 'labourer_task_status_with_time', key: [['labourer_id_task_status', 'S']], projection: ['attempts', 'arn'] },
      },
      {
        name: tables.retry,
        key: [
          ['labourer_id', 'S'],
          ['task_id', 'S'],
        ],
        local: true,
        index: {
          name: 'other',
          key: [
            ['labourer_id', 'S'],
            ['desired_launch_time', 'N'],
          ],
          projection: 'ALL',
        },
      },
    );
    expect(await complaint(tables)).toEqual([
      'sosw_tasks: its partition key is task_id (N), expected task_id (S)',
      'sosw_tasks: its sort key is created_at (N), expected none',
      'sosw_tasks, index sosw_tasks_greenfield: its sort key is greenfield (S), expected greenfield (N)',
      'sosw_tasks, index sosw_tasks_greenfield: it holds only the keys, expected ALL attributes',
      'sosw_closed_tasks: its partition key is id (S), expected task_id (S)',
      'sosw_closed_tasks, index labourer_task_status_with_time: its sort key is none, expected closed_at (N)',
      expect.stringMatching(
        /^sosw_closed_tasks, index labourer_task_status_with_time: it holds only the keys, (attempts, arn|arn, attempts), and lacks completed_at, greenfield$/,
      ),
      'sosw_retry_tasks: there is no index labourer_id_greenfield, only other',
    ]);
    await expect(createTables(db.client, tables)).rejects.toMatchObject({ code: 'TABLES_MISMATCH' });
  });

  test('a table without any index, and one with more than is needed', async () => {
    const tables = defaultTables(db.prefix());
    await make(
      { name: tables.tasks, key: [['task_id', 'S']] },
      {
        name: tables.closed,
        key: [['task_id', 'S']],
        index: {
          name: tables.closedIndex,
          key: [
            ['labourer_id_task_status', 'S'],
            ['closed_at', 'N'],
          ],
          projection: 'ALL',
        },
      },
      {
        name: tables.retry,
        key: [
          ['labourer_id', 'S'],
          ['task_id', 'S'],
        ],
        index: {
          name: tables.retryIndex,
          key: [
            ['labourer_id', 'S'],
            ['desired_launch_time', 'N'],
          ],
          projection: 'ALL',
        },
      },
    );
    expect(await complaint(tables)).toEqual(['sosw_tasks: there is no index sosw_tasks_greenfield']);
  });

  test("tables as sosw's users made them pass, and that their rows never expire is noted", async () => {
    const tables = defaultTables(db.prefix());
    await make(
      {
        name: tables.tasks,
        key: [['task_id', 'S']],
        index: {
          name: tables.greenfieldIndex,
          key: [
            ['labourer_id', 'S'],
            ['greenfield', 'N'],
          ],
          projection: 'ALL',
        },
      },
      {
        name: tables.closed,
        key: [['task_id', 'S']],
        index: {
          name: tables.closedIndex,
          key: [
            ['labourer_id_task_status', 'S'],
            ['closed_at', 'N'],
          ],
          projection: ['completed_at', 'greenfield', 'attempts'],
        },
      },
      {
        name: tables.retry,
        key: [
          ['labourer_id', 'S'],
          ['task_id', 'S'],
        ],
        local: true,
        index: {
          name: tables.retryIndex,
          key: [
            ['labourer_id', 'S'],
            ['desired_launch_time', 'N'],
          ],
          projection: 'ALL',
        },
      },
    );
    const note = (name: string) =>
      `${name}: its time to live is off, so ended rows stay until somebody deletes them; turn it on for reeve_ttl`;
    expect(await verifyTables(db.client, tables)).toEqual({ notes: [note(tables.tasks), note(tables.closed)] });
    await createTables(db.client, tables); // which also turns it on
    expect(await verifyTables(db.client, tables)).toEqual({ notes: [] });
  });
});
