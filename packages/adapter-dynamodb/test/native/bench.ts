import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { EpochMs, TaskKey } from '@reeve/core';
import { type BenchOptions, ManualClock, type WholeBench } from '@reeve/testkit';
import { createNativeTable, DynamoDbNativeTaskStore } from '../../src/index.ts';
import { homeInId } from '../../src/native/codec/home-key.ts';
import { homeInGuard } from '../../src/native/enqueue/guard.ts';
import { addressKey, homeKey } from '../../src/native/keys.ts';
import { clientOf, type TestDynamoDb } from '../tables/server.ts';
import { OwnIds, withOwnIds } from './own-ids.ts';

/** A server drops what has expired by its own clock, guards included: so the time of the tests is ahead of it. */
export const LATER: EpochMs = Date.UTC(2100, 0, 4, 12);

/** Spoils a home as another program might: the payload as a map. */
const plantBroken = async (client: DynamoDBClient, table: string, { id }: TaskKey): Promise<void> => {
  const guard = await client.send(new GetItemCommand({ TableName: table, Key: { ...addressKey(id) }, ConsistentRead: true }));
  const home = homeInId(id) ?? homeInGuard(guard.Item ?? {});
  await client.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { ...homeKey(home) },
      UpdateExpression: 'SET pay = :broken',
      ExpressionAttributeValues: { ':broken': { M: { key: { S: 'cat.jpg' } } } },
    }),
  );
};

/** @param hasOwnIds tasks go by ids that the store makes, as they do if their authors give them none */
export const openNativeBench = async (
  { url, prefix }: TestDynamoDb,
  options: BenchOptions = {},
  hasOwnIds: boolean = false,
): Promise<WholeBench> => {
  const clock = new ManualClock(LATER);
  const nativeTable = `${prefix()}reeve`;
  const clients = [clientOf(url), clientOf(url)] as const;
  await createNativeTable(clients[0], nativeTable);
  const ids = new OwnIds();
  const [store, peer] = clients.map((client) => {
    const one = new DynamoDbNativeTaskStore({ client, nativeTable, clock, ...options });
    return hasOwnIds ? withOwnIds(one, ids) : one;
  });
  return {
    store: store!,
    peer: peer!,
    clock,
    plantBroken: ({ labourer, id }) => plantBroken(clients[0], nativeTable, { labourer, id: ids.idOf(id) }),
    dispose: async () => {
      for (const client of clients) client.destroy();
    },
  };
};
