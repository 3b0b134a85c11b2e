import assert from 'node:assert/strict';
import type { Lease, Verdict } from '@reeve/core';
import { assertRecord, count } from '../../assertions.ts';
import type { WholeBench, WholeCase } from '../../bench.ts';
import { eitherOf, RACERS } from '../../crowd.ts';
import {
  aTask,
  claimed,
  completed,
  dead,
  expired,
  find,
  first,
  held,
  idOf,
  ids,
  json,
  keyOf,
  LEASE,
  labourer,
  other,
  pass,
  range,
  released,
  request,
  retry,
  tasks,
} from '../../given.ts';
import { holdsWhole } from '../../holds.ts';

/** Every word there is, by its kind. */
const words: readonly ((lease: Lease) => Verdict)[] = [
  (lease) => ({ ...completed(lease, '"too late"'), stats: json('{"n":1}') }) as Verdict,
  (lease) => retry(lease, LEASE, 'too late'),
  (lease) => dead(lease, 'too late'),
  (lease) => released(lease, LEASE),
  (lease) => completed(lease),
  (lease) => released(lease),
];

/** So many that run and are to be cancelled. */
const cancelling = async (bench: WholeBench, many: number): Promise<readonly Lease[]> => {
  const leases = await held(bench, many);
  assert.deepEqual(
    await bench.store.cancel(leases.map(({ id }) => ({ labourer, id }))),
    leases.map(() => 'cancelling'),
  );
  return leases;
};

