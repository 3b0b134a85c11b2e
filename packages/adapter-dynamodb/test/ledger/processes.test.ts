/** Processes of their own race for one labourer's tasks. */
import { systemClock } from '@reeve/core';
import { checkIntervals, contend } from '@reeve/testkit';
import { expect, it } from 'vitest';
import { defaultTables } from '../../src/config/greenfield-tables.ts';
import { DynamoDbTaskStore } from '../../src/dynamodb-task-store.ts';
import { createTables } from '../../src/tables/create-tables.ts';
import { ids, tasks } from '../fixtures/open.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
const script = new URL('../fixtures/contender.mjs', import.meta.url);
const env = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

it.each([
  { cap: 1, limit: 1, count: 25, processes: 3 },
  { cap: 7, limit: 3, count: 80, processes: 3 },
  { cap: 40, limit: 15, count: 240, processes: 4 },
])('$processes processes under a cap of $cap give each of $count tasks once', async ({ cap, limit, count, processes }) => {
  const prefix = db.prefix();
  const tables = defaultTables(prefix);
  await createTables(db.client, tables);
  const store = new DynamoDbTaskStore({ client: db.client, tables, clock: systemClock });
  const all = tasks(count);
  await store.enqueue(all);
  const intervals = await contend({ script, processes, args: [db.url, prefix, String(cap), String(limit)], env });
  expect(checkIntervals(intervals, cap, ids(all))).toMatchObject({ overCap: false, doubles: [], losses: [] });
  expect(intervals).toHaveLength(count);
  expect(new Set(intervals.map(({ outcome }) => outcome))).toEqual(new Set(['applied']));
  expect(await store.census(['mill'])).toEqual([{ due: 0, waiting: 0, running: 0, expired: 0 }]);
});
