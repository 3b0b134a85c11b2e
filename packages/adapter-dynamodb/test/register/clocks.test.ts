/** DynamoDB has no clock: an entry ends for whoever wrote it before it ends for anybody whose clock is no further ahead than the guard. */
import type { JsonText } from '@reeve/core';
import { expect, it } from 'vitest';
import { GUARD, openTables } from '../fixtures/open.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
const value = '{"holder":"a"}' as JsonText;

it('of two who take an entry for a while, the second has it only when the first knows that it is over', async () => {
  const open = await openTables(db);
  const ahead = { now: () => open.clock.now() + GUARD, sleep: async (): Promise<void> => {} };
  const [holder, other] = [open.store(), open.store({ clock: ahead })];
  const take = (stamp: string) => ({ name: 'leader', value, stamp, expected: null, keep: 10_000 });
  expect((await holder.change([take('a')])).outcomes).toEqual([{ kind: 'written' }]);
  await open.clock.advance(9_999);
  expect((await other.look(['leader'])).entries).toEqual([{ value, stamp: 'a' }]);
  expect((await other.change([take('b')])).outcomes).toEqual([{ kind: 'stale', entry: { value, stamp: 'a' } }]);
  await open.clock.advance(1);
  expect((await other.look(['leader'])).entries).toEqual([undefined]);
  expect((await other.change([{ ...take('b'), expected: 'a' }])).outcomes).toEqual([{ kind: 'stale' }]);
  expect((await other.change([take('b')])).outcomes).toEqual([{ kind: 'written' }]);
});

it('an item of the register is in no index, counts as no task, and is left to the time to live', async () => {
  const open = await openTables(db);
  const store = open.store();
  await store.change([{ name: 'mill', value, stamp: 's', keep: 10_000 }]);
  const row = await open.row('reeve:register:mill');
  expect(row).toMatchObject({ reeve_ttl: { N: String(Math.ceil((open.clock.now() + 10_000 + 2 * GUARD) / 1_000)) } });
  expect(row?.['labourer_id']).toBeUndefined();
  expect(await store.find({ labourer: 'mill', id: 'reeve:register:mill' })).toBeUndefined();
  expect(await store.cancel([{ labourer: 'mill', id: 'reeve:register:mill' }])).toEqual(['unknown']);
});
