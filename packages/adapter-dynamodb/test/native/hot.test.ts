import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type JsonText, refOf } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { expect, it } from 'vitest';
import type { Row } from '../../src/client/requests.ts';
import { createNativeTable, DynamoDbNativeTaskStore } from '../../src/index.ts';
import { clientOf, testDynamoDb } from '../tables/server.ts';
import { LATER } from './bench.ts';

const db = testDynamoDb();
const labourer = 'thumbnails';
/** What DynamoDB takes for one item, or one partition, in a second. */
const MOST = 1_000;
const STARTS = 2_000;

/** Write units by item and by partition key; of a write that finds another was first as well, though it is not told what it consumed. */
const meter = (client: DynamoDBClient) => {
  const items = new Map<string, number>();
  const partitions = new Map<string, number>();
  const add = (sums: Map<string, number>, key: string, units: number) => sums.set(key, (sums.get(key) ?? 0) + units);
  const note = (key: Row, units: number): void => {
    add(items, `${key['pk']?.S} ${key['sk']?.S}`, units);
    add(partitions, key['pk']?.S ?? '', units);
  };
  let lost = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      const input = args.input as { Key?: Row; Item?: Row; ReturnConsumedCapacity?: string };
      input.ReturnConsumedCapacity = 'INDEXES';
      const key = input.Item ?? ('UpdateExpression' in input ? input.Key : undefined);
      try {
        const answer = await next(args);
        const { ConsumedCapacity } = answer.output as { readonly ConsumedCapacity?: { readonly CapacityUnits?: number } };
        if (key) note(key, ConsumedCapacity?.CapacityUnits ?? 0);
        return answer;
      } catch (error) {
        if (key && error instanceof ConditionalCheckFailedException) {
          lost += 1;
          note(key, 1);
        }
        throw error;
      }
    },
    { step: 'initialize', name: 'meter' },
  );
  const hottest = (sums: Map<string, number>) => [...sums].reduce((a, b) => (b[1] > a[1] ? b : a));
  return {
    hottest: () => ({ item: hottest(items), partition: hottest(partitions) }),
    total: () => [...items.values()].reduce((a, b) => a + b, 0),
    lost: () => lost,
  };
};

/** Processes in step with each other: whatever one sees the others see as well. @returns units of the hottest item and partition, and for a task */
const rush = async (processes: number) => {
  const clock = new ManualClock(LATER);
  const nativeTable = `${db.prefix()}reeve`;
  await createNativeTable(db.client, nativeTable);
  const client = clientOf(db.url);
  const storeOf = () => new DynamoDbNativeTaskStore({ client, nativeTable, clock, capOf: () => 400 });
  const stores = Array.from({ length: processes }, storeOf);
  const limit = 100 / processes;
  await stores[0]?.claim({ labourer, token: 'first', cap: 400, limit: 1, lease: 60_000 }); // decides how many lanes and groups there are
  const units = meter(client);
  let started = 0;
  for (let token = 0; started < STARTS; token += 1) {
    const play = async (store: DynamoDbNativeTaskStore, n: number): Promise<void> => {
      const tasks = Array.from({ length: limit }, () => ({
        labourer,
        id: store.newId({ labourer }) ?? '',
        payload: '{"text":"x"}' as JsonText,
      }));
      await store.enqueue(tasks);
      const { leases } = await store.claim({ labourer, token: `t${token}-${n}`, cap: 400, limit, lease: 60_000 });
      await Promise.all(leases.map((each) => store.settle([{ ...refOf(each), kind: 'completed' }])));
      started += leases.length;
    };
    await Promise.all(stores.map(play));
    await clock.advance(1_000 / (STARTS / 100));
  }
  client.destroy();
  const { item, partition } = units.hottest();
  const each = units.total() / started;
  const figures = `hottest item ${item.join(': ')}, hottest partition ${partition.join(': ')} write units; ${each} for a task; ${units.lost()} lost races of ${started}`;
  return { item: item[1], partition: partition[1], each, figures };
};

it(`starts and ends ${STARTS} tasks of one labourer in a second without an item or a partition that is too hot`, async () => {
  const { item, partition, each, figures } = await rush(1);
  expect(item, figures).toBeLessThan(MOST / 4);
  expect(partition, figures).toBeLessThan(MOST);
  expect(each, figures).toBeLessThan(4.5);
});

it("four processes in step get in each other's way, and no item is too hot", async () => {
  const { item, figures } = await rush(4);
  expect(item, figures).toBeLessThan(MOST / 2);
});
