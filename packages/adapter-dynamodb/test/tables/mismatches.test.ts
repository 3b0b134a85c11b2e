import type { TableDescription } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { defaultTables } from '../../src/config/greenfield-tables.ts';
import { tableDefinitions } from '../../src/tables/definitions.ts';
import { mismatches } from '../../src/tables/mismatches.ts';

// What no local server shows: states in between.
const [tasks] = tableDefinitions(defaultTables());
const table = (status: TableDescription['TableStatus'], index: 'CREATING' | 'UPDATING' | 'ACTIVE'): TableDescription => ({
  TableStatus: status,
  AttributeDefinitions: [
    { AttributeName: 'task_id', AttributeType: 'S' },
    { AttributeName: 'labourer_id', AttributeType: 'S' },
    { AttributeName: 'greenfield', AttributeType: 'N' },
  ],
  KeySchema: [{ AttributeName: 'task_id', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'sosw_tasks_greenfield',
      IndexStatus: index,
      KeySchema: [
        { AttributeName: 'labourer_id', KeyType: 'HASH' },
        { AttributeName: 'greenfield', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
});

test('a table and an index that are being changed can be used, one that is being made cannot', () => {
  expect(mismatches(tasks!, table('ACTIVE', 'ACTIVE'))).toEqual([]);
  expect(mismatches(tasks!, table('UPDATING', 'UPDATING'))).toEqual([]);
  expect(mismatches(tasks!, table('CREATING', 'CREATING'))).toEqual([
    'sosw_tasks: it is CREATING, not ACTIVE',
    'sosw_tasks, index sosw_tasks_greenfield: it is CREATING, not ACTIVE',
  ]);
  expect(mismatches(tasks!, table('DELETING', 'ACTIVE'))).toEqual(['sosw_tasks: it is DELETING, not ACTIVE']);
});
