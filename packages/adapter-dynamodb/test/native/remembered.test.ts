/** A process remembers for some seconds what it has seen in a lane. Another may have been there meanwhile. */
import { ManualClock } from '@reeve/testkit';
import { expect, it } from 'vitest';
import { createNativeTable, DynamoDbNativeTaskStore } from '../../src/index.ts';
import { ids, ref, request, tasks } from '../fixtures/open.ts';
import { testDynamoDb } from '../tables/server.ts';
import { LATER } from './bench.ts';

const db = testDynamoDb();

it('under a full cap, what another has taken meanwhile is passed over in one claim, however much of it there is', async () => {
  const nativeTable = `${db.prefix()}reeve`;
  await createNativeTable(db.client, nativeTable);
  const clock = new ManualClock(LATER);
  const [one, other] = [0, 1].map(() => new DynamoDbNativeTaskStore({ client: db.client, nativeTable, clock })) as [
    DynamoDbNativeTaskStore,
    DynamoDbNativeTaskStore,
  ];
  const next = async (store: DynamoDbNativeTaskStore): Promise<readonly string[]> => {
    const { leases } = await store.claim(request({ cap: 1, limit: 1 }));
    await store.settle(leases.map((each) => ({ ...ref(each), kind: 'completed' as const })));
    return ids(leases);
  };
  await one.enqueue(tasks(10));
  expect(await next(one)).toEqual(['task-0000']);
  for (let n = 1; n < 8; n += 1) expect(await next(other)).toEqual([`task-000${n}`]);
  expect(await next(one)).toEqual(['task-0008']);
});
