/** Renewals that overlap, or are cut short: at no instant does a lease run for longer than its place. */
import { beforeEach, expect, it } from 'vitest';
import type { DynamoDbTaskStore } from '../../src/dynamodb-task-store.ts';
import { placeName, untilOfPlace } from '../../src/ledger/place.ts';
import { first, GUARD, ids, LEASE, type Open, openTables, ref, request, task, tasks } from '../fixtures/open.ts';
import { Gate, idIn, isGroup, type Sent, tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
let open: Open;
beforeEach(async () => {
  open = await openTables(db);
});

/** The end of the place and of the lease. */
const ends = async (id: string): Promise<{ readonly place: number; readonly lease: number }> => {
  const [row, group] = await Promise.all([open.row(id), open.row('reeve:places:mill:0')]);
  return { place: untilOfPlace(group?.[placeName(id, 1)]?.S ?? ''), lease: Number(row?.['reeve_until']?.N) };
};

/** A store that waits at a gate before, or after, some request of its. */
const heldUp = (gate: Gate, when: 'before' | 'after', isIt: (sent: Sent) => boolean): DynamoDbTaskStore => {
  let done = false;
  return open.store({
    client: tapped(db.client, async (sent, go) => {
      if (done || !isIt(sent)) return go();
      done = true;
      if (when === 'before') await gate.pass();
      const answer = await go();
      if (when === 'after') await gate.pass();
      return answer;
    }),
  });
};

const held = async () => {
  await open.store().enqueue([task('a')]);
  return first((await open.store().claim(request())).leases);
};

it.each<readonly [string, 'before' | 'after', (sent: Sent) => boolean]>([
  ['after it has read the row', 'after', ({ name }) => name === 'GetItem'],
  ['before it writes the place', 'before', (sent) => sent.name === 'UpdateItem' && isGroup(sent)],
  ['before it writes the row', 'before', (sent) => sent.name === 'UpdateItem' && idIn(sent) === 'a'],
])('a renewal that is held up %s does not take back what a later one has said', async (_, when, isIt) => {
  const lease = await held();
  const gate = new Gate();
  const late = heldUp(gate, when, isIt).renew([{ ...ref(lease), lease: LEASE }]);
  await gate.arrived;
  await open.clock.advance(20_000);
  const deadline = open.clock.now() + LEASE;
  expect(await open.store().renew([{ ...ref(lease), lease: LEASE }])).toEqual([{ kind: 'renewed', deadline }]);
  gate.open();
  // Whatever the late one is told is true.
  expect(await late).toEqual([{ kind: 'renewed', deadline }]);
  expect(await ends('a')).toEqual({ place: deadline, lease: deadline });
});

it('a process that dies in the midst of bringing a deadline nearer leaves no lease without its place', async () => {
  const lease = await held();
  for (let requests = 0; requests < 4; requests += 1) {
    let left = requests;
    const client = tapped(db.client, async (_, go) => {
      if (left === 0) throw Object.assign(new Error('dead'), { name: 'TimeoutError' });
      left -= 1;
      return go();
    });
    await open
      .store({ client })
      .renew([{ ...ref(lease), lease: 1_000 * (10 - requests) }])
      .catch(() => {});
    const { place, lease: until } = await ends('a');
    expect(place).toBeGreaterThanOrEqual(until);
  }
});

it('a deadline that is brought nearer while another puts it off stays the later', async () => {
  const lease = await held();
  const gate = new Gate();
  const late = heldUp(gate, 'before', ({ name }) => name === 'TransactWriteItems').renew([{ ...ref(lease), lease: 1_000 }]);
  await gate.arrived;
  const deadline = open.clock.now() + 2 * LEASE;
  await open.store().renew([{ ...ref(lease), lease: 2 * LEASE }]);
  gate.open();
  expect(await late).toEqual([{ kind: 'renewed', deadline }]);
  expect(await ends('a')).toEqual({ place: deadline, lease: deadline });
});

it('a renewal that comes after its place has been counted as free is stale, and changes nothing', async () => {
  const lease = await held();
  const gate = new Gate();
  const late = heldUp(gate, 'before', (sent) => sent.name === 'UpdateItem' && isGroup(sent)).renew([{ ...ref(lease), lease: LEASE }]);
  await gate.arrived;
  await open.clock.advance(LEASE + GUARD);
  await open.store().enqueue([task('b')]);
  expect(ids((await open.store().claim(request({ cap: 1 }))).leases)).toEqual(['b']);
  gate.open();
  expect(await late).toEqual([{ kind: 'stale' }]);
  expect((await ends('a')).lease).toBe(lease.deadline);
});

it('a claim that has counted a place as free does not get it if it was renewed meanwhile', async () => {
  const lease = await held();
  await open.store().enqueue(tasks(2));
  const gate = new Gate();
  await open.clock.advance(LEASE - 1);
  // Its clock is ahead of the other's by what is allowed.
  const ahead = { now: () => open.clock.now() + GUARD + 1, sleep: async () => {} };
  const client = tapped(db.client, async (sent, go) => {
    if (sent.name === 'UpdateItem' && isGroup(sent)) await gate.pass();
    return go();
  });
  const claim = open.store({ client, clock: ahead }).claim(request({ cap: 1 }));
  await gate.arrived;
  expect(await open.store().renew([{ ...ref(lease), lease: LEASE }])).toMatchObject([{ kind: 'renewed' }]);
  gate.open();
  expect((await claim).leases).toEqual([]);
});

it('a lease whose renewal was late by its full guard is not reaped by a clock that is ahead', async () => {
  const lease = await held();
  await open.clock.advance(LEASE - 1);
  const ahead = open.store({ clock: { now: () => open.clock.now() + GUARD, sleep: async () => {} } });
  expect(await ahead.expired(['mill'], 10)).toEqual([]);
  expect(await ahead.reap([{ ...ref(lease), kind: 'retry', after: 0, error: 'expired' }])).toEqual(['stale']);
  expect(await open.store().renew([{ ...ref(lease), lease: LEASE }])).toMatchObject([{ kind: 'renewed' }]);
});
