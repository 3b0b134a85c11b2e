/** D1: a labourer with something due is named, whatever went wrong when it was said. */
import { beforeEach, describe, expect, it } from 'vitest';
import { first, ids, LEASE, type Open, openTables, ref, request, soswRow, task } from '../fixtures/open.ts';
import { Gate, isGroup, names, tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
const SECOND = 1_000;
/** More than a look at the index takes in one call. */
const others = Array.from({ length: 12 }, (_, n) => `idle-${n}`);
const gone = Object.assign(new Error('gone'), { name: 'TimeoutError' });
let open: Open;
beforeEach(async () => {
  open = await openTables(db);
});

/** Named at once, and not only when its turn comes. */
const isNamed = async (): Promise<boolean> => (await open.store().labourersWithDue(['mill', ...others])).has('mill');

/** Takes the hint back, as a claim does that finds nothing. */
const quiet = async (): Promise<void> => {
  await open.clock.advance(11 * SECOND);
  expect((await open.store().claim(request())).leases).toEqual([]);
  await open.clock.advance(11 * SECOND);
};

it('a hint is taken back when there is nothing, and given again by whatever makes work', async () => {
  const store = open.store();
  await store.enqueue([task('a')]);
  expect(await isNamed()).toBe(true);
  const lease = first((await store.claim(request())).leases);
  await quiet();
  expect(await isNamed()).toBe(false);
  await store.settle([{ ...ref(lease), kind: 'retry', after: 0, error: 'no' }]);
  expect(await isNamed()).toBe(true);
});

it('what is delayed is named at its time, and not before', async () => {
  await open.store().enqueue([task('a', { due: open.clock.now() + 100 * SECOND })]);
  await quiet();
  expect(await isNamed()).toBe(false);
  await open.clock.advance(78 * SECOND - 1);
  expect(await isNamed()).toBe(false);
  await open.clock.advance(1);
  expect(await isNamed()).toBe(true);
});

describe.each([
  ['due', 0],
  ['delayed', 15 * SECOND],
])('a task that is %s', (_, delay) => {
  const later = () => task('a', delay === 0 ? {} : { due: open.clock.now() + delay });

  it('is named though its maker died right after it was made', async () => {
    await open.store().enqueue([task('first')]);
    await open.store().settle((await open.store().claim(request())).leases.map((each) => ({ ...ref(each), kind: 'completed' as const })));
    await quiet();
    let written = false;
    const client = tapped(db.client, async (sent, go) => {
      if (written) throw gone;
      written = sent.name === 'PutItem';
      return go();
    });
    await open
      .store({ client })
      .enqueue([later()])
      .catch(() => {});
    expect(await open.row('a')).toBeDefined();
    await open.clock.advance(delay);
    const store = open.store({ lookForSosw: Number.POSITIVE_INFINITY });
    const looks = await Promise.all(Array.from({ length: 20 }, () => store.labourersWithDue(['mill', ...others])));
    expect(looks.some((each) => each.has('mill'))).toBe(true);
  });

  it('is named when it is enqueued again, as one does who was not answered', async () => {
    await open.store().enqueue([later()]);
    await open.set('reeve:places:mill:0', { reeve_due: { N: '9000000000000000' } });
    await open.clock.advance(delay);
    expect(await isNamed()).toBe(false);
    expect(await open.store().enqueue([later()])).toEqual(['duplicate']);
    expect(await isNamed()).toBe(true);
  });
});

it('a hint that could not be written does not count as given', async () => {
  await open.store().claim(request());
  let broken = true;
  const client = tapped(db.client, (sent, go) => {
    if (broken && sent.name === 'UpdateItem' && isGroup(sent)) throw gone;
    return go();
  });
  const store = open.store({ client });
  await expect(store.enqueue([task('a')])).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  broken = false;
  await store.enqueue([task('b')]);
  expect(await isNamed()).toBe(true);
});

it('a verdict whose place could not be given back does not keep later work from being named', async () => {
  const store = open.store();
  await store.enqueue([task('a')]);
  const lease = first((await store.claim(request())).leases);
  await quiet();
  let broken = true;
  const client = tapped(db.client, (sent, go) => {
    if (broken && sent.name === 'UpdateItem' && isGroup(sent)) throw gone;
    return go();
  });
  const peer = open.store({ client });
  await expect(peer.settle([{ ...ref(lease), kind: 'retry', after: 0, error: 'no' }])).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  broken = false;
  await peer.enqueue([task('b')]);
  expect(await isNamed()).toBe(true);
});

it('a claim that is held up does not take back a hint that was given while the index was late', async () => {
  await open.store().claim(request());
  const maker = open.store();
  await maker.enqueue([task('a')]);
  const done = first((await open.store().claim(request())).leases);
  await open.store().settle([{ ...ref(done), kind: 'completed' }]);
  const gate = new Gate();
  const slow = open.store({
    client: tapped(db.client, async (sent, go) => {
      if (sent.name === 'Query') {
        await gate.pass();
        return { Items: [] }; // as it was before the task was there
      }
      return go();
    }),
  });
  await open.clock.advance(9 * SECOND);
  const claim = slow.claim(request());
  await gate.arrived;
  // What the maker said nine seconds ago was good for a second task as well; and the answers of the index are slow to arrive.
  await open.clock.advance(5 * SECOND);
  gate.open();
  expect((await claim).leases).toEqual([]);
  expect(await isNamed()).toBe(true);
});

it("what a sosw queues is found by a look, at every labourer's before long, also by a process that is new each minute", async () => {
  await open.put(open.tables.tasks, soswRow('a', open.clock.now()));
  let found = 0;
  for (let minute = 0; minute < 100; minute += 1) {
    await open.clock.advance(60 * SECOND);
    if (await isNamed()) found += 1;
  }
  expect(found).toBeGreaterThan(5);
});

it('a task that a crash left between its place and its lease is named and claimed again', async () => {
  const store = open.store();
  await store.enqueue([task('a')]);
  const client = tapped(db.client, (sent, go) => {
    if (names(sent, 'reeve_token')) throw gone;
    return go();
  });
  await expect(open.store({ client }).claim(request({ cap: 1 }))).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  expect(await open.places()).toEqual(['@a~1']);
  await quiet();
  await open.clock.advance(LEASE);
  await open.store().maintain(['mill']);
  expect(await isNamed()).toBe(true);
  expect(ids((await open.store().claim(request({ cap: 1 }))).leases)).toEqual(['a']);
});
