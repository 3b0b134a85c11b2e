import assert from 'node:assert/strict';
import type { NewTask } from '@reeve/core';
import { assertRecord } from '../../assertions.ts';
import type { WholeBench, WholeCase } from '../../bench.ts';
import { eitherOf } from '../../crowd.ts';
import { forget, left } from '../../forget.ts';
import {
  aTask,
  claimed,
  completed,
  dead,
  find,
  first,
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
  retry,
} from '../../given.ts';
import { holdsWhole } from '../../holds.ts';
import { hostileTexts } from '../../hostile.ts';
import { wholeRandomCases } from '../random.ts';
import { twoEndsCases } from './two-ends.ts';
import { follow, followed, outbox, ways } from './ways.ts';

/** Completes so many tasks with a `follow`, a second apart. */
const completeEach = async (bench: WholeBench, numbers: readonly number[], over: Partial<NewTask> = {}): Promise<void> => {
  for (const n of numbers) {
    await bench.clock.advance(1_000);
    await bench.store.enqueue([followed(n, over)]);
    await bench.store.settle([completed(first(await claimed(bench, { labourer: over.labourer ?? labourer })))]);
  }
};

/** Every case of the port `Outbox`, and those that play at random with all ports. */
export const outboxCases: readonly WholeCase[] = [
  ...Object.entries(ways).map(([way, end]) =>
    holdsWhole('U1', `an end is there, once and whole, until it is taken out: ${way}`, async (bench) => {
      const expected = { ...(await end(bench, 0)), endedAt: bench.clock.now() };
      assertRecord(await find(bench, 0), { state: expected.state, endedAt: expected.endedAt });
      for (const _ of range(2)) assert.deepEqual(await outbox(bench), [expected]);
      await bench.clock.advance(1_000);
      await bench.store.takeOut([expected]);
      assert.deepEqual(await outbox(bench), []);
    }),
  ),
  holdsWhole('U1', 'neither a task that goes on nor an end that nothing follows from is there', async (bench) => {
    await bench.store.enqueue([followed(0), followed(1), followed(2), aTask(3), followed(4, { due: bench.clock.now() + LEASE })]);
    assert.deepEqual(await outbox(bench), []);
    const [a, b, c, d] = await claimed(bench);
    assert.deepEqual(await outbox(bench), []);
    await bench.store.settle([retry(a!), released(b!, LEASE), completed(d!)]);
    await bench.store.cancel([keyOf(2)]);
    assert.deepEqual(await outbox(bench), []);
    assert.deepEqual(await bench.store.settle([{ ...completed(c!), token: 'wrong' }, completed(a!)]), ['stale', 'stale']);
    assert.deepEqual(await outbox(bench), []);
  }),
  holdsWhole('U1', 'a repeated word puts no end there again', async (bench) => {
    await bench.store.enqueue([followed(0)]);
    const lease = first(await claimed(bench));
    await bench.store.settle([completed(lease)]);
    await bench.store.takeOut(await outbox(bench));
    assert.deepEqual(await bench.store.settle([completed(lease)]), ['repeated']);
    assert.deepEqual(await bench.store.cancel([keyOf(0)]), ['ended']);
    assert.deepEqual(await outbox(bench), []);
  }),
  holdsWhole('U1', 'what follows and what came of it are given back to the letter', async (bench) => {
    await bench.store.enqueue(hostileTexts.map((text, n) => aTask(n, { follow: json(text) })));
    const leases = await claimed(bench);
    await bench.store.settle(leases.map((each, n) => completed(each, hostileTexts.at(-1 - n))));
    const ends = await outbox(bench);
    const byId = new Map(ends.map((each) => [each.id, each]));
    for (const [n, text] of hostileTexts.entries()) {
      assert.deepEqual([byId.get(idOf(n))?.follow, byId.get(idOf(n))?.result], [text, hostileTexts.at(-1 - n)]);
    }
  }),
  holdsWhole('U1', 'a duplicate changes nothing of what follows', async (bench) => {
    await bench.store.enqueue([followed(0), aTask(1)]);
    await bench.store.enqueue([followed(0, { follow: json('"other"') }), followed(1)]);
    await bench.store.settle((await claimed(bench)).map((each) => completed(each)));
    assert.deepEqual(
      (await outbox(bench)).map((each) => [each.id, each.follow]),
      [[idOf(0), follow]],
    );
  }),
  holdsWhole('U1', 'an end of a task that is queued again is there no more, and its next end is', async (bench) => {
    await bench.store.enqueue([followed(0)]);
    await bench.store.settle([dead(first(await claimed(bench)))]);
    await bench.clock.advance(1_000);
    await bench.store.redrive([keyOf(0)]);
    assert.deepEqual(await outbox(bench), []);
    await bench.clock.advance(1_000);
    await bench.store.settle([completed(first(await claimed(bench)), '1')]);
    assert.deepEqual(await outbox(bench), [{ ...keyOf(0), state: 'completed', endedAt: bench.clock.now(), follow, result: '1' }]);
  }),
  holdsWhole('U1', 'of tasks that end at once over both connections each is there once', async (bench) => {
    await bench.store.enqueue(range(40).map((n) => followed(n)));
    const leases = await claimed(bench);
    await Promise.all([
      ...range(8).map((n) => eitherOf(bench, n).settle(leases.slice(n * 5, n * 5 + 5).map((each) => completed(each)))),
      bench.peer.settle(leases.slice(10, 30).map((each) => completed(each))),
    ]);
    assert.deepEqual([...ids(await outbox(bench))].sort(), range(40).map(idOf));
  }),
  holdsWhole('U2', 'the oldest come first, whatever their way, and no more than asked for', async (bench) => {
    await bench.store.enqueue(range(5).map((n) => followed(n)));
    const leases = await claimed(bench, { limit: 3 });
    const ends = [
      () => bench.store.settle([dead(leases[2]!)]),
      () => bench.store.cancel([keyOf(4)]),
      () => bench.store.settle([completed(leases[0]!)]),
      () => bench.store.bury([{ ...keyOf(3), error: 'e' }]),
      () => bench.store.settle([completed(leases[1]!)]),
    ];
    for (const end of ends) {
      await bench.clock.advance(1_000);
      await end();
    }
    assert.deepEqual(ids(await outbox(bench)), [2, 4, 0, 3, 1].map(idOf));
    assert.deepEqual(ids(await outbox(bench, 2)), [2, 4].map(idOf));
    assert.deepEqual(await outbox(bench, 0), []);
  }),
  holdsWhole('U2', 'of the labourers asked for and no other, and the limit is for all of them together', async (bench) => {
    await completeEach(bench, [0, 1]);
    await completeEach(bench, [10, 11], { labourer: other });
    await completeEach(bench, [2]);
    assert.deepEqual(ids(await outbox(bench, 10, [other])), [10, 11].map(idOf));
    assert.deepEqual(ids(await outbox(bench, 10, [other, labourer, 'nobody'])), [0, 1, 10, 11, 2].map(idOf));
    assert.deepEqual(ids(await outbox(bench, 3, [other, labourer])), [0, 1, 10].map(idOf));
    assert.deepEqual(await outbox(bench, 10, []), []);
    assert.deepEqual(await outbox(bench, 10, ['nobody']), []);
  }),
  holdsWhole('U2', 'taken out page by page, all of a hundred and twenty are seen once', async (bench) => {
    await bench.store.enqueue(range(120).map((n) => followed(n)));
    await bench.store.settle((await claimed(bench)).map((each) => completed(each)));
    const seen: string[] = [];
    for (let pages = 0; pages < 10; pages += 1) {
      const ends = await outbox(bench, 25);
      seen.push(...ids(ends));
      await bench.store.takeOut(ends);
    }
    assert.deepEqual([...seen].sort(), range(120).map(idOf));
  }),
  holdsWhole('U3', 'those that are named are taken out and no other, any number of times', async (bench) => {
    await completeEach(bench, range(4));
    const ends = await outbox(bench);
    const before = await find(bench, 1);
    await bench.store.takeOut([]);
    await bench.store.takeOut([ends[1]!, ends[3]!]);
    await bench.peer.takeOut([ends[3]!, ends[1]!]);
    assert.deepEqual(await outbox(bench), [ends[0], ends[2]]);
    assert.deepEqual(await find(bench, 1), before, 'the task was changed');
  }),
  holdsWhole('U3', 'an end that is not there is passed over: no such task, of another labourer, of another instant', async (bench) => {
    await completeEach(bench, [0]);
    await bench.store.enqueue([followed(1)]);
    const [end] = await outbox(bench);
    const { endedAt } = end!;
    await bench.store.takeOut([
      { labourer, id: 'nobody', endedAt },
      { labourer: other, id: idOf(0), endedAt },
      { ...keyOf(0), endedAt: endedAt + 1 },
      { ...keyOf(0), endedAt: endedAt - 1 },
      { ...keyOf(1), endedAt },
    ]);
    assert.deepEqual(await outbox(bench), [end]);
    assertRecord(await find(bench, 1), { state: 'queued' });
  }),
  holdsWhole('U3', 'an earlier end of a task that was queued again takes no later one out', async (bench) => {
    await bench.store.enqueue([followed(0)]);
    await bench.store.settle([dead(first(await claimed(bench)))]);
    const early = await outbox(bench);
    await bench.clock.advance(1_000);
    await bench.store.redrive([keyOf(0)]);
    await bench.store.takeOut(early);
    await bench.store.settle([completed(first(await claimed(bench)))]);
    await bench.store.takeOut(early);
    const late = await outbox(bench);
    assert.deepEqual(
      late.map(({ state }) => state),
      ['completed'],
    );
    await bench.peer.takeOut(late);
    assert.deepEqual(await outbox(bench), []);
  }),
  holdsWhole('U3', 'of many that take it out at once none fails, and it is gone', async (bench) => {
    await completeEach(bench, range(3));
    const ends = await outbox(bench);
    await Promise.all(range(8).map((n) => (n % 2 ? bench.peer : bench.store).takeOut(n % 3 ? ends : [...ends].reverse())));
    assert.deepEqual(await outbox(bench), []);
  }),
  holdsWhole('U4', 'until it is taken out an ended task is not forgotten, however long ago it ended', async (bench) => {
    await bench.store.enqueue([followed(0), followed(1), aTask(2)]);
    const [a, b, c] = await claimed(bench);
    await bench.store.settle([completed(a!, '1'), dead(b!, 'spent'), completed(c!)]);
    const ends = await outbox(bench);
    await pass(bench, 10 * 366 * 24 * 3_600_000);
    for (const _ of range(3)) await bench.store.maintain([labourer]);
    assert.deepEqual(await outbox(bench), ends);
    assertRecord(await find(bench, 0), { state: 'completed', result: '1' });
    assertRecord(await find(bench, 1), { state: 'dead', error: 'spent' });
    assert.deepEqual(await bench.store.enqueue([aTask(0)]), ['duplicate']);
  }),
  holdsWhole(
    'U4',
    'nor in a store that keeps no ended task at all, in whatever way it ended',
    async (bench) => {
      for (const [n, end] of Object.values(ways).entries()) {
        const expected = { ...(await end(bench, n)), endedAt: bench.clock.now() };
        await pass(bench, 1_000);
        for (const _ of range(2)) await bench.store.maintain([labourer]);
        assert.deepEqual(await outbox(bench), [expected]);
        assert.deepEqual(await bench.store.enqueue([aTask(n)]), ['duplicate']);
        await bench.store.takeOut([expected]);
      }
    },
    { keepEnded: 0 },
  ),
  holdsWhole('M2', 'what is in the outbox is kept, counts among the newer ones, and is forgotten once it is taken out', async (bench) => {
    await completeEach(bench, [0, 1, 2]);
    await bench.clock.advance(1_000);
    await bench.store.enqueue([aTask(3)]);
    await bench.store.settle([completed(first(await claimed(bench)))]);
    await pass(bench, 1_000);
    await bench.store.takeOut([(await outbox(bench))[1]!]);
    await forget(bench, { completed: { count: 3 } });
    assert.deepEqual(await left(bench, 4), [0, 1, 2, 3]);
    await forget(bench, { completed: { count: 2 } });
    assert.deepEqual(await left(bench, 4), [0, 2, 3]);
    await forget(bench, { completed: { age: 0, count: 0 } });
    assert.deepEqual(await left(bench, 4), [0, 2]);
    assert.deepEqual(ids(await outbox(bench)), [0, 2].map(idOf));
    await bench.store.takeOut(await outbox(bench));
    await forget(bench, { completed: { count: 1 } });
    assert.deepEqual(await left(bench, 4), [2]);
    await forget(bench, { completed: { age: 0 } });
    assert.deepEqual(await left(bench, 4), []);
  }),
  ...twoEndsCases,
  ...wholeRandomCases,
];
