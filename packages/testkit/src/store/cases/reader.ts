import assert from 'node:assert/strict';
import { assertRecord } from '../assertions.ts';
import type { StoreCase } from '../bench.ts';
import {
  aTask,
  claimed,
  completed,
  dead,
  expired,
  first,
  held,
  idOf,
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
} from '../given.ts';
import { holds } from '../holds.ts';

export const findCases: readonly StoreCase[] = [
  holds(
    'F1',
    'find sees what the other connection was answered, transition by transition',
    async ({ store, peer, clock, settled: _, ...rest }) => {
      const bench = { store, peer, clock, ...rest };
      const seen = async (expected: Readonly<Record<string, unknown>>): Promise<void> => {
        assertRecord(await peer.find(keyOf(0)), expected);
        assertRecord(await store.find(keyOf(0)), expected);
      };
      await store.enqueue([aTask(0)]);
      await seen({ state: 'queued', attempts: 0 });
      let lease = first(await claimed(bench));
      await seen({ state: 'running', attempts: 1, token: lease.token });
      await peer.renew([{ ...lease, lease: 2 * LEASE }]);
      await seen({ state: 'running', deadline: clock.now() + 2 * LEASE });
      await peer.settle([released(lease)]);
      await seen({ state: 'queued', attempts: 0 });
      lease = first(await claimed(bench));
      await store.settle([retry(lease, 0, 'again')]);
      await seen({ state: 'queued', attempts: 1, lastError: 'again' });
      lease = first(await claimed(bench));
      await pass(bench, LEASE);
      await peer.reap([retry(lease, 0, 'timed out')]);
      await seen({ state: 'queued', attempts: 2, lastError: 'timed out' });
      lease = first(await claimed(bench));
      await store.exchange([completed(lease, '[1]')], request());
      await seen({ state: 'completed', attempts: 3, result: '[1]', endedAt: clock.now() });
    },
  ),
  holds('F1', 'an unknown id, or one of another labourer, is not found', async ({ store }) => {
    await store.enqueue([aTask(1)]);
    assert.equal(await store.find({ labourer: other, id: idOf(1) }), undefined);
    for (const id of ['task-000', 'task-00011', 'TASK-0001', ' task-0001', '%', '*', ''])
      assert.equal(await store.find({ labourer, id }), undefined);
  }),
];

export const censusCases: readonly StoreCase[] = [
  holds('L2', 'a census counts each open task once, where it stands now', async (bench) => {
    const now = bench.clock.now();
    const guard = bench.store.capabilities.clockGuard;
    await bench.store.enqueue([...tasks(9), aTask(20, { due: now + 100 * LEASE }), aTask(21, { due: now + LEASE + guard })]);
    const [a, b, c, d, e] = await claimed(bench, { limit: 5 });
    await bench.store.settle([completed(a!), dead(b!), retry(c!, 200 * LEASE), released(d!)]);
    await claimed(bench, { limit: 2, lease: 10 * LEASE });
    await bench.store.renew([{ ...e!, lease: LEASE }]);
    const count = async (): Promise<unknown> => {
      await bench.settled?.();
      return first(await bench.peer.census([labourer]));
    };
    assert.deepEqual(await count(), { due: 3, waiting: 3, running: 3, expired: 0 });
    await bench.clock.advance(LEASE - 1);
    assert.deepEqual(await count(), { due: 3, waiting: 3, running: 3, expired: 0 });
    await pass(bench, 1 + guard);
    assert.deepEqual(await count(), { due: 4, waiting: 2, running: 2, expired: 1 });
    await bench.store.reap((await expired(bench)).map((each) => dead(each)));
    assert.deepEqual(await count(), { due: 4, waiting: 2, running: 2, expired: 0 });
  }),
  holds('L2', 'a hundred labourers in one call, in the order of the arguments', async (bench) => {
    const names = range(100).map((n) => `worker-${n}`);
    await bench.store.enqueue(range(30).map((n) => aTask(n, { labourer: names[(n * 7) % 10]! })));
    await claimed(bench, { labourer: 'worker-3', limit: 1 });
    await bench.settled?.();
    const asked = [...names].reverse();
    const counts = await bench.store.census(asked);
    assert.deepEqual(
      counts,
      asked.map((name) => {
        const has = Number(name.slice(7)) < 10 ? 3 : 0;
        const running = name === 'worker-3' ? 1 : 0;
        return { due: has - running, waiting: 0, running, expired: 0 };
      }),
    );
  }),
  holds('D1', 'labourers with a due task are named: fresh, retried, released, waited for', async (bench) => {
    const names = ['fresh', 'retried', 'released', 'waiting'];
    const now = bench.clock.now();
    await bench.store.enqueue(names.map((each, n) => aTask(n, { labourer: each, ...(each === 'waiting' && { due: now + 5 * LEASE }) })));
    const retried = first(await claimed(bench, { labourer: 'retried' }));
    const given = first(await claimed(bench, { labourer: 'released' }));
    await bench.store.settle([retry(retried, 5 * LEASE), released(given)]);
    const named = async (): Promise<readonly string[]> => {
      await bench.settled?.();
      return [...(await bench.peer.labourersWithDue([...names, 'idle']))];
    };
    const before = await named();
    assert.ok(before.includes('fresh') && before.includes('released'), `named: ${before.join(', ')}`);
    await pass(bench, 5 * LEASE);
    const after = await named();
    for (const each of names) assert.ok(after.includes(each), `${each} has a due task; named: ${after.join(', ')}`);
  }),
  holds('D1', 'one due task among a hundred idle labourers is found, also behind a full cap', async (bench) => {
    await held(bench, 1);
    await bench.store.enqueue([aTask(1)]);
    await bench.settled?.();
    const names = [...range(50).map((n) => `idle-${n}`), labourer, ...range(50).map((n) => `rest-${n}`)];
    assert.ok((await bench.store.labourersWithDue(names)).has(labourer));
    assert.ok((await bench.store.labourersWithDue([labourer])).has(labourer));
  }),
];
