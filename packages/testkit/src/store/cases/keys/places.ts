import assert from 'node:assert/strict';
import type { Lease } from '@reeve/core';
import type { StoreBench, StoreCase } from '../../bench.ts';
import { claimed, completed, dead, expired, first, idOf, ids, LEASE, pass, range, released, retry } from '../../given.ts';
import { holds } from '../../holds.ts';
import { ofKeys, turns } from './keyed.ts';

const HOUR = 3_600_000;

/** Ways out of running after which the task itself is not due again. */
const waysOut: Readonly<Record<string, (bench: StoreBench, lease: Lease) => Promise<readonly string[]>>> = {
  completed: ({ store }, lease) => store.settle([completed(lease)]),
  dead: ({ store }, lease) => store.settle([dead(lease)]),
  'a retry that is due later': ({ store }, lease) => store.settle([retry(lease, HOUR)]),
  'released for later': ({ store }, lease) => store.settle([released(lease, HOUR)]),
  'reaped dead': async (bench, lease) => {
    await pass(bench, LEASE);
    assert.deepEqual(ids(await expired(bench)), [lease.id]);
    return bench.store.reap([dead(lease)]);
  },
  'reaped for later': async (bench, lease) => {
    await pass(bench, LEASE);
    assert.deepEqual(ids(await expired(bench)), [lease.id]);
    return bench.store.reap([retry(lease, HOUR)]);
  },
};

