/** What operators, claims and crashes do to each other, step by step; and how long what is to be followed lasts. */
import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DAY, type Lease, MINUTE, systemChance } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { beforeEach, expect, it } from 'vitest';
import { Requests, type Row } from '../../src/client/requests.ts';
import { createNativeTable, DynamoDbNativeTaskStore } from '../../src/index.ts';
import { type Ending, endingsOf } from '../../src/native/codec/ending.ts';
import { homeInId, homeText } from '../../src/native/codec/home-key.ts';
import { History } from '../../src/native/history/history.ts';
import { addressKey, homeKey } from '../../src/native/keys.ts';
import { Keeps } from '../../src/native/retention/keeps.ts';
import { NativeShelf } from '../../src/native/shelf.ts';
import { first, ids, json, ref, request, task } from '../fixtures/open.ts';
import { Gate, type Sent, tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';
import { LATER } from './bench.ts';

const db = testDynamoDb();
let clock: ManualClock;
let nativeTable: string;
let store: DynamoDbNativeTaskStore;
beforeEach(async () => {
  clock = new ManualClock(LATER);
  nativeTable = `${db.prefix()}reeve`;
  await createNativeTable(db.client, nativeTable);
  store = new DynamoDbNativeTaskStore({ client: db.client, nativeTable, clock });
});

const partition = ({ input }: Sent): string => (input.Item ?? input.Key)?.['pk']?.S ?? '';
const says = ({ input }: Sent, text: string): boolean => Object.values(input.ExpressionAttributeValues ?? {}).some(({ S }) => S === text);
const isMark = (sent: Sent): boolean =>
  partition(sent).startsWith('t#') && says(sent, 'running') && /SET/.test(sent.input.UpdateExpression ?? '');
const isRequeue = (sent: Sent): boolean =>
  partition(sent).startsWith('t#') && /REMOVE/.test(sent.input.UpdateExpression ?? '') && says(sent, 'waiting');

/** A process whose requests of one kind wait until it is let go. */
const held = (isHeld: (sent: Sent) => boolean) => {
  const gate = new Gate();
  const client = tapped(db.client, async (sent, go) => {
    if (isHeld(sent)) await gate.pass();
    return go();
  });
  return { gate, store: new DynamoDbNativeTaskStore({ client, nativeTable, clock }) };
};

/** A process that dies before, or right after, its first request of a kind. */
const mortal = (isLast: (sent: Sent) => boolean, when: 'before' | 'after') => {
  let isDead = false;
  const client = tapped(db.client, async (sent, go) => {
    if (isDead) throw new Error('gone');
    isDead = isLast(sent);
    if (!isDead) return go();
    if (when === 'after') await go();
    throw new Error('gone');
  });
  return new DynamoDbNativeTaskStore({ client, nativeTable, clock });
};

const own = (): string => store.newId({ labourer: 'mill' }) ?? '';
const key = (id: string) => ({ labourer: 'mill', id });
const item = async (at: Row): Promise<Row | undefined> =>
  (await db.client.send(new GetItemCommand({ TableName: nativeTable, Key: { ...at }, ConsistentRead: true }))).Item;
const homeOf = (id: string): Promise<Row | undefined> => item(homeKey(homeInId(id) ?? { labourer: '', lane: 0, place: '' }));
const pointers = async (): Promise<number> =>
  (
    await db.client.send(
      new QueryCommand({
        TableName: nativeTable,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'p#mill' } },
      }),
    )
  ).Count ?? 0;
const claim = async (more: Parameters<typeof request>[0] = {}): Promise<readonly Lease[]> => (await store.claim(request(more))).leases;
const seconds = (at: number): Row[string] => ({ N: String(at / 1_000) });

