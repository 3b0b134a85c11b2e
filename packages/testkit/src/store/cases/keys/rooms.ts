import assert from 'node:assert/strict';
import type { StoreCase } from '../../bench.ts';
import { aTask, claim, claimed, completed, first, idOf, ids, other, pass, range, released, request, retry } from '../../given.ts';
import { holds } from '../../holds.ts';
import { keyed, ofKeys, turns } from './keyed.ts';
import { room, within } from './roomy.ts';

export const roomCases: readonly StoreCase[] = [
  holds('C13', 'a claim for ten takes no more of a key than there is room for', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a a a b b b b b'));
    assert.deepEqual(await within(bench, room({ a: 2 }, 3), { limit: 10 }), [0, 5, 1, 6, 7].map(idOf));
    assert.deepEqual(await within(bench, room({ a: 5, b: 1 }, 9), { limit: 10 }), [2, 3, 8, 4].map(idOf));
  }),
  holds('C13', 'a room of 0 holds up no other', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a b a b c'));
    assert.deepEqual(await within(bench, room({ a: 0 }, 1)), [3, 6].map(idOf));
    assert.deepEqual(await within({ ...bench, store: bench.peer }, room({ a: 0 }, 1)), [5].map(idOf));
    assert.deepEqual(await within(bench, room({ a: 0, b: 0 }, 1)), []);
    assert.deepEqual(await within(bench, room({ b: 0 }, 2)), [0, 1].map(idOf));
  }),
  holds('C13', 'each call has its own room, whatever the calls before it took', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a a a'));
    for (const n of range(3)) {
      const turn = n % 2 ? { ...bench, store: bench.peer } : bench;
      assert.deepEqual(await within(turn, room({ a: 1 }, 1)), [idOf(n)]);
    }
    assert.deepEqual(await within(bench, room({ a: 0 }, 1)), []);
    assert.deepEqual(await within(bench, room({ a: 9 }, 1)), [3, 4].map(idOf));
  }),
  holds('C13', 'what is said of others holds for each of them, and for none that is named', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a b b b c c c d d d'));
    assert.deepEqual(await within(bench, room({ c: 3, d: 1 }, 2)), [0, 3, 6, 9, 1, 4, 7, 8].map(idOf));
  }),
  holds('C13', 'where no key is named there is room for so many of each', async (bench) => {
    await bench.store.enqueue(ofKeys('a a b b c'));
    assert.deepEqual(await within(bench, room({}, 1)), [0, 2, 4].map(idOf));
  }),
  holds('C13', 'room for keys that have no task takes nothing from the others', async (bench) => {
    await bench.store.enqueue(ofKeys('a b'));
    assert.deepEqual(await within(bench, room({ x: 5, y: 0, z: 1 }, 1)), [0, 1].map(idOf));
  }),
  holds('C13', 'a task without a key has room, and takes turns as if it had one', async (bench) => {
    await bench.store.enqueue(ofKeys('- - a a - b'));
    assert.deepEqual(await within(bench, room({ b: 0 }, 1)), [0, 2, 1, 4].map(idOf));
  }),
  holds('C13', 'keys take turns by what runs already, also without a limit of what may run of a key', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a a b'));
    assert.deepEqual(ids(await claimed(bench, { limit: 2 })), [0, 1].map(idOf));
    await bench.store.enqueue(ofKeys('c b c c', 10));
    assert.deepEqual(await within({ ...bench, store: bench.peer }, room({ c: 2 }, 9)), [4, 10, 11, 12, 2, 3].map(idOf));
  }),
  holds('C13', 'with a limit of what may run of a key the less of both holds', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a a b b b b'));
    assert.deepEqual(await within(bench, room({ a: 1, b: 5 }, 1), { perKey: 3 }), [0, 4, 5, 6].map(idOf));
    assert.deepEqual(await within(bench, room({ a: 5 }, 1), { perKey: 3 }), [1, 2].map(idOf));
    assert.deepEqual(await within(bench, room({ a: 5, b: 5 }, 1), { perKey: 3 }), []);
    assert.deepEqual(await turns(bench, 4), [3, 7].map(idOf));
  }),
  holds('C13', 'what runs of a key takes nothing from the room of a call', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a a a a'));
    assert.deepEqual(ids(await claimed(bench, { limit: 3 })), [0, 1, 2].map(idOf));
    assert.deepEqual(await within(bench, room({ a: 2 }, 1), { perKey: 5 }), [3, 4].map(idOf));
    assert.deepEqual(await within(bench, room({ a: 2 }, 1), { perKey: 5 }), []);
    assert.deepEqual(await within(bench, room({ a: 1 }, 1)), [5].map(idOf));
  }),
  holds('C13', 'a claim takes exactly as many as limit, cap and rooms allow, the least of them', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a a b b b b c c c c - -'));
    const take = async (most: number, limit: number, cap: number): Promise<number> =>
      (await within(bench, room({ a: 0 }, most), { limit, cap })).length;
    assert.equal(await take(1, 0, 10), 0);
    assert.equal(await take(1, 10, 0), 0);
    assert.equal(await take(3, 2, 10), 2);
    assert.equal(await take(3, 10, 3), 1);
    assert.equal(await take(1, 10, 5), 2);
    assert.equal(await take(9, 100, 100), 5);
    assert.equal(await take(9, 100, 100), 0);
    assert.equal((await within(bench, room({ a: 3 }, 1))).length, 3);
  }),
  holds('C13', 'an urgent key without room holds up none that is not urgent, and the most urgent of a key have its room', async (bench) => {
    await bench.store.enqueue(range(4).map((n) => keyed(n, 'a', { priority: 9 })));
    await bench.store.enqueue([keyed(10, 'b'), keyed(11, 'b', { priority: 1 }), keyed(12, 'b', { priority: 5 }), keyed(13, 'c')]);
    assert.deepEqual(await within(bench, room({ a: 0, b: 2 }, 1)), [12, 13, 11].map(idOf));
    assert.deepEqual(await within(bench, room({ a: 1, b: 1 }, 1)), [0, 10].map(idOf));
  }),
  holds('C13', 'a retry has the room of its key before those that are fresh', async (bench) => {
    await bench.store.enqueue(ofKeys('a a b'));
    const leases = await claimed(bench, { limit: 2 });
    assert.deepEqual(ids(leases), [0, 1].map(idOf));
    await bench.store.enqueue(ofKeys('a c', 10));
    await bench.store.settle([retry(leases[1]!), released(leases[0]!)]);
    assert.deepEqual(await within(bench, room({ a: 1 }, 1)), [0, 2, 11].map(idOf));
    assert.deepEqual(await within(bench, room({ a: 9 }, 1)), [1, 10].map(idOf));
  }),
  holds('C13', 'what is given back takes its room again, as the first of its key', async (bench) => {
    await bench.store.enqueue(ofKeys('a a'));
    for (const n of range(3)) {
      const lease = first(await claimed(bench, { room: room({ a: 1 }, 1) }));
      assert.deepEqual([lease.id, lease.attempt], [idOf(0), 1], `round ${n}`);
      await bench.store.settle([released(lease)]);
    }
    assert.deepEqual(await within(bench, room({ a: 2 }, 1)), [0, 1].map(idOf));
  }),
  holds('C13', 'a key whose next task is not due yet holds up no other, and its room is there for those that are', async (bench) => {
    const later = { due: bench.clock.now() + 10_000, priority: 9 };
    await bench.store.enqueue([keyed(0, 'a', later), keyed(1, 'b'), keyed(2, 'a'), keyed(3, 'a')]);
    assert.deepEqual(await within(bench, room({ a: 1 }, 1)), [1, 2].map(idOf));
    await pass(bench, 10_000);
    assert.deepEqual(await within(bench, room({ a: 1 }, 1)), [0].map(idOf));
  }),
  holds('C13', 'what is out of time is dropped when it is met, and takes no room', async (bench) => {
    const gone = { expiresAt: bench.clock.now() };
    await bench.store.enqueue([keyed(0, 'a', gone), keyed(1, 'a', gone), keyed(2, 'a'), keyed(3, 'a'), keyed(4, 'b', gone), aTask(5)]);
    const answer = await claim(bench, { room: room({ a: 1 }, 1) });
    assert.deepEqual(ids(answer.leases), [2, 5].map(idOf));
    assert.deepEqual([...ids(answer.dropped ?? [])].sort(), [0, 1, 4].map(idOf));
    assert.deepEqual(await within(bench, room({ a: 1 }, 1)), [3].map(idOf));
  }),
  holds('C13', 'an exchange has room as a claim has: a place that is freed gives none', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a a a b'));
    const leases = await claimed(bench, { perKey: 2, limit: 3 });
    assert.deepEqual(ids(leases), [0, 5, 1].map(idOf));
    const verdicts = [leases[0]!, leases[2]!].map((each) => completed(each));
    const none = await bench.store.exchange([verdicts[0]!], request({ perKey: 2, room: room({ a: 0 }, 1) }));
    assert.deepEqual([none.outcomes, none.leases], [['applied'], []]);
    const one = await bench.peer.exchange([verdicts[1]!], request({ perKey: 2, room: room({ a: 1 }, 1) }));
    assert.deepEqual([one.outcomes, ids(one.leases)], [['applied'], [idOf(2)]]);
    const rest = await bench.store.exchange([completed(leases[1]!)], request({ room: room({ a: 5 }, 1) }));
    assert.deepEqual([rest.outcomes, ids(rest.leases)], [['applied'], [3, 4].map(idOf)]);
  }),
  holds('C13', 'the keys of another labourer have the room of their own claims', async (bench) => {
    await bench.store.enqueue([...ofKeys('a a'), keyed(10, 'a', { labourer: other }), keyed(11, 'a', { labourer: other })]);
    assert.deepEqual(await within(bench, room({ a: 1 }, 1)), [idOf(0)]);
    assert.deepEqual(await within(bench, room({ a: 2 }, 1), { labourer: other }), [10, 11].map(idOf));
    assert.deepEqual(await within(bench, room({ a: 2 }, 1)), [idOf(1)]);
  }),
  holds('C13', 'claims that say what room there is, and claims that do not, take each task once', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a b b b - a'));
    const seen = [...(await within(bench, room({ a: 1 }, 2))), ...ids(await claimed(bench, { limit: 2 })), ...(await turns(bench, 3))];
    seen.push(...(await within(bench, room({}, 9))));
    assert.deepEqual(seen, [0, 3, 6, 4, 1, 2, 5, 7].map(idOf));
  }),
];
