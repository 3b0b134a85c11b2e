/** Caps that change, and processes that do not agree about them. */
import { beforeEach, expect, it } from 'vitest';
import type { DynamoDbTaskStore } from '../../src/dynamodb-task-store.ts';
import { first, GUARD, ids, LEASE, type Open, openTables, ref, request, tasks } from '../fixtures/open.ts';
import { Gate, isGroup, names, tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
let open: Open;
beforeEach(async () => {
  open = await openTables(db);
});

const running = async (store: DynamoDbTaskStore): Promise<number> => first(await store.census(['mill'])).running;

it.each([1, 2, 7, 16, 17, 40, 100])('gives exactly %i places, in however many groups', async (cap) => {
  const store = open.store();
  await store.enqueue(tasks(cap + 5));
  const { leases } = await store.claim(request({ cap, limit: 200 }));
  expect(leases).toHaveLength(cap);
  expect(new Set(ids(leases)).size).toBe(cap);
  expect((await open.store().claim(request({ cap, limit: 200 }))).leases).toEqual([]);
  expect(await open.places()).toHaveLength(cap);
});

it('a cap that is lowered stops claims until so few run, and one that is raised gives more at once', async () => {
  const [store, peer] = [open.store(), open.store()];
  await store.enqueue(tasks(100));
  const { leases } = await store.claim(request({ cap: 40, limit: 40 }));
  expect(leases).toHaveLength(40);
  expect((await peer.claim(request({ cap: 7, limit: 40 }))).leases).toEqual([]);
  await store.settle(leases.slice(0, 34).map((each) => ({ ...ref(each), kind: 'completed' as const })));
  expect((await peer.claim(request({ cap: 7, limit: 40 }))).leases).toHaveLength(1);
  expect((await store.claim(request({ cap: 100, limit: 200 }))).leases).toHaveLength(59);
  expect(await running(store)).toBe(66);
});

it('ended tasks of any group make room under a lowered cap, to the last place', async () => {
  const store = open.store();
  await store.enqueue(tasks(100));
  const { leases } = await store.claim(request({ cap: 48, limit: 48 }));
  for (let left = 42; left >= 0; left -= 6) {
    await store.settle(leases.slice(left, left + 6).map((each) => ({ ...ref(each), kind: 'completed' as const })));
    const more = (await store.claim(request({ cap: 30, limit: 1 }))).leases;
    expect(more.length, `${left} run`).toBe(left < 30 ? 1 : 0);
    await store.settle(more.map((each) => ({ ...ref(each), kind: 'released' as const })));
  }
});

/** Two stores whose claims count the places before either of them takes any. */
const twoAtOnce = (): readonly [DynamoDbTaskStore, DynamoDbTaskStore] => {
  const gates = [new Gate(), new Gate()] as const;
  const at = (own: Gate): DynamoDbTaskStore =>
    open.store({
      client: tapped(db.client, async (sent, go) => {
        if (sent.name === 'UpdateItem' && isGroup(sent) && names(sent, 'reeve_by')) await own.pass();
        return go();
      }),
    });
  void Promise.all(gates.map(({ arrived }) => arrived)).then(() => {
    for (const gate of gates) gate.open();
  });
  return [at(gates[0]), at(gates[1])];
};

it('two that count at once under a lowered cap do not both take the last place', async () => {
  const store = open.store();
  await store.enqueue(tasks(60));
  const { leases } = await store.claim(request({ cap: 40, limit: 40 }));
  // One group has 14, the others have 12 each: under a cap of 39 there is room for one, in either of two.
  const groupOf = async (id: string): Promise<string | undefined> => (await open.row(id))?.['reeve_g']?.N;
  const groups = await Promise.all(leases.map(async (each) => ({ each, group: await groupOf(each.id) })));
  const some = ['1', '2'].map((group) => groups.find((one) => one.group === group)!.each);
  await store.settle(some.map((each) => ({ ...ref(each), kind: 'completed' as const })));
  const claims = twoAtOnce().map((each) => each.claim(request({ cap: 39, limit: 1 })));
  const more = (await Promise.all(claims)).flatMap((each) => each.leases);
  expect(more).toHaveLength(1);
  expect(await running(store)).toBe(39);
});

it.each([
  [7, 7],
  [40, 40],
  [40, 7],
])('two claims at once under caps of %i and %i hold no more than the greater', async (a, b) => {
  await open.store().enqueue(tasks(100));
  const [one, other] = twoAtOnce();
  const answers = await Promise.all([one.claim(request({ cap: a, limit: 60 })), other.claim(request({ cap: b, limit: 60 }))]);
  const held = answers.flatMap(({ leases }) => ids(leases));
  expect(new Set(held).size).toBe(held.length);
  expect(held.length).toBeLessThanOrEqual(Math.max(a, b));
  expect(await running(open.store())).toBe(held.length);
});

it('an expired lease holds no place, and cannot come back for it', async () => {
  const store = open.store();
  await store.enqueue(tasks(4));
  const { leases } = await store.claim(request({ cap: 2 }));
  await open.clock.advance(LEASE + GUARD);
  expect((await open.store().claim(request({ cap: 2 }))).leases).toHaveLength(2);
  expect(await store.renew(leases.map((each) => ({ ...ref(each), lease: LEASE })))).toEqual([{ kind: 'stale' }, { kind: 'stale' }]);
  expect(await running(store)).toBe(2);
});

it('a clock that is ahead by what is allowed does not take the place of a lease that runs', async () => {
  await open.store().enqueue(tasks(2));
  await open.store().claim(request({ cap: 1 }));
  const ahead = open.store({ clock: { now: () => open.clock.now() + GUARD, sleep: async () => {} } });
  await open.clock.advance(LEASE - 1);
  expect((await ahead.claim(request({ cap: 1 }))).leases).toEqual([]);
  await open.clock.advance(1);
  expect((await ahead.claim(request({ cap: 1 }))).leases).toHaveLength(1);
});

it('a hundred expired leases of one group make room in one call', async () => {
  const store = open.store();
  await store.enqueue(tasks(400));
  await store.claim(request({ cap: 1, limit: 1 })); // one group, whatever the cap becomes
  expect((await store.claim(request({ cap: 150, limit: 149 }))).leases).toHaveLength(149);
  await open.clock.advance(LEASE + GUARD);
  expect((await store.claim(request({ cap: 150, limit: 150 }))).leases).toHaveLength(150);
  expect(await running(store)).toBe(150);
});

it('a thousand verdicts of one group are settled in one call', async () => {
  const store = open.store();
  await store.enqueue(tasks(1_000));
  await store.claim(request({ cap: 1, limit: 1 }));
  const { leases } = await store.claim(request({ cap: 1_000, limit: 999 }));
  expect(leases).toHaveLength(999);
  const outcomes = await store.settle(leases.map((each) => ({ ...ref(each), kind: 'completed' as const })));
  expect(new Set(outcomes)).toEqual(new Set(['applied']));
  expect(await open.places()).toHaveLength(1);
});
