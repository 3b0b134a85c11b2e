import { DeleteTableCommand, DescribeTimeToLiveCommand, type DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { Clock } from '@reeve/core';
import { dynamoDbServers } from '@reeve/test-servers';
import { describe, expect, test } from 'vitest';
import { defaultTables, type GreenfieldTables, TTL_FIELD } from '../../src/config/greenfield-tables.ts';
import { createTables } from '../../src/tables/create-tables.ts';
import { verifyTables } from '../../src/tables/verify-tables.ts';
import { testDynamoDb } from './server.ts';

/** Time passes only while somebody sleeps. */
const clock = (): Clock & { readonly slept: number[] } => {
  let now = 1_800_000_000_000;
  const slept: number[] = [];
  const sleep = async (wait: number): Promise<void> => {
    slept.push(wait);
    now += wait;
  };
  return { now: () => now, sleep, slept };
};

/** The real client, but the tables that it describes seem to be in the making for the first so many looks. */
const slowly = (client: DynamoDBClient, looks: number, change: (table: Record<string, unknown>) => void): DynamoDBClient => {
  let left = looks;
  return new Proxy(client, {
    get: (target, name) =>
      name !== 'send'
        ? Reflect.get(target, name, target)
        : async (command: Parameters<DynamoDBClient['send']>[0]) => {
            const answer: object = await target.send(command);
            if ('Table' in answer && left > 0) {
              left -= 1;
              change(answer.Table as Record<string, unknown>);
            }
            return answer;
          },
  });
};

describe.each(await dynamoDbServers())('on $name', (server) => {
  const db = testDynamoDb({ server });
  const ours = async (tables: GreenfieldTables): Promise<readonly string[]> => {
    const { TableNames = [] } = await db.client.send(new ListTablesCommand({}));
    return TableNames.filter((name) => [tables.tasks, tables.closed, tables.retry].includes(name)).sort();
  };

  test('makes what verification asks for, with the expiry of ended rows, and may be called again', async () => {
    const tables = defaultTables(db.prefix());
    const all = [tables.tasks, tables.closed, tables.retry];
    expect(await createTables(db.client, tables)).toEqual({ created: all, existing: [] });
    expect(await verifyTables(db.client, tables)).toEqual({ notes: [] });
    expect(await createTables(db.client, tables)).toEqual({ created: [], existing: all });
    for (const [table, status] of [
      [tables.tasks, 'ENABLED'],
      [tables.closed, 'ENABLED'],
      [tables.retry, 'DISABLED'],
    ] as const) {
      const { TimeToLiveDescription } = await db.client.send(new DescribeTimeToLiveCommand({ TableName: table }));
      expect(TimeToLiveDescription, table).toMatchObject({
        TimeToLiveStatus: status,
        ...(status === 'ENABLED' && { AttributeName: TTL_FIELD }),
      });
    }
  });

  test("under the user's own names", async () => {
    const prefix = db.prefix();
    const fields = {
      ...defaultTables().fields,
      task_id: 'id',
      labourer_id: 'fn',
      greenfield: 'gf',
      closed_at: 'shut',
      labourer_id_task_status: 'fn_status',
      completed_at: 'done',
    };
    const tables = {
      ...defaultTables(prefix),
      tasks: `${prefix}a`,
      greenfieldIndex: 'by_field',
      retryIndex: 'by_launch',
      closedIndex: 'by_status',
      fields,
    };
    await createTables(db.client, tables);
    expect(await verifyTables(db.client, tables)).toEqual({ notes: [] });
    await expect(verifyTables(db.client, { ...tables, fields: defaultTables().fields })).rejects.toMatchObject({ code: 'TABLES_MISMATCH' });
  });

  test('several at once: each table is made by one of them, and none fails', async () => {
    const tables = defaultTables(db.prefix());
    const answers = await Promise.all([1, 2, 3, 4].map(() => createTables(db.client, tables)));
    expect(answers.flatMap((each) => each.created).sort()).toEqual([tables.tasks, tables.closed, tables.retry].sort());
  });

  test('what a crash left out is made the next time', async () => {
    const tables = defaultTables(db.prefix());
    await createTables(db.client, tables);
    await db.client.send(new DeleteTableCommand({ TableName: tables.closed }));
    expect(await createTables(db.client, tables)).toEqual({ created: [tables.closed], existing: [tables.tasks, tables.retry] });
    expect(await ours(tables)).toHaveLength(3);
  });
});

describe('waiting', () => {
  const db = testDynamoDb();
  test('goes on until table and index are active, on the given clock', async () => {
    const time = clock();
    await createTables(
      slowly(db.client, 3, (table) => Object.assign(table, { TableStatus: 'CREATING' })),
      defaultTables(db.prefix()),
      { clock: time },
    );
    expect(time.slept).toEqual([500, 500, 500]);
    const index = (table: Record<string, unknown>) => {
      for (const each of (table['GlobalSecondaryIndexes'] ?? []) as object[]) Object.assign(each, { IndexStatus: 'CREATING' });
    };
    await createTables(slowly(db.client, 2, index), defaultTables(db.prefix()), { clock: time });
    expect(time.slept).toEqual([500, 500, 500, 500, 500]);
  });

  test('ends when patience does', async () => {
    const time = clock();
    const client = slowly(db.client, Number.POSITIVE_INFINITY, (table) => Object.assign(table, { TableStatus: 'CREATING' }));
    await expect(createTables(client, defaultTables(db.prefix()), { clock: time, patience: 2_000 })).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'TABLES_NOT_READY',
      message: expect.stringContaining('sosw_tasks is CREATING'),
    });
    expect(time.slept).toHaveLength(4);
  });
});