export const cancellingCases: readonly WholeCase[] = [
  holdsWhole('V9', 'the first word of the attempt, whatever it says, ends the task as cancelled and is answered so', async (bench) => {
    const leases = await cancelling(bench, words.length);
    await bench.clock.advance(1_000);
    assert.deepEqual(
      await bench.peer.settle(leases.map((each, n) => words[n]!(each))),
      leases.map(() => 'cancelled'),
    );
    const ended = { state: 'cancelled', endedAt: bench.clock.now(), attempts: 1, errors: [], result: undefined, stats: undefined };
    for (const n of range(words.length)) assertRecord(await find(bench, n), { ...ended, error: undefined, payload: aTask(n).payload });
    await pass(bench, 100 * LEASE);
    assert.deepEqual(await claimed(bench), []);
    assert.deepEqual(await expired(bench), []);
  }),
  holdsWhole('V9', 'every later word of it is stale', async (bench) => {
    for (const [n, say] of words.entries()) {
      await bench.store.enqueue([aTask(n)]);
      const lease = first(await claimed(bench));
      await bench.store.cancel([keyOf(n)]);
      assert.deepEqual(await bench.store.settle([say(lease), say(lease)]), ['cancelled', 'stale']);
      const before = await find(bench, n);
      for (const again of words) assert.deepEqual(await bench.peer.settle([again(lease)]), ['stale'], `after ${say(lease).kind}`);
      assert.deepEqual(await find(bench, n), before);
    }
  }),
  holdsWhole('V9', 'the place is held until the word, and free when it is answered', async (bench) => {
    const leases = await cancelling(bench, 2);
    await bench.store.enqueue(range(5).map((n) => aTask(n + 10)));
    assert.deepEqual(await claimed(bench, { cap: 2 }), []);
    assert.deepEqual(await bench.store.settle([completed(leases[0]!)]), ['cancelled']);
    // No wait for indexes: the tasks were there long before, and the place is not an index's to give.
    assert.deepEqual(ids((await bench.peer.claim(request({ cap: 2 }))).leases), [idOf(10)]);
    assert.deepEqual(await claimed(bench, { cap: 2 }), []);
    assert.deepEqual(await bench.store.settle([completed(leases[0]!)]), ['stale']);
    assert.deepEqual(await claimed(bench, { cap: 2 }), [], 'a stale word freed a place');
  }),
  holdsWhole('V9', 'an exchange answers it so, and passes the place on', async (bench) => {
    const [a, b] = await cancelling(bench, 2);
    await bench.store.enqueue(range(5).map((n) => aTask(n + 10)));
    await bench.settled?.();
    const { outcomes, leases } = await bench.store.exchange([completed(a!), retry(b!)], request({ cap: 2 }));
    assert.deepEqual([outcomes, ids(leases)], [['cancelled', 'cancelled'], [10, 11].map(idOf)]);
    const again = await bench.peer.exchange([completed(a!)], request({ cap: 2 }));
    assert.deepEqual([again.outcomes, again.leases], [['stale'], []]);
  }),
  holdsWhole('V9', 'once its lease has expired it holds no place, and its late word ends it all the same', async (bench) => {
    const lease = first(await cancelling(bench, 1));
    await bench.store.enqueue(range(3).map((n) => aTask(n + 10)));
    await pass(bench, LEASE);
    assert.deepEqual(ids(await expired(bench)), [idOf(0)]);
    assert.deepEqual(ids(await claimed(bench, { cap: 1 })), [idOf(10)]);
    assert.deepEqual(await bench.store.settle([completed(lease)]), ['cancelled']);
    assert.deepEqual(await claimed(bench, { cap: 1 }), [], 'the place was freed twice');
    assertRecord(await find(bench, 0), { state: 'cancelled', attempts: 1 });
  }),
  holdsWhole('V9', 'a reap ends it as cancelled, whatever it says', async (bench) => {
    const [a, b] = await cancelling(bench, 2);
    assert.deepEqual(await bench.store.reap([retry(a!), dead(b!)]), ['stale', 'stale'], 'while the leases run');
    await pass(bench, LEASE);
    assert.deepEqual(await bench.peer.reap([retry(a!, 0, 'timed out'), dead(b!, 'timed out'), dead(b!)]), [
      'cancelled',
      'cancelled',
      'stale',
    ]);
    const ended = { state: 'cancelled', endedAt: bench.clock.now(), attempts: 1, errors: [] };
    for (const n of [0, 1]) assertRecord(await find(bench, n), ended);
    assert.deepEqual(await expired(bench), []);
    assert.deepEqual(await claimed(bench), []);
  }),
  holdsWhole('V9', 'it keeps the errors of earlier attempts, and their count', async (bench) => {
    await bench.store.enqueue([aTask(0)]);
    await bench.store.settle([retry(first(await claimed(bench)), 0, 'one')]);
    const errors = [{ attempt: 1, at: bench.clock.now(), error: 'one' }];
    const lease = first(await claimed(bench));
    await bench.store.cancel([keyOf(0)]);
    assertRecord(await find(bench, 0), { state: 'running', cancelling: true, errors, lastError: 'one' });
    assert.deepEqual(await bench.store.settle([released(lease)]), ['cancelled']);
    assertRecord(await find(bench, 0), { state: 'cancelled', attempts: 2, errors });
  }),
  holdsWhole('V9', 'a foreign word does not end it', async (bench) => {
    const lease = first(await cancelling(bench, 1));
    const before = await find(bench, 0);
    const foreign = [
      { ...lease, token: 'wrong' },
      { ...lease, labourer: other },
      { ...lease, id: idOf(99) },
    ];
    for (const each of foreign) assert.deepEqual(await bench.store.settle([completed(each)]), ['stale']);
    assert.deepEqual(await find(bench, 0), before);
    assert.deepEqual(await bench.store.settle([completed(lease)]), ['cancelled']);
  }),
  holdsWhole('V9', 'one among others in a call stops none of them', async (bench) => {
    const leases = await held(bench, 4);
    await bench.store.cancel([keyOf(1), keyOf(3)]);
    const verdicts = [
      completed(leases[0]!),
      retry(leases[1]!),
      { ...dead(leases[2]!), token: 'wrong' },
      dead(leases[3]!),
      dead(leases[2]!),
    ];
    assert.deepEqual(await bench.store.settle(verdicts), ['applied', 'cancelled', 'stale', 'cancelled', 'applied']);
    const states = (await Promise.all(range(4).map((n) => find(bench, n)))).map((each) => each?.state);
    assert.deepEqual(states, ['completed', 'cancelled', 'dead', 'cancelled']);
  }),
  holdsWhole('V9', 'of many words that race over two connections exactly one is answered so, the others are stale', async (bench) => {
    for (const n of range(4)) {
      await bench.store.enqueue([aTask(n)]);
      const lease = first(await claimed(bench));
      await bench.store.cancel([keyOf(n)]);
      const verdicts = range(RACERS).map((m) => words[m % words.length]!(lease));
      const outcomes = (await Promise.all(verdicts.map((each, m) => eitherOf(bench, m).settle([each])))).flat();
      assert.deepEqual([count(outcomes, 'cancelled'), count(outcomes, 'stale')], [1, RACERS - 1], outcomes.join(', '));
      assertRecord(await find(bench, n), { state: 'cancelled', attempts: 1, errors: [] });
    }
  }),
  holdsWhole('N3', 'an attempt whose task is to be cancelled is told at its renewal, and its deadline stays', async (bench) => {
    const lease = first(await held(bench, 1));
    await bench.store.cancel([keyOf(0)]);
    await bench.clock.advance(1_000);
    for (const store of [bench.store, bench.peer, bench.store]) {
      assert.deepEqual(await store.renew([{ ...lease, lease: 100 * LEASE }]), [{ kind: 'cancelled' }]);
    }
    assertRecord(await find(bench, 0), { state: 'running', deadline: lease.deadline, cancelling: true });
    assert.deepEqual(await bench.store.settle([completed(lease)]), ['cancelled']);
  }),
  holdsWhole('N3', 'it is told so for as long as its lease lasts, and is stale from the deadline on', async (bench) => {
    const lease = first(await cancelling(bench, 1));
    await bench.clock.advance(LEASE - 1);
    assert.deepEqual(await bench.store.renew([{ ...lease, lease: LEASE }]), [{ kind: 'cancelled' }]);
    await pass(bench, 1);
    assert.deepEqual(await bench.store.renew([{ ...lease, lease: LEASE }]), [{ kind: 'stale' }]);
    assert.deepEqual(ids(await expired(bench)), [idOf(0)]);
  }),
  holdsWhole('N3', 'one that was told and has ended is stale', async (bench) => {
    const lease = first(await cancelling(bench, 1));
    await bench.store.settle([released(lease)]);
    assert.deepEqual(await bench.store.renew([{ ...lease, lease: LEASE }]), [{ kind: 'stale' }]);
  }),
  holdsWhole('N3', 'answers are in the order of the arguments, and a foreign attempt is told nothing', async (bench) => {
    await bench.store.enqueue(tasks(4));
    const [a, b, c, d] = await claimed(bench);
    await bench.store.cancel([keyOf(1), keyOf(3)]);
    const renewed = { kind: 'renewed', deadline: bench.clock.now() + 5 * LEASE };
    const asked = [{ ...d!, token: 'wrong' }, d!, a!, b!, { ...b!, labourer: other }, c!];
    assert.deepEqual(await bench.store.renew(asked.map((each) => ({ ...each, lease: 5 * LEASE }))), [
      { kind: 'stale' },
      { kind: 'cancelled' },
      renewed,
      { kind: 'cancelled' },
      { kind: 'stale' },
      renewed,
    ]);
  }),
];
