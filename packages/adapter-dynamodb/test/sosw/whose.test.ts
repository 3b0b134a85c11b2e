/** Reports that name a task and no attempt. */
import { beforeEach, expect, it } from 'vitest';
import { first, GUARD, LEASE, type Open, openTables, ref, request, soswRow, task } from '../fixtures/open.ts';
import { Gate, idIn, tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
let open: Open;
beforeEach(async () => {
  open = await openTables(db);
});

/** What sosw's Orchestrator does to a row. */
const put = async (id: string): Promise<void> => {
  const now = open.clock.now();
  await open.put(open.tables.tasks, soswRow(id, now - 1_000));
  await open.set(id, { greenfield: { N: String(now / 1_000 + open.tables.invocationDelta) }, attempts: { N: '1' } });
};

it("a task of ours is its labourer's, whatever it does, and nothing is changed", async () => {
  const store = open.store();
  await store.enqueue([task('a')]);
  expect(await store.whose('a')).toBe('mill');
  const lease = first((await store.claim(request())).leases);
  const running = await open.row('a');
  expect(await store.whose('a')).toBe('mill');
  expect(await open.row('a')).toEqual(running);
  await store.settle([{ ...ref(lease), kind: 'completed' }]);
  expect(await store.whose('a')).toBe('mill');
});

it("what nobody knows is nobody's, and stays so", async () => {
  const store = open.store();
  for (const id of ['a', '', 'reeve:places:mill:0']) expect(await store.whose(id)).toBeUndefined();
  expect(await open.row('a')).toBeUndefined();
});

it('a task that a sosw has invoked has a place and an attempt from then on, which can be reported on', async () => {
  await put('a');
  const store = open.store();
  expect(await store.find({ labourer: 'mill', id: 'a' })).toMatchObject({ state: 'running', token: '' });
  expect(await store.whose('a')).toBe('mill');
  const running = await store.find({ labourer: 'mill', id: 'a' });
  if (running?.state !== 'running') throw new Error('it runs');
  expect(await open.places()).toEqual(['@a~1']);
  expect(await store.settle([{ labourer: 'mill', id: 'a', token: running.token, kind: 'completed' }])).toEqual(['applied']);
  expect(await open.places()).toEqual([]);
  expect(await open.closed('a')).toMatchObject({ labourer_id_task_status: { S: 'mill_1' } });
});

it('two who ask at once leave one place and one lease', async () => {
  await put('a');
  const gate = new Gate();
  const slow = open.store({
    client: tapped(db.client, async (sent, go) => {
      if (sent.name === 'UpdateItem' && idIn(sent) === 'a') await gate.pass();
      return go();
    }),
  });
  const late = slow.whose('a');
  await gate.arrived;
  expect(await open.store().whose('a')).toBe('mill');
  gate.open();
  expect(await late).toBe('mill');
  expect(await open.places()).toEqual(['@a~1']);
});

it('one whose time is over there can still be reported on until it is reaped', async () => {
  await put('a');
  await open.clock.advance(1_200_000 + LEASE + GUARD);
  const store = open.store();
  await store.whose('a');
  const running = await store.find({ labourer: 'mill', id: 'a' });
  if (running?.state !== 'running') throw new Error('it runs');
  expect(await store.settle([{ labourer: 'mill', id: 'a', token: running.token, kind: 'completed' }])).toEqual(['applied']);
});
