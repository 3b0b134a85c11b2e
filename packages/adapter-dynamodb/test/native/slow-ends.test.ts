/** Ends of what was queued are written down before they come about. What if whoever writes them is slow. */
import { MINUTE, type Retention } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { beforeEach, expect, it } from 'vitest';
import { createNativeTable, DynamoDbNativeTaskStore } from '../../src/index.ts';
import { ids, json, task } from '../fixtures/open.ts';
import { Gate, tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';
import { LATER } from './bench.ts';

const db = testDynamoDb();
let clock: ManualClock;
let store: DynamoDbNativeTaskStore;
let slow: DynamoDbNativeTaskStore;
/** Before the write that ends a home. */
let gate: Gate;
beforeEach(async () => {
  clock = new ManualClock(LATER);
  const nativeTable = `${db.prefix()}reeve`;
  await createNativeTable(db.client, nativeTable);
  gate = new Gate();
  store = new DynamoDbNativeTaskStore({ client: db.client, nativeTable, clock });
  const client = tapped(db.client, async ({ name, input }, go) => {
    if (name === 'UpdateItem' && Object.values(input.ExpressionAttributeValues ?? {}).some(({ S }) => S === 'cancelled')) await gate.pass();
    return go();
  });
  slow = new DynamoDbNativeTaskStore({ client, nativeTable, clock });
});

const one = { labourer: 'mill', id: 'one' };
/** Cancels it, and does something before the end comes about. */
const cancel = async (meanwhile: () => Promise<unknown>): Promise<void> => {
  const cancelling = slow.cancel([one]);
  await gate.arrived;
  await meanwhile();
  gate.open();
  expect(await cancelling).toEqual(['cancelled']);
};
const listed = async (): Promise<readonly string[]> => ids((await store.list({ labourer: 'mill', state: 'cancelled', limit: 10 })).tasks);

it.each<Retention>([{ others: { count: 0 } }, { others: { age: 0 } }])(
  '%j: one that was looked for too early is forgotten later',
  async (own) => {
    await store.enqueue([task('one')]);
    const forget = () => store.maintain(['mill'], new Map([['mill', own]]));
    await cancel(async () => {
      await clock.advance(3_000);
      await forget();
    });
    expect(await listed()).toEqual(['one']);
    await clock.advance(3_000);
    await forget();
    expect(await store.find(one)).toBeUndefined();
    expect(await listed()).toEqual([]);
  },
);

it('one that took so long that its item in the outbox was taken for one which leads nowhere is in the outbox', async () => {
  await store.enqueue([task('one', { follow: json('["after"]') })]);
  await cancel(async () => {
    await clock.advance(6 * MINUTE);
    expect(await store.outbox(['mill'], 10)).toEqual([]);
  });
  expect(ids(await store.outbox(['mill'], 10))).toEqual(['one']);
});

it('one that took so long that its item of history was dropped is listed', async () => {
  await store.enqueue([task('one')]);
  await cancel(async () => {
    await clock.advance(6 * MINUTE);
    await store.maintain(['mill'], new Map([['mill', { others: { count: 0 } }]]));
  });
  expect(await listed()).toEqual(['one']);
});
