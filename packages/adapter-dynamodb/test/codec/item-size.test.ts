import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { canStartDynamoDbLocalJar } from '@reeve/test-servers';
import { beforeAll, describe, expect, test } from 'vitest';
import { itemSize, MAX_ITEM_SIZE } from '../../src/codec/item-size.ts';
import { testDynamoDb } from '../tables/server.ts';

test('names and values, as the rules say', () => {
  const sizes = (value: Parameters<typeof itemSize>[0][string]) => itemSize({ '': value });
  expect(itemSize({ name: { S: 'value' } })).toBe(9);
  expect(sizes({ S: 'ž🐎' })).toBe(6);
  expect(sizes({ B: new Uint8Array(7) })).toBe(7);
  expect([sizes({ BOOL: false }), sizes({ NULL: true })]).toEqual([1, 1]);
  expect([sizes({ L: [] }), sizes({ M: {} })]).toEqual([3, 3]);
  expect(sizes({ L: [{ S: 'ab' }, { BOOL: true }] })).toBe(3 + 3 + 2);
  expect(sizes({ M: { key: { S: 'ab' }, k: { L: [] } } })).toBe(3 + (1 + 3 + 2) + (1 + 1 + 3));
  expect([sizes({ SS: ['ab', 'c'] }), sizes({ NS: ['1', '23'] }), sizes({ BS: [new Uint8Array(3)] })]).toEqual([3, 4, 3]);
});

test('a number by its significant digits', () => {
  const size = (N: string) => itemSize({ '': { N } });
  expect(['0', '0.000', '1', '12', '123', '1234', '-1', '-1234'].map(size)).toEqual([1, 1, 2, 2, 3, 3, 3, 4]);
  expect(['12.34', '123.4', '0.123', '0.0123'].map(size)).toEqual([3, 4, 3, 3]); // pairs: 12 34, 1 23 40, .12 30, .01 23
  expect(['1000000', '100', '1e125', '0.0001'].map(size)).toEqual([2, 2, 2, 2]);
  expect(size('9.9999999999999999999999999999999999999e125')).toBeLessThanOrEqual(21);
});

describe.each([{ jar: false }, ...((await canStartDynamoDbLocalJar()) ? [{ jar: true }] : [])])(
  'at the limit (DynamoDB Local: $jar)',
  ({ jar }) => {
    const db = testDynamoDb({ jar });
    let table = '';
    beforeAll(async () => {
      table = db.prefix();
      await db.client.send(
        new CreateTableCommand({
          TableName: table,
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
        }),
      );
    });
    /** An item of so many bytes, with something of everything in it. */
    const itemOf = (size: number) => {
      const item = {
        id: { S: 'x' },
        created_at: { N: '1795420800.25' },
        odd: { N: '179542080.25' },
        small: { N: '-0.0123' },
        stat_m: { M: { a: { L: [{ BOOL: true }, { NULL: true }] }, ž: { S: '🐎' } } },
        payload: { S: '' },
      };
      item.payload.S = 'p'.repeat(size - itemSize(item));
      return item;
    };
    test.each([
      [MAX_ITEM_SIZE - 1, 'taken'],
      [MAX_ITEM_SIZE, 'taken'],
      [MAX_ITEM_SIZE + 1, 'refused'],
    ])('%d bytes are %s', async (size, outcome) => {
      expect(itemSize(itemOf(size))).toBe(size);
      const put = await db.client.send(new PutItemCommand({ TableName: table, Item: itemOf(size) })).then(
        () => 'taken',
        (error: Error) => (/size/i.test(error.message) ? 'refused' : error.message),
      );
      expect(put).toBe(outcome);
    });
  },
);
