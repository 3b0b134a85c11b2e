import assert from 'node:assert/strict';
import type { WholeCase } from '../../bench.ts';
import { claimed, completed, dead, find, first, idOf, json, keyOf, LEASE, pass, retry } from '../../given.ts';
import { holdsWhole } from '../../holds.ts';
import { keyed, ofKeys, turns } from '../keys/keyed.ts';

/** What an operator does to tasks whose claims are limited by key. */
export const operatorKeyCases: readonly WholeCase[] = [
  holdsWhole('C11', 'a task that is to be cancelled holds the place of its key until the verdict, and frees it once', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a'));
    const lease = first(await claimed(bench, { perKey: 1 }));
    assert.deepEqual(await bench.store.cancel([keyOf(0)]), ['cancelling']);
    assert.deepEqual(await turns(bench, 1), []);
    assert.deepEqual(await bench.peer.settle([retry(lease)]), ['cancelled']);
    assert.deepEqual(await turns(bench, 1), [idOf(1)]);
    await bench.store.settle([retry(lease), completed(lease), dead(lease)]);
    assert.deepEqual(await bench.store.cancel([keyOf(0)]), ['ended']);
    assert.deepEqual(await turns(bench, 1), []);
  }),
  holdsWhole('C11', 'one whose lease expires meanwhile holds it no more, and its reap frees none', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a'));
    const lease = first(await claimed(bench, { perKey: 1 }));
    await bench.store.cancel([keyOf(0)]);
    await pass(bench, LEASE);
    assert.deepEqual(await turns(bench, 1), [idOf(1)]);
    assert.deepEqual(await bench.store.reap([dead(lease)]), ['cancelled']);
    assert.deepEqual(await turns(bench, 1), []);
  }),
  holdsWhole('C12', 'a queued task that is cancelled or buried takes no turn of its key', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a b b'));
    await bench.store.cancel([keyOf(0)]);
    await bench.store.bury([{ ...keyOf(3), error: 'e' }]);
    assert.deepEqual(await turns(bench, 1), [1, 4].map(idOf));
  }),
  holdsWhole('C12', 'a task that is queued again keeps its key, and is the last of it', async (bench) => {
    await bench.store.enqueue([keyed(0, 'a')]);
    await bench.store.settle([dead(first(await claimed(bench, { perKey: 1 })))]);
    await bench.store.enqueue(ofKeys('a b', 1));
    await bench.clock.advance(1_000);
    assert.deepEqual(await bench.store.redrive([keyOf(0)]), ['queued']);
    assert.equal((await find(bench, 0))?.key, 'a');
    const leases = await claimed(bench, { perKey: 1 });
    assert.deepEqual(
      leases.map(({ id }) => id),
      [1, 2].map(idOf),
    );
    await bench.store.settle([completed(leases[0]!)]);
    assert.deepEqual(await turns(bench, 1), [idOf(0)]);
  }),
  holdsWhole('C12', 'a task with another payload keeps its key and its turn', async (bench) => {
    await bench.store.enqueue(ofKeys('a a b'));
    assert.deepEqual(await bench.store.replace([{ ...keyOf(0), payload: json('"other"') }]), ['replaced']);
    assert.equal((await find(bench, 0))?.key, 'a');
    assert.deepEqual(await turns(bench, 1), [0, 2].map(idOf));
  }),
];