export const placeCases: readonly StoreCase[] = [
  holds('C11', 'no more than so many of a key run, also in a claim for ten', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a a a a a a a a'));
    assert.deepEqual(await turns(bench, 1, { limit: 10 }), [idOf(0)]);
    assert.deepEqual(await turns(bench, 1, { limit: 10 }), []);
    assert.deepEqual(await turns({ ...bench, store: bench.peer }, 3, { limit: 10 }), [1, 2].map(idOf));
    assert.deepEqual(await turns(bench, 3, { limit: 10 }), []);
  }),
  holds('C11', 'a raised number gives the new places at once, a lowered one gives none and ends nothing', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a a a b b b b b'));
    const leases = await claimed(bench, { perKey: 3 });
    assert.deepEqual(ids(leases), [0, 5, 1, 6, 2, 7].map(idOf));
    assert.deepEqual(await turns(bench, 1), []);
    await bench.store.settle([completed(leases[0]!), completed(leases[2]!), completed(leases[1]!)]);
    // One of a runs, and two of b.
    assert.deepEqual(await turns(bench, 1), []);
    assert.deepEqual(await turns(bench, 2), [3].map(idOf));
    assert.deepEqual(await turns(bench, 4), [4, 8, 9].map(idOf));
  }),
  holds('C11', 'the cap holds beside it: whichever is less', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a a b b b b'));
    const leases = await claimed(bench, { perKey: 2, cap: 3 });
    assert.deepEqual(ids(leases), [0, 4, 1].map(idOf));
    assert.deepEqual(await turns(bench, 2, { cap: 3 }), []);
    await bench.store.settle([completed(leases[1]!)]);
    assert.deepEqual(await turns(bench, 2, { cap: 3 }), [5].map(idOf));
    assert.deepEqual(await turns(bench, 2, { cap: 9 }), [6].map(idOf));
    assert.deepEqual(await turns(bench, 2, { cap: 9 }), []);
  }),
  ...Object.entries(waysOut).map(([way, leave]) =>
    holds('C11', `an attempt frees the place of its key once: ${way}`, async (bench) => {
      await bench.store.enqueue(ofKeys('a a a b'));
      const [lease, held] = await claimed(bench, { perKey: 1 });
      await bench.store.renew([{ ...held!, lease: 10 * LEASE + 10 * bench.store.capabilities.clockGuard }]);
      assert.deepEqual(await leave(bench, lease!), ['applied']);
      assert.deepEqual(await turns(bench, 1), [idOf(1)]);
      assert.deepEqual(await turns({ ...bench, store: bench.peer }, 1), []);
      // Words that come again, or too late, free nothing.
      await bench.peer.settle([completed(lease!), dead(lease!), retry(lease!, HOUR), { ...completed(held!), token: 'of nobody' }]);
      assert.deepEqual(await turns(bench, 1), []);
    }),
  ),
  holds('C11', 'a task that goes back at once takes its place of the key again, as the first of it', async (bench) => {
    await bench.store.enqueue(ofKeys('a a'));
    const lease = first(await claimed(bench, { perKey: 1 }));
    await bench.store.settle([released(lease)]);
    const again = first(await claimed(bench, { perKey: 1 }));
    assert.deepEqual([again.id, again.attempt], [idOf(0), 1]);
    await bench.store.settle([retry(again)]);
    assert.deepEqual(await turns(bench, 1), [idOf(0)]);
    assert.deepEqual(await turns(bench, 1), []);
  }),
  holds('C11', 'a retry that waits holds no place of its key, and waits for one when it is due', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a'));
    await bench.store.settle([retry(first(await claimed(bench, { perKey: 1 })), 10_000)]);
    const second = first(await claimed(bench, { perKey: 1 }));
    assert.equal(second.id, idOf(1));
    await pass(bench, 10_000);
    assert.deepEqual(await turns(bench, 1), []);
    await bench.store.settle([completed(second)]);
    assert.deepEqual(await turns(bench, 1), [idOf(0)]);
  }),
  holds('C11', 'a lease holds the place of its key up to its deadline, and from there on no more', async (bench) => {
    await bench.store.enqueue(ofKeys('a a b a b'));
    assert.deepEqual(await turns(bench, 1), [0, 2].map(idOf));
    await bench.clock.advance(LEASE - 1);
    assert.deepEqual(await turns(bench, 1), []);
    await pass(bench, 1);
    assert.deepEqual(await turns(bench, 1), [1, 4].map(idOf));
    assert.deepEqual(await turns(bench, 1), []);
  }),
  holds('C11', 'a lease that was renewed holds it up to its new deadline', async (bench) => {
    await bench.store.enqueue(ofKeys('a a b b'));
    const [lease] = await claimed(bench, { perKey: 1 });
    const { clockGuard } = bench.store.capabilities;
    await bench.store.renew([{ ...lease!, lease: 3 * LEASE + 2 * clockGuard }]);
    await pass(bench, LEASE);
    assert.deepEqual(await turns(bench, 1, { lease: 10 * LEASE + 10 * clockGuard }), [idOf(3)]);
    await pass(bench, 2 * LEASE + 2 * clockGuard);
    assert.deepEqual(await turns(bench, 1), [idOf(1)]);
  }),
  holds('C11', 'a place that was freed by expiry is not freed again by a late verdict or a reap', async (bench) => {
    await bench.store.enqueue(ofKeys('a a a b b b'));
    const late = await claimed(bench, { perKey: 1 });
    await pass(bench, LEASE);
    assert.deepEqual(await turns(bench, 1), [1, 4].map(idOf));
    assert.deepEqual(await bench.store.settle([completed(late[0]!)]), ['applied']);
    assert.deepEqual(await bench.store.reap([dead(late[1]!)]), ['applied']);
    assert.deepEqual(await turns(bench, 1), []);
  }),
  holds('C11', 'places that are freed and taken many times are neither lost nor doubled', async (bench) => {
    await bench.store.enqueue(
      ofKeys(
        range(40)
          .map((n) => 'abcd'[n % 4])
          .join(' '),
      ),
    );
    let leases: readonly Lease[] = [];
    for (const n of range(10)) {
      await bench.store.settle(leases.map((each) => completed(each)));
      leases = await claimed(n % 2 ? { ...bench, store: bench.peer } : bench, { perKey: 1 });
      assert.deepEqual(
        ids(leases),
        range(4).map((m) => idOf(4 * n + m)),
      );
      assert.deepEqual(await turns(bench, 1), []);
    }
  }),
];
