import type { JsonText, NewTask } from '@reeve/core';
import { dynamoDbServers } from '@reeve/test-servers';
import { checkIntervals, contend } from '@reeve/testkit';
import { describe, expect, it } from 'vitest';
import { createNativeTable, DynamoDbNativeTaskStore } from '../../src/index.ts';
import { testDynamoDb } from '../tables/server.ts';

const script = new URL('contender.mjs', import.meta.url);
const env = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

describe.each(await dynamoDbServers())('on $name', (server) => {
  const db = testDynamoDb({ server });

  it.each([1, 5, 40])('gives each task once and keeps to a cap of %i when four processes race', async (cap) => {
    const nativeTable = `${db.prefix()}reeve`;
    await createNativeTable(db.client, nativeTable);
    const store = new DynamoDbNativeTaskStore({ client: db.client, nativeTable, capOf: () => cap });
    const payload = '{}' as JsonText;
    // Half of them by ids of the store's own.
    const tasks = Array.from({ length: 150 }, (_, n): NewTask => {
      const own = n % 2 === 0 ? store.newId({ labourer: 'mill' }) : undefined;
      return { labourer: 'mill', id: own ?? `task-${n}`, payload };
    });
    await store.enqueue(tasks);
    const intervals = await contend({ script, processes: 4, args: [db.url, nativeTable, String(cap)], env });
    const ids = tasks.map(({ id }) => id);
    const report = checkIntervals(intervals, cap, ids);
    expect(report).toMatchObject({ overCap: false, doubles: [], losses: [] });
    expect(intervals).toHaveLength(tasks.length);
    expect(await store.census(['mill'])).toEqual([{ due: 0, waiting: 0, running: 0, expired: 0 }]);
  });
});
