import assert from 'node:assert/strict';
import type { TaskState } from '@reeve/core';
import type { StoreCase } from '../../bench.ts';
import { aTask, claimed, completed, dead, find, first, idOf, ids, LEASE, labourer, range, retry } from '../../given.ts';
import { holds } from '../../holds.ts';
import { hostileIds } from '../../hostile.ts';
import { pages } from '../../pages.ts';
import { keyed, turns } from './keyed.ts';

export const keyNameCases: readonly StoreCase[] = [
  holds('C11', 'a record names the key of its task, in whatever state, and none where there is none', async (bench) => {
    await bench.store.enqueue([...range(5).map((n) => keyed(n, `key ${n}`)), aTask(5)]);
    const leases = await claimed(bench, { limit: 4 });
    await bench.store.settle([completed(leases[0]!), dead(leases[1]!), retry(leases[2]!, LEASE)]);
    const states: readonly TaskState[] = ['completed', 'dead', 'queued', 'running', 'queued'];
    for (const [n, state] of states.entries()) {
      const record = await bench.peer.find(aTask(n));
      assert.deepEqual([record?.state, record?.key], [state, `key ${n}`]);
      assert.deepEqual(
        (await pages(bench, state, 10)).find(({ id }) => id === idOf(n)),
        record,
      );
    }
    assert.ok(!Object.hasOwn((await find(bench, 5)) ?? {}, 'key'), 'a task without a key has one');
  }),
  holds('C11', 'a duplicate changes nothing of the key', async (bench) => {
    await bench.store.enqueue([keyed(0, 'a'), aTask(1)]);
    await bench.peer.enqueue([keyed(0, 'b'), keyed(1, 'b'), keyed(2, 'b')]);
    assert.deepEqual([(await find(bench, 0))?.key, (await find(bench, 1))?.key], ['a', undefined]);
    assert.deepEqual([...(await turns(bench, 1))].sort(), [0, 1, 2].map(idOf));
  }),
  holds('C11', 'keys that differ in anything are keys apart, whatever they look like', async (bench) => {
    const keys = hostileIds;
    await bench.store.enqueue(keys.map((key, n) => keyed(n, key)));
    // The names of a labourer and of a task are keys like others.
    await bench.store.enqueue([keyed(500, labourer), keyed(501, idOf(0)), aTask(502)]);
    await bench.store.enqueue(keys.map((key, n) => keyed(n + 1_000, key)));
    const all = [...range(keys.length), 500, 501, 502].map(idOf);
    const leases = await claimed(bench, { perKey: 1 });
    assert.deepEqual(ids(leases), all);
    assert.deepEqual(await turns(bench, 1), []);
    for (const [n, key] of keys.entries()) assert.equal((await find(bench, n))?.key, key);
    const some = leases.filter((_, n) => n % 3 === 0);
    await bench.store.settle(some.map((each) => completed(each)));
    assert.deepEqual(
      await turns(bench, 1),
      range(keys.length)
        .filter((n) => n % 3 === 0)
        .map((n) => idOf(n + 1_000)),
    );
  }),
  holds('C12', 'each of them has its turn', async (bench) => {
    const keys = hostileIds;
    await bench.store.enqueue(keys.flatMap((key, n) => [keyed(2 * n, key), keyed(2 * n + 1, key)]));
    const turn = (second: number): readonly string[] => range(keys.length).map((n) => idOf(2 * n + second));
    assert.deepEqual(await turns(bench, 2), [...turn(0), ...turn(1)]);
  }),
  holds('C11', 'a task that carries its key through a retry is limited by it again', async (bench) => {
    await bench.store.enqueue([keyed(0, 'a:#{1}/%')]);
    for (const _ of range(3)) await bench.store.settle([retry(first(await claimed(bench, { perKey: 1 })))]);
    await bench.store.enqueue([keyed(1, 'a:#{1}/%')]);
    assert.deepEqual(await turns(bench, 1), [idOf(0)]);
    assert.equal((await find(bench, 0))?.key, 'a:#{1}/%');
  }),
];
