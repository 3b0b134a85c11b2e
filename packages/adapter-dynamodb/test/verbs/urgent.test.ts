/** Tasks that move from one stretch of the index to another as a claim looks. */
import { expect, it } from 'vitest';
import { DELAYED_FROM, digitsOf, grainsOf, URGENT_FROM, WAITING_FROM } from '../../src/codec/greenfield.ts';
import { Layout } from '../../src/rows/layout.ts';
import { rankOf } from '../../src/verbs/candidates.ts';
import { ids, openTables, request, task } from '../fixtures/open.ts';
import { Gate, type Sent, tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();

const isFrom = (sent: Sent, from: bigint): boolean =>
  sent.name === 'Query' &&
  Object.values(sent.input.ExpressionAttributeValues ?? {}).some(({ N }) => N !== undefined && grainsOf(N) === from);

it('one that shows where it waited and where it was put is held once, and has its place', async () => {
  const open = await openTables(db);
  await open.store().enqueue([task('a', { priority: 3, due: open.clock.now() + 1_000 })]);
  await open.clock.advance(1_000);
  const layout = new Layout(open.tables);
  const moved = new Gate();
  const client = tapped(db.client, async (sent, go) => {
    if (isFrom(sent, URGENT_FROM)) await moved.pass();
    const answer = await go();
    if (isFrom(sent, WAITING_FROM)) {
      // Another claim has no use for it just now.
      await open.set('a', { greenfield: { N: digitsOf(rankOf((await open.row('a')) ?? {}, layout)) } });
      moved.open();
    }
    return answer;
  });
  expect(ids((await open.store({ client }).claim(request())).leases)).toEqual(['a']);
  expect(await open.places()).toEqual(['@a~1']);
});

it('one that an operator queues again meanwhile is held once, and has its place', async () => {
  const open = await openTables(db);
  const store = open.store();
  await store.enqueue([task('a', { due: open.clock.now() + 1_000 })]);
  await open.clock.advance(1_000);
  let looks = 0;
  const client = tapped(db.client, async (sent, go) => {
    const answer = await go();
    if (isFrom(sent, DELAYED_FROM) && looks++ === 0) {
      await store.cancel([task('a')]);
      await store.redrive([task('a')]);
    }
    return answer;
  });
  expect(ids((await open.store({ client }).claim(request())).leases)).toEqual(['a']);
  expect(await open.places()).toEqual(['@a~1']);
});
