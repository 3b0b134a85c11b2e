import assert from 'node:assert/strict';
import type { StoreCase } from '../../bench.ts';
import { aTask, claim, claimed, completed, first, idOf, ids, other, pass, range, released, request, retry } from '../../given.ts';
import { holds } from '../../holds.ts';
import { keyed, ofKeys, turns } from './keyed.ts';

export const turnCases: readonly StoreCase[] = [
  holds('C12', 'keys take turns, and within a key the order is that of enqueueing', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a b b c'));
    assert.deepEqual(await turns(bench, 10), [0, 3, 5, 1, 4, 2].map(idOf));
  }),
  holds('C12', 'of keys of which equally many run, the one whose first task is the first has its turn', async (bench) => {
    const now = bench.clock.now();
    const due = (by: number) => ({ due: now - by });
    await bench.store.enqueue([keyed(0, 'a', due(3_000)), keyed(1, 'b', due(9_000)), keyed(2, 'c', due(5_000)), keyed(3, 'd', due(9_000))]);
    await bench.store.enqueue([keyed(4, 'a', due(4_000)), keyed(5, 'b', due(8_000)), keyed(6, 'c', due(9_500)), keyed(7, 'd', due(1_000))]);
    assert.deepEqual(await turns(bench, 10), [6, 1, 3, 4, 5, 2, 0, 7].map(idOf));
  }),
  holds('C12', 'turns go before priorities, and priorities decide within a key and between keys that are even', async (bench) => {
    await bench.store.enqueue([keyed(0, 'a', { priority: 9 }), keyed(1, 'a', { priority: 9 }), keyed(2, 'b')]);
    await bench.store.enqueue([keyed(3, 'b', { priority: 1 }), keyed(4, 'c', { priority: 5 }), keyed(5, 'c', { priority: 6 })]);
    assert.deepEqual(await turns(bench, 10), [0, 5, 3, 1, 4, 2].map(idOf));
  }),
  holds('C12', 'a retry is the first of its key, among those of its priority', async (bench) => {
    await bench.store.enqueue([keyed(0, 'a')]);
    const lease = first(await claimed(bench, { perKey: 2 }));
    await bench.store.enqueue([keyed(1, 'b', { priority: 3 }), keyed(2, 'a'), keyed(3, 'a', { priority: 5 }), keyed(4, 'c')]);
    await bench.store.settle([retry(lease)]);
    assert.deepEqual(await turns(bench, 10), [3, 1, 4, 0, 2].map(idOf));
  }),
  holds('C12', 'of keys that are even, one with a retry goes before one that is fresh', async (bench) => {
    await bench.store.enqueue(ofKeys('a b'));
    const leases = await claimed(bench, { perKey: 1 });
    await bench.store.enqueue(ofKeys('c d', 2));
    await bench.store.settle([released(leases[1]!)]);
    assert.deepEqual(await turns(bench, 2, { limit: 2 }), [1, 2].map(idOf));
    await bench.store.settle([retry(leases[0]!)]);
    assert.deepEqual(await turns(bench, 2, { limit: 2 }), [0, 3].map(idOf));
  }),
  holds('C12', 'what runs already counts: keys of which fewer run have the next turns, over both connections', async (bench) => {
    const crossed = { ...bench, store: bench.peer };
    await bench.store.enqueue(ofKeys('a a a b'));
    assert.deepEqual(await turns(bench, 10, { limit: 3 }), [0, 3, 1].map(idOf));
    await bench.store.enqueue(ofKeys('b c b c', 10));
    assert.deepEqual(await turns(crossed, 10, { limit: 2 }), [11, 10].map(idOf));
    assert.deepEqual(await turns(bench, 10), [13, 2, 12].map(idOf));
  }),
  holds('C12', 'taken one by one the order is the same as in one claim', async (bench) => {
    await bench.store.enqueue(ofKeys('a a b - a c b - a'));
    const one: string[] = [];
    for (const n of range(9)) one.push(...(await turns(n % 2 ? { ...bench, store: bench.peer } : bench, 3, { limit: 1 })));
    // The fourth of a finds its key full.
    assert.deepEqual(one, [0, 2, 3, 5, 1, 6, 7, 4].map(idOf));
  }),
  holds('C12', 'tasks without a key take turns as if they had one', async (bench) => {
    await bench.store.enqueue(ofKeys('- - - - a a'));
    assert.deepEqual(await turns(bench, 10), [0, 4, 1, 5, 2, 3].map(idOf));
    await bench.store.enqueue(ofKeys('- a b', 10));
    assert.deepEqual(await turns(bench, 10), [12, 11, 10].map(idOf));
  }),
  holds('C11', 'tasks without a key are limited by the cap alone', async (bench) => {
    await bench.store.enqueue(ofKeys('- - - a a - -'));
    assert.deepEqual(await turns(bench, 1, { cap: 5 }), [0, 3, 1, 2, 5].map(idOf));
    assert.deepEqual(await turns(bench, 1), [6].map(idOf));
  }),
  holds('C12', 'a key that is full holds up no other', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a a b a b'));
    assert.deepEqual(await turns(bench, 2), [0, 4, 1, 6].map(idOf));
    await bench.store.enqueue(ofKeys('a b c', 10));
    assert.deepEqual(await turns(bench, 2), [12].map(idOf));
    assert.deepEqual(await turns(bench, 2), []);
  }),
  holds('C12', 'thousands of one key hide none of the few of others behind them', async (bench) => {
    for (const n of range(3)) await bench.store.enqueue(range(bench.slow ? 130 : 1_000).map((m) => keyed(1_000 * n + m, 'a')));
    await bench.store.enqueue([keyed(5_000, 'b'), keyed(5_001, 'c'), aTask(5_002)]);
    assert.deepEqual(await turns(bench, 2), [0, 5_000, 5_001, 5_002, 1].map(idOf));
    assert.deepEqual(await turns(bench, 2), []);
  }),
  holds('C12', 'hundreds of keys with one task each, and then all of them full before one that is free', async (bench) => {
    const keys = bench.slow ? 110 : 300;
    await bench.store.enqueue(range(2 * keys).map((n) => keyed(n, `key-${n % keys}`)));
    assert.deepEqual(await turns(bench, 1, { limit: keys - 20 }), range(keys - 20).map(idOf));
    await bench.store.enqueue([keyed(5_000, 'free')]);
    assert.deepEqual(await turns(bench, 1), [...range(20).map((n) => idOf(n + keys - 20)), idOf(5_000)]);
    assert.deepEqual(await turns(bench, 1), []);
  }),
  holds('C12', 'an urgent key that is full holds up none that is not urgent', async (bench) => {
    await bench.store.enqueue(range(4).map((n) => keyed(n, 'a', { priority: 9 })));
    await bench.store.enqueue([keyed(10, 'b', { priority: 1 }), keyed(11, 'c')]);
    assert.deepEqual(await turns(bench, 2), [0, 10, 11, 1].map(idOf));
  }),
  holds('C12', 'a key whose next task is not due yet holds up no other, and takes no turn until it is', async (bench) => {
    const later = { due: bench.clock.now() + 10_000, priority: 9 };
    await bench.store.enqueue([keyed(0, 'a', later), keyed(1, 'b'), keyed(2, 'b'), keyed(3, 'a')]);
    assert.deepEqual(await turns(bench, 1), [1, 3].map(idOf));
    await pass(bench, 10_000);
    assert.deepEqual(await turns(bench, 2), [0, 2].map(idOf));
  }),
  holds('C12', 'what is out of time is dropped when it is met, and takes no turn', async (bench) => {
    const gone = { expiresAt: bench.clock.now() };
    await bench.store.enqueue([keyed(0, 'a', gone), keyed(1, 'a'), keyed(2, 'b', gone), keyed(3, 'c'), aTask(4, gone), aTask(5)]);
    const answer = await claim(bench, { perKey: 1 });
    assert.deepEqual(ids(answer.leases), [1, 3, 5].map(idOf));
    assert.deepEqual([...ids(answer.dropped ?? [])].sort(), [0, 2, 4].map(idOf));
  }),
  holds('C12', 'with keys a claim takes exactly as many as limit, cap and keys allow, the least of them', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a b b b c c c - -'));
    const take = async (perKey: number, limit: number, cap: number): Promise<number> => (await turns(bench, perKey, { limit, cap })).length;
    assert.equal(await take(1, 0, 10), 0);
    assert.equal(await take(1, 10, 0), 0);
    assert.equal(await take(1, 2, 10), 2);
    assert.equal(await take(1, 10, 4), 2);
    assert.equal(await take(1, 10, 10), 1);
    assert.equal(await take(1, 10, 10), 0);
    assert.equal(await take(2, 10, 7), 2);
    assert.equal(await take(2, 10, 10), 1);
    assert.equal(await take(3, 100, 100), 3);
    assert.equal(await take(3, 100, 100), 0);
  }),
  holds('C11', 'the keys of another labourer are others, though they have the same names', async (bench) => {
    await bench.store.enqueue([...ofKeys('a a'), keyed(10, 'a', { labourer: other }), keyed(11, 'a', { labourer: other })]);
    assert.deepEqual(await turns(bench, 1), [idOf(0)]);
    assert.deepEqual(await turns(bench, 1, { labourer: other }), [idOf(10)]);
    assert.deepEqual(await turns(bench, 1), []);
    assert.deepEqual(await turns(bench, 2, { labourer: other }), [idOf(11)]);
  }),
  holds('C12', 'for a claim that does not ask for turns keys do not count', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a b - a b'));
    assert.deepEqual(ids(await claimed(bench, { limit: 5 })), [0, 1, 2, 3, 4].map(idOf));
    // Those it took count for one that does ask.
    assert.deepEqual(await turns(bench, 3), [6].map(idOf));
    assert.deepEqual(ids(await claimed(bench)), [idOf(5)]);
  }),
  holds('C12', 'claims that ask for turns and claims that do not take each task once', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a b b b - a'));
    const seen = [...(await turns(bench, 1)), ...ids(await claimed(bench, { limit: 2 })), ...(await turns(bench, 3, { limit: 2 }))];
    seen.push(...ids(await claimed(bench)));
    assert.deepEqual(seen, [0, 3, 6, 1, 2, 4, 5, 7].map(idOf));
  }),
  holds('C11', 'a place under a key passes to the next of it in one exchange', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a b b'));
    const leases = await claimed(bench, { perKey: 1 });
    assert.deepEqual(ids(leases), [0, 3].map(idOf));
    const one = await bench.store.exchange([completed(leases[0]!)], request({ perKey: 1 }));
    assert.deepEqual([one.outcomes, ids(one.leases)], [['applied'], [idOf(1)]]);
    const rest = [...one.leases, leases[1]!].map((each) => completed(each));
    const both = await bench.peer.exchange(rest, request({ perKey: 1 }));
    assert.deepEqual([both.outcomes, ids(both.leases)], [['applied', 'applied'], [2, 4].map(idOf)]);
    const stale = await bench.store.exchange(rest, request({ perKey: 1 }));
    assert.deepEqual([stale.outcomes, stale.leases], [['repeated', 'repeated'], []]);
  }),
];