it('a claim that meets a redrive half-way leaves its pointer, and the next one has the task', async () => {
  const id = own();
  await store.enqueue([task(id)]);
  await store.cancel([key(id)]);
  const slow = held(isRequeue);
  const redriving = slow.store.redrive([key(id)]);
  await slow.gate.arrived;
  expect(await claim()).toEqual([]);
  expect(await pointers()).toBe(1);
  slow.gate.open();
  expect(await redriving).toEqual(['queued']);
  await clock.advance(2 * MINUTE);
  await store.maintain(['mill']);
  expect(ids(await claim())).toEqual([id]);
});

it('what a redrive that died has left goes, and the task is still ended', async () => {
  const id = own();
  await store.enqueue([task(id)]);
  await store.cancel([key(id)]);
  await expect(mortal(isRequeue, 'before').redrive([key(id)])).rejects.toThrow();
  await clock.advance(10 * MINUTE);
  expect(await claim()).toEqual([]);
  await clock.advance(10 * MINUTE);
  await store.maintain(['mill']);
  expect(await claim()).toEqual([]);
  expect(await pointers()).toBe(0);
  expect(await store.find(key(id))).toMatchObject({ state: 'cancelled' });
});

it('a claim that was slow does not have the task of a redrive under the number that it saw', async () => {
  const id = own();
  await store.enqueue([task(id)]);
  const slow = held(isMark);
  const claiming = slow.store.claim(request());
  await slow.gate.arrived;
  expect(await store.cancel([key(id)])).toEqual(['cancelled']);
  expect(await store.redrive([key(id)])).toEqual(['queued']);
  slow.gate.open();
  expect((await claiming).leases.filter(({ attempt }) => attempt !== 1)).toEqual([]);
  const all = [...(await claiming).leases, ...(await claim())];
  expect(ids(all)).toEqual([id]);
  expect(await store.settle([{ ...ref(first(all)), kind: 'completed' }])).toEqual(['applied']);
  expect(await store.census(['mill'])).toEqual([{ due: 0, waiting: 0, running: 0, expired: 0 }]);
});

it('an end is in the outbox though whoever wrote it died right after', async () => {
  const id = own();
  await store.enqueue([task(id, { follow: json('"then"') })]);
  const lease = first(await claim());
  const dying = mortal((sent) => partition(sent).startsWith('t#') && says(sent, 'completed'), 'after');
  await expect(dying.settle([{ ...ref(lease), kind: 'completed' }])).rejects.toThrow();
  const endedAt = clock.now();
  await clock.advance(2 * MINUTE);
  await store.maintain(['mill']);
  expect(await store.outbox(['mill'], 10)).toEqual([{ ...key(id), state: 'completed', endedAt, follow: '"then"' }]);
});

it.each(['before', 'after'] as const)('an end of a queued task whose author dies right %s it is there, or it is none', async (when) => {
  const id = own();
  await store.enqueue([task(id, { follow: json('"then"') })]);
  const dying = mortal((sent) => partition(sent).startsWith('t#') && says(sent, 'cancelled'), when);
  await expect(dying.cancel([key(id)])).rejects.toThrow();
  const isEnded = when === 'after';
  expect((await store.outbox(['mill'], 10)).length).toBe(isEnded ? 1 : 0);
  expect((await store.list({ labourer: 'mill', state: 'cancelled', limit: 10 })).tasks.length).toBe(isEnded ? 1 : 0);
  expect((await claim()).length).toBe(isEnded ? 0 : 1);
});

it('what is to be followed lasts until it is taken out, with the guard of its id', async () => {
  const [mine, yours] = [own(), 'yours'];
  await store.enqueue([task(mine, { follow: json('1') }), task(yours, { follow: json('2') }), task('plain')]);
  expect((await item(addressKey(yours)))?.['ttl']).toBeUndefined();
  expect((await item(addressKey('plain')))?.['ttl']).toBeDefined();
  await store.settle((await claim()).map((each) => ({ ...ref(each), kind: 'completed' as const })));
  expect((await homeOf(mine))?.['ttl']).toEqual({ N: '99999999999' });
  await clock.advance(100 * DAY);
  await store.takeOut(await store.outbox(['mill'], 10));
  expect((await homeOf(mine))?.['ttl']).toEqual(seconds(clock.now() + 7 * DAY));
  expect((await item(addressKey(yours)))?.['ttl']).toEqual(seconds(clock.now() + 97 * DAY));
});

