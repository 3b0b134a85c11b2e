import { CreateTableCommand, DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { dynamoDbServers } from '@reeve/test-servers';
import { describe, expect, it } from 'vitest';
import { createNativeTable, DynamoDbNativeTaskStore, verifyNativeTable } from '../../src/index.ts';
import { testDynamoDb } from '../tables/server.ts';

describe.each(await dynamoDbServers())('on $name', (server) => {
  const db = testDynamoDb({ server });

  it('makes the table, without an index, and turns on the expiry of what has ended', async () => {
    const table = `${db.prefix()}reeve`;
    expect(await createNativeTable(db.client, table)).toEqual({ created: [table], existing: [] });
    const { Table } = await db.client.send(new DescribeTableCommand({ TableName: table }));
    expect(Table).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
    expect(Table?.GlobalSecondaryIndexes ?? []).toEqual([]);
    const { TimeToLiveDescription } = await db.client.send(new DescribeTimeToLiveCommand({ TableName: table }));
    expect(TimeToLiveDescription?.AttributeName).toBe('ttl');
    expect(await createNativeTable(db.client, table)).toEqual({ created: [], existing: [table] });
    expect(await verifyNativeTable(db.client, table)).toEqual({ notes: [] });
  });

  it('complains of a table that is not there, of one that is another, and of ends that never expire', async () => {
    const table = `${db.prefix()}other`;
    const missing = verifyNativeTable(db.client, table);
    await expect(missing).rejects.toMatchObject({ code: 'TABLES_MISMATCH' });
    await expect(missing).rejects.toThrow(`${table}: there is no such table`);
    const make = (TableName: string, sort: string) =>
      db.client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: ['pk', sort].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: sort, KeyType: 'RANGE' },
          ],
        }),
      );
    await make(table, 'rk');
    await expect(verifyNativeTable(db.client, table)).rejects.toThrow('its sort key is rk (S), expected sk (S)');
    const plain = `${db.prefix()}plain`;
    await make(plain, 'sk');
    const { notes } = await verifyNativeTable(db.client, plain);
    expect(notes).toEqual([`${plain}: its time to live is off, so ended rows stay until somebody deletes them; turn it on for ttl`]);
  });

  it('does at the start what it is told to', async () => {
    const nativeTable = `${db.prefix()}start`;
    const start = (atStart: 'create' | 'verify' | 'trust') =>
      new DynamoDbNativeTaskStore({ client: db.client, nativeTable, atStart }).start();
    await start('trust');
    await expect(start('verify')).rejects.toMatchObject({ code: 'TABLES_MISMATCH' });
    await start('create');
    await start('verify');
  });
});
