/** Keys over several groups of the ledger, over processes, and behind more tasks than one claim looks at. The kit has the rest. */
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { NewTask } from '@reeve/core';
import { beforeEach, expect, it } from 'vitest';
import type { DynamoDbTaskStore } from '../../src/dynamodb-task-store.ts';
import { KeyLimits } from '../../src/ledger/key-limits.ts';
import type { Candidate } from '../../src/verbs/look.ts';
import { choose } from '../../src/verbs/turns.ts';
import { first, GUARD, ids, LEASE, type Open, openTables, ref, request, soswRow, task, tasks } from '../fixtures/open.ts';
import { Gate, idIn, isGroup, names, type Sent, tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
let open: Open;
beforeEach(async () => {
  open = await openTables(db);
});

/** A cap of three groups, with as many places in each. */
const CAP = 42;
const keyed = (count: number, key: string): readonly NewTask[] => tasks(count).map((each) => ({ ...each, id: `${key}-${each.id}`, key }));
const claim = (store: DynamoDbTaskStore, perKey: number, more: Parameters<typeof request>[0] = {}) =>
  store.claim(request({ cap: CAP, limit: 10, perKey, ...more }));
const taken = async (...args: Parameters<typeof claim>): Promise<readonly string[]> => ids((await claim(...args)).leases);
const groupsOf = async (names: readonly string[]): Promise<ReadonlySet<string | undefined>> =>
  new Set(await Promise.all(names.map(async (id) => (await open.row(id))?.['reeve_g']?.N)));

/** A store that looks for room in another group than a new one does: it has claimed before. */
const elsewhere = async (options: Parameters<Open['store']>[0] = {}): Promise<DynamoDbTaskStore> => {
  const store = open.store(options);
  await store.enqueue([task('elsewhere', { labourer: 'elsewhere' })]);
  await store.claim(request({ labourer: 'elsewhere', cap: CAP }));
  return store;
};

/** Held back before it takes places, of which it has counted how many are free. */
const heldBack = (gate: Gate): { readonly client: typeof db.client } => ({
  client: tapped(db.client, async (sent, go) => {
    if (sent.name === 'UpdateItem' && idIn(sent).startsWith('reeve:places:mill:') && names(sent, 'reeve_by')) await gate.pass();
    return go();
  }),
});

it('who takes a place after another took the last of its key in another group, unseen, gives it back', async () => {
  const store = open.store();
  await store.enqueue(keyed(2, 'a'));
  const gate = new Gate();
  const late = claim(open.store(heldBack(gate)), 1);
  await gate.arrived;
  // It has the first turn, so this is not a race for one task.
  await store.enqueue([task('urgent', { key: 'a', priority: 9 })]);
  expect(await taken(await elsewhere(), 1)).toEqual(['urgent']);
  expect(await groupsOf(['urgent'])).toEqual(new Set(['1']));
  gate.open();
  expect((await late).leases).toEqual([]);
  expect(await open.places()).toEqual(['@urgent~1']);
});

it.each([1, 2])('two that count at once, and take in different groups, have no more than %i of a key together', async (perKey) => {
  const store = open.store();
  await store.enqueue([...keyed(6, 'a'), ...keyed(6, 'b')]);
  const gates = [new Gate(), new Gate()] as const;
  const [one, other] = [open.store(heldBack(gates[0])), await elsewhere(heldBack(gates[1]))];
  void Promise.all(gates.map(({ arrived }) => arrived)).then(() => {
    for (const gate of gates) gate.open();
  });
  const both = (await Promise.all([claim(one, perKey), claim(other, perKey)])).flatMap(({ leases }) => ids(leases));
  for (const key of ['a', 'b']) expect(both.filter((id) => id.startsWith(key)).length).toBeLessThanOrEqual(perKey);
  // What was given back is free.
  const all = [...both, ...(await taken(store, perKey))];
  for (const key of ['a', 'b']) expect(all.filter((id) => id.startsWith(key))).toHaveLength(perKey);
  expect((await open.places()).length).toBe(2 * perKey);
});

it('a key is counted over all groups', async () => {
  const store = open.store();
  await store.enqueue(keyed(12, 'a'));
  const some: string[] = [];
  for (let n = 0; n < 6; n += 1) some.push(...(await taken(store, 6, { limit: 1 })));
  expect((await groupsOf(some)).size).toBe(3);
  expect(await taken(open.store(), 6)).toEqual([]);
  expect(await taken(open.store(), 7)).toHaveLength(1);
});

it('a renewal that was held up does not put off a place that was counted as free in another group', async () => {
  await open.store().enqueue(keyed(3, 'a'));
  const gate = new Gate();
  const slow = open.store({
    client: tapped(db.client, async (sent, go) => {
      if (sent.name === 'UpdateItem' && isGroup(sent) && !names(sent, 'reeve_by')) await gate.pass();
      return go();
    }),
  });
  const lease = first((await claim(open.store(), 1)).leases);
  const renewed = slow.renew([{ ...ref(lease), lease: 10 * LEASE }]);
  await gate.arrived;
  await open.clock.advance(LEASE + GUARD);
  const next = await taken(await elsewhere(), 1);
  expect([...(await groupsOf([lease.id])), ...(await groupsOf(next))]).toEqual(['0', '1']);
  gate.open();
  expect(await renewed).toEqual([{ kind: 'stale' }]);
  expect(await taken(open.store(), 1)).toEqual([]);
});

it('a place that another took while those that have ended were to be marked is not written over', async () => {
  await open.store().enqueue(keyed(3, 'a'));
  await claim(open.store(), 1);
  await open.clock.advance(LEASE + GUARD);
  const gate = new Gate();
  const late = claim(open.store(heldBack(gate)), 2);
  await gate.arrived;
  expect(await taken(open.store(), 2, { limit: 1 })).toEqual(['a-task-0001']);
  gate.open();
  expect(ids((await late).leases)).toEqual(['a-task-0002']);
  expect(await open.places()).toEqual(['@a-task-0000~1', '@a-task-0001~1', '@a-task-0002~1']);
});

it('a place keeps its key through renewals, further off and nearer', async () => {
  const store = open.store();
  await store.enqueue(keyed(3, 'a'));
  const lease = first((await claim(store, 1)).leases);
  for (const length of [5 * LEASE, 2 * LEASE, 9 * LEASE]) {
    expect(await store.renew([{ ...ref(lease), lease: length }])).toMatchObject([{ kind: 'renewed' }]);
    expect(await taken(open.store(), 1)).toEqual([]);
  }
  expect(await store.settle([{ ...ref(lease), kind: 'completed' }])).toEqual(['applied']);
  expect(await taken(open.store(), 1)).toHaveLength(1);
});

it('a task of a key that a sosw has invoked counts', async () => {
  const key = { reeve_key: { S: 'a' } };
  await open.put(open.tables.tasks, soswRow('sosw', open.clock.now() - 1_000, key));
  await open.set('sosw', { greenfield: { N: String(open.clock.now() / 1_000 + open.tables.invocationDelta) }, attempts: { N: '1' } });
  const store = open.store({ lookForSosw: 0 });
  await store.enqueue(keyed(2, 'a'));
  await store.maintain(['mill']);
  expect(await taken(store, 1)).toEqual([]);
  expect(await taken(store, 2)).toHaveLength(1);
});

it('keys hold though the mark that says there are any is not there yet', async () => {
  const store = open.store();
  await store.enqueue(keyed(5, 'a'));
  await db.client.send(
    new UpdateItemCommand({
      TableName: open.tables.tasks,
      Key: { task_id: { S: 'reeve:places:mill:0' } },
      UpdateExpression: 'REMOVE reeve_keyed',
    }),
  );
  const room = { of: new Map([['a', 1]]), others: 1 };
  expect(ids((await open.store().claim(request({ cap: CAP, room }))).leases)).toEqual(['a-task-0000']);
  expect(await taken(open.store(), 3)).toHaveLength(2);
});

/** A store that notes what it asks, and how many rows the index showed it. */
const noting = (sent: Sent[], shown: number[] = []): DynamoDbTaskStore =>
  open.store({
    client: tapped(db.client, async (request, go) => {
      sent.push(request);
      const answer = await go();
      if (request.name === 'Query') shown.push((answer as { readonly Items?: readonly unknown[] }).Items?.length ?? 0);
      return answer;
    }),
  });

it('a labourer without keys pays nothing for a claim that would count them', async () => {
  await open.store().enqueue(tasks(6));
  const requests = async (more: Parameters<typeof request>[0]): Promise<readonly string[]> => {
    const sent: Sent[] = [];
    await noting(sent).claim(request({ cap: CAP, limit: 3, ...more }));
    return sent.map(({ name, input }) => `${name} ${input.Limit ?? ''}`).sort();
  };
  await requests({ limit: 1 });
  expect(await requests({ limit: 2, perKey: 1 })).toEqual(await requests({ limit: 2 }));
});

it('a key behind more tasks of a full one than a claim looks at is met, by whatever process, and each claim looks at so many', async () => {
  const store = open.store();
  await store.enqueue(keyed(1_300, 'a'));
  await store.enqueue(keyed(1, 'b'));
  const shown: number[] = [];
  const found: string[] = [];
  let claims = 0;
  for (; !found.some((id) => id.startsWith('b')) && claims < 4; claims += 1) found.push(...(await taken(noting([], shown), 1)));
  expect(found).toEqual(['a-task-0000', 'b-task-0000']);
  expect(claims).toBe(2);
  expect(shown.reduce((sum, each) => sum + each, 0) / claims).toBeLessThan(1_050);
});

it('with as many keys that are free as are wanted, no more is looked at', async () => {
  const store = open.store();
  await store.enqueue(tasks(200).map((each, n) => ({ ...each, key: `key-${n}` })));
  const shown: number[] = [];
  expect(await taken(noting([], shown), 1, { limit: 3 })).toEqual(ids(tasks(3)));
  expect(shown.reduce((sum, each) => sum + each, 0)).toBeLessThan(10);
});

it('only full keys are due: nobody is told to wait for what comes later', async () => {
  const store = open.store();
  await store.enqueue([...keyed(2, 'a'), task('later', { due: open.clock.now() + 50_000 })]);
  await claim(store, 1);
  const answer = await claim(store, 1);
  expect(answer.leases).toEqual([]);
  expect(answer.nextDueIn ?? 0).toBe(0);
  await open.clock.advance(30_000);
  await claim(store, 1);
  expect(await store.labourersWithDue(['mill'])).toEqual(new Set(['mill']));
});

it('thousands of keys have their turns in no time', () => {
  const limits = KeyLimits.of({ perKey: 2 }) as KeyLimits;
  const found = Array.from({ length: 5_000 }, (_, n): Candidate => ({ tag: `#${n % 2_500}`, id: `${n}` }) as Candidate);
  expect(ids(choose(found, 4_000, { limits, running: new Map([['#1', 1]]) })).slice(0, 3)).toEqual(['0', '2', '3']);
});