it('a redriven task lasts as one that is enqueued now', async () => {
  const mine = own();
  await store.enqueue([task(mine), task('yours')]);
  await store.settle((await claim()).map((each) => ({ ...ref(each), kind: 'dead' as const, error: 'spent' })));
  expect((await homeOf(mine))?.['ttl']).toEqual(seconds(clock.now() + 7 * DAY));
  await clock.advance(6 * DAY);
  await store.redrive([key(mine), key('yours')]);
  expect((await homeOf(mine))?.['ttl']).toBeUndefined();
  expect((await item(addressKey('yours')))?.['ttl']).toEqual(seconds(clock.now() + 97 * DAY));
});

it('the end of each life is listed while it is the last, whatever else ends around it', async () => {
  await store.enqueue([task('a', { priority: 1 })]);
  for (let life = 0; life < 4; life += 1) {
    // Enough of them, so that ends are gathered into history while a task that had one of them runs again.
    await store.enqueue(Array.from({ length: 12 }, () => task(own())));
    const leases = await claim({ cap: 40, limit: 13 });
    expect(first(ids(leases).map((id) => ({ id })))).toEqual({ id: 'a' });
    await store.settle(leases.map((each) => ({ ...ref(each), kind: 'dead' as const, error: `life ${life}` })));
    await clock.advance(1_000);
    const dead = async () => ids((await store.list({ labourer: 'mill', state: 'dead', limit: 1_000 })).tasks);
    expect((await dead()).filter((id) => id === 'a')).toEqual(['a']);
    expect(await dead()).toHaveLength(12 * life + 13);
    expect(await store.redrive([key('a')])).toEqual(['queued']);
    expect(await dead()).toHaveLength(12 * life + 12);
  }
});

it('whoever takes a former end out of its group, because it is in history, does not take a later one of the task with it', async () => {
  const requests = new Requests(db.client, clock, systemChance);
  const shelf = new NativeShelf(nativeTable, requests);
  const history = new History(requests, shelf, clock, new Keeps(DAY), () => 'call');
  const home = homeText(homeInId(own()) ?? { lane: 0, place: '' });
  const leave = (ending: Ending) => history.leave('mill', [{ place: { group: 0, name: `@${home}~1` }, ending }]);
  const group = async (): Promise<Row> => (await item(shelf.groupKey('mill', 0))) ?? {};
  await leave({ home, kind: 'dead', at: clock.now() });
  const seen = await group();
  await history.gather('mill', [seen], 1);
  await leave({ home, kind: 'completed', at: clock.now() + 1, claim: 3 });
  await requests.update(nativeTable, shelf.groupKey('mill', 0), { remove: history.goneFrom('mill', seen) });
  expect(endingsOf(await group())).toEqual([{ home, kind: 'completed', at: clock.now() + 1, claim: 3 }]);
  await history.gather('mill', [await group()], 1);
  expect(history.goneFrom('mill', await group())).toHaveLength(1);
});

it('an end at a fraction of a millisecond is listed, followed and taken out as any other', async () => {
  const id = own();
  await store.enqueue([task(id, { follow: json('1') })]);
  await clock.advance(10.527);
  await store.cancel([key(id)]);
  expect(ids((await store.list({ labourer: 'mill', state: 'cancelled', limit: 10 })).tasks)).toEqual([id]);
  const ends = await store.outbox(['mill'], 10);
  expect(ends).toMatchObject([{ id, endedAt: clock.now() }]);
  await store.takeOut(ends);
  expect(await store.outbox(['mill'], 10)).toEqual([]);
});
