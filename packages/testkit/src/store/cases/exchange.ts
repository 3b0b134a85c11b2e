import assert from 'node:assert/strict';
import { assertRecord } from '../assertions.ts';
import type { StoreCase } from '../bench.ts';
import {
  aTask,
  claimed,
  completed,
  dead,
  find,
  first,
  held,
  idOf,
  ids,
  newToken,
  other,
  PLENTY,
  range,
  released,
  request,
  retry,
  tasks,
} from '../given.ts';
import { holds } from '../holds.ts';

export const exchangeCases: readonly StoreCase[] = [
  holds('X1', 'the place of a finished attempt passes to the next in one call', async (bench) => {
    await bench.store.enqueue(tasks(5));
    let lease = first(await claimed(bench, { cap: 1 }));
    for (const n of range(4)) {
      const { outcomes, leases } = await bench.store.exchange([completed(lease)], request({ cap: 1 }));
      assert.deepEqual(outcomes, ['applied']);
      assert.deepEqual(ids(leases), [idOf(n + 1)]);
      lease = first(leases);
    }
    assert.deepEqual(await bench.store.exchange([completed(lease)], request({ cap: 1 })).then(({ leases }) => leases), []);
  }),
  holds('X1', 'a full cap is exchanged whole, and no more than that', async (bench) => {
    const leases = await held(bench, 5);
    await bench.store.enqueue(range(20).map((n) => aTask(n + 10)));
    await bench.settled?.();
    const verdicts = leases.map((each, n) => (n % 2 ? completed(each) : dead(each)));
    const answer = await bench.store.exchange(verdicts, request({ cap: 5 }));
    assert.deepEqual(
      answer.outcomes,
      verdicts.map(() => 'applied'),
    );
    assert.deepEqual(
      ids(answer.leases),
      range(5).map((n) => idOf(n + 10)),
    );
    assert.deepEqual(await claimed(bench, { cap: 5 }), []);
  }),
  holds('X1', 'stale and repeated verdicts pass nothing on', async (bench) => {
    const [a, b] = await held(bench, 2);
    await bench.store.enqueue(range(20).map((n) => aTask(n + 10)));
    await bench.settled?.();
    const stale = await bench.store.exchange(
      [
        { ...completed(a!), token: 'wrong' },
        { ...dead(b!), labourer: other },
      ],
      request({ cap: 2 }),
    );
    assert.deepEqual([stale.outcomes, stale.leases], [['stale', 'stale'], []]);
    const once = await bench.store.exchange([completed(a!)], request({ cap: 2 }));
    assert.deepEqual([once.outcomes, once.leases.length], [['applied'], 1]);
    const twice = await bench.peer.exchange([completed(a!)], request({ cap: 2 }));
    assert.deepEqual([twice.outcomes, twice.leases], [['repeated'], []]);
  }),
  holds('X1', 'with no verdicts it is a claim, with a limit of 0 it is a settlement', async (bench) => {
    await bench.store.enqueue(tasks(3));
    await bench.settled?.();
    const taken = await bench.store.exchange([], request({ cap: 2, lease: 45_000 }));
    assert.deepEqual([taken.outcomes, ids(taken.leases)], [[], [idOf(0), idOf(1)]]);
    assert.equal(first(taken.leases).deadline, bench.clock.now() + 45_000);
    const settled = await bench.store.exchange(
      taken.leases.map((each) => completed(each)),
      request({ limit: 0 }),
    );
    assert.deepEqual([settled.outcomes, settled.leases], [['applied', 'applied'], []]);
  }),
  holds('X1', 'it settles first: a task it gives back is there to be claimed, ahead of the fresh ones', async (bench) => {
    const [a, b] = await held(bench, 2);
    await bench.store.enqueue([aTask(10)]);
    await bench.settled?.();
    const token = newToken();
    const { outcomes, leases } = await bench.store.exchange([retry(a!), released(b!)], request({ cap: 2, token }));
    assert.deepEqual(outcomes, ['applied', 'applied']);
    // An index may lag behind the settlement of the same call: then it is the fresh task, and the next claim has the others.
    const rest = await claimed(bench, { cap: PLENTY });
    const all = [...leases, ...rest];
    assert.deepEqual([...ids(all)].sort(), [idOf(0), idOf(1), idOf(10)]);
    if (!bench.settled) assert.deepEqual(ids(all), [idOf(0), idOf(1), idOf(10)]);
    assert.deepEqual(all.map(({ id, attempt }) => `${id} ${attempt}`).sort(), [`${idOf(0)} 2`, `${idOf(1)} 1`, `${idOf(10)} 1`]);
  }),
  holds('X1', 'verdicts may be of another labourer than the claim', async (bench) => {
    const lease = first(await held(bench, 1));
    await bench.store.enqueue([aTask(20, { labourer: other }), aTask(21, { labourer: other })]);
    await bench.settled?.();
    const { outcomes, leases } = await bench.store.exchange([completed(lease)], request({ labourer: other, cap: 1 }));
    assert.deepEqual([outcomes, ids(leases)], [['applied'], [idOf(20)]]);
    assertRecord(await find(bench, 0), { state: 'completed' });
  }),
  holds('X1', 'a hundred and twenty for a hundred and twenty', async (bench) => {
    const leases = await held(bench, 120);
    await bench.store.enqueue(range(200).map((n) => aTask(n + 200)));
    await bench.settled?.();
    const answer = await bench.store.exchange(
      leases.map((each) => completed(each, `"${each.id}"`)),
      request({ cap: 120 }),
    );
    assert.deepEqual(
      answer.outcomes,
      leases.map(() => 'applied'),
    );
    assert.deepEqual(
      ids(answer.leases),
      range(120).map((n) => idOf(n + 200)),
    );
    assertRecord(await find(bench, 119), { state: 'completed', result: `"${idOf(119)}"` });
  }),
];
