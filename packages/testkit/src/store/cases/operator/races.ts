import assert from 'node:assert/strict';
import { assertApart, assertRecord, count } from '../../assertions.ts';
import type { WholeBench, WholeCase, WholeStore } from '../../bench.ts';
import { RACERS } from '../../crowd.ts';
import {
  aTask,
  claim,
  claimed,
  completed,
  dead,
  find,
  first,
  held,
  idOf,
  ids,
  json,
  keyOf,
  LEASE,
  pass,
  range,
  request,
  retry,
  tasks,
} from '../../given.ts';
import { holdsWhole } from '../../holds.ts';

const ROUNDS = range(8);

/** The two connections by turns, so that neither is always the first. */
const turns = ({ store, peer }: WholeBench, n: number): readonly [WholeStore, WholeStore] => (n % 2 ? [peer, store] : [store, peer]);

/** One of these pairs of answers is right, and no other. */
const assertPair = (one: string | undefined, two: string | number | undefined, ...right: readonly string[]): void => {
  const shown = `${one} ${two}`;
  assert.ok(right.includes(shown), `${shown}, where one of these is right: ${right.join(', ')}`);
};

export const operatorRaceCases: readonly WholeCase[] = [
  holdsWhole('O1', 'of a cancellation and a claim one comes first, and the task ends cancelled either way', async (bench) => {
    for (const n of ROUNDS) {
      await bench.store.enqueue([aTask(n)]);
      await bench.settled?.();
      const [one, two] = turns(bench, n);
      const [[said], { leases }] = await Promise.all([one.cancel([keyOf(n)]), two.claim(request())]);
      assertPair(said, leases.length, 'cancelled 0', 'cancelling 1');
      for (const lease of leases) assert.deepEqual(await two.settle([completed(lease)]), ['cancelled']);
      assertRecord(await find(bench, n), { state: 'cancelled', attempts: leases.length });
    }
    assert.deepEqual(await claimed(bench), []);
  }),
  holdsWhole('O1', 'of many cancellations at once exactly one has ended the task', async (bench) => {
    for (const n of range(4)) {
      await bench.store.enqueue([aTask(n)]);
      const answers = await Promise.all(range(RACERS).map((m) => turns(bench, m)[0].cancel([keyOf(n)])));
      const outcomes = answers.flat();
      assert.deepEqual([count(outcomes, 'cancelled'), count(outcomes, 'ended')], [1, RACERS - 1], outcomes.join(', '));
    }
  }),
  holdsWhole('O2', 'of a cancellation and a word that ends the task one comes first', async (bench) => {
    for (const n of ROUNDS) {
      await bench.store.enqueue([aTask(n)]);
      const lease = first(await claimed(bench));
      const [one, two] = turns(bench, n);
      const [[said], [outcome]] = await Promise.all([one.cancel([keyOf(n)]), two.settle([n % 4 < 2 ? completed(lease) : dead(lease)])]);
      assertPair(said, outcome, 'cancelling cancelled', 'ended applied');
      const state = outcome === 'cancelled' ? 'cancelled' : n % 4 < 2 ? 'completed' : 'dead';
      assertRecord(await find(bench, n), { state });
    }
  }),
  holdsWhole(
    'O2',
    'of a cancellation and a word that queues the task again one comes first, and the task ends cancelled',
    async (bench) => {
      for (const n of ROUNDS) {
        await bench.store.enqueue([aTask(n)]);
        const lease = first(await claimed(bench));
        const [one, two] = turns(bench, n);
        const [[said], [outcome]] = await Promise.all([one.cancel([keyOf(n)]), two.settle([retry(lease)])]);
        assertPair(said, outcome, 'cancelling cancelled', 'cancelled applied');
        assertRecord(await find(bench, n), { state: 'cancelled', attempts: 1 });
      }
      assert.deepEqual(await claimed(bench), []);
    },
  ),
  holdsWhole('O2', 'of a cancellation and a reap one comes first, and the task ends cancelled', async (bench) => {
    for (const n of ROUNDS) {
      await bench.store.enqueue([aTask(n)]);
      const lease = first(await claimed(bench));
      await pass(bench, LEASE);
      const [one, two] = turns(bench, n);
      const [[said], [outcome]] = await Promise.all([one.cancel([keyOf(n)]), two.reap([retry(lease)])]);
      assertPair(said, outcome, 'cancelling cancelled', 'cancelled applied');
      assertRecord(await find(bench, n), { state: 'cancelled' });
    }
  }),
  holdsWhole('O2', 'of a cancellation and a renewal one comes first, and the next renewal is told', async (bench) => {
    for (const n of ROUNDS) {
      await bench.store.enqueue([aTask(n)]);
      const lease = first(await claimed(bench));
      const [one, two] = turns(bench, n);
      const [[said], [renewal]] = await Promise.all([one.cancel([keyOf(n)]), two.renew([{ ...lease, lease: 3 * LEASE }])]);
      assert.equal(said, 'cancelling');
      const deadline = renewal?.kind === 'renewed' ? renewal.deadline : lease.deadline;
      assert.notEqual(renewal?.kind, 'stale');
      assert.deepEqual(await two.renew([{ ...lease, lease: LEASE }]), [{ kind: 'cancelled' }]);
      assertRecord(await find(bench, n), { state: 'running', deadline, cancelling: true });
      await bench.store.settle([completed(lease)]);
    }
  }),
  holdsWhole('O2', 'cancellations amid claims and verdicts break no cap, and every task ends once', async (bench) => {
    await bench.store.enqueue(tasks(40));
    const ended: string[] = [];
    let running = 0;
    let most = 0;
    const worker = async (n: number): Promise<void> => {
      const [store] = turns(bench, n);
      for (let idle = 0; idle < 20; idle += 1) {
        await bench.settled?.();
        const { leases } = await store.claim(request({ cap: 4, limit: 2 }));
        running += leases.length;
        most = Math.max(most, running);
        if (leases.length > 0) idle = 0;
        await new Promise<void>((resolve) => setImmediate(resolve));
        // Counted out before the call that frees the places: whatever is counted certainly runs.
        running -= leases.length;
        const outcomes = await store.settle(leases.map((each) => completed(each)));
        ended.push(...ids(leases).filter((_, m) => outcomes[m] === 'applied' || outcomes[m] === 'cancelled'));
      }
    };
    const canceller = async (): Promise<void> => {
      for (const n of range(20)) {
        const [said] = await turns(bench, n)[0].cancel([keyOf(n * 2)]);
        if (said === 'cancelled') ended.push(idOf(n * 2));
      }
    };
    await Promise.all([...range(4).map(worker), canceller()]);
    assert.ok(most <= 4, `${most} were held under a cap of 4`);
    assert.deepEqual([...ended].sort(), range(40).map(idOf));
  }),
  holdsWhole('O3', 'of a burial and a claim one comes first', async (bench) => {
    for (const n of ROUNDS) {
      await bench.store.enqueue([aTask(n)]);
      await bench.settled?.();
      const [one, two] = turns(bench, n);
      const [[said], { leases }] = await Promise.all([one.bury([{ ...keyOf(n), error: 'buried' }]), two.claim(request())]);
      assertPair(said, leases.length, 'buried 0', 'running 1');
      for (const lease of leases) assert.deepEqual(await two.settle([completed(lease)]), ['applied']);
      assertRecord(await find(bench, n), { state: leases.length > 0 ? 'completed' : 'dead' });
    }
  }),
  holdsWhole('O3', 'of a burial and a cancellation one has ended the task', async (bench) => {
    for (const n of ROUNDS) {
      await bench.store.enqueue([aTask(n)]);
      const [one, two] = turns(bench, n);
      const [[buried], [cancelled]] = await Promise.all([one.bury([{ ...keyOf(n), error: 'buried' }]), two.cancel([keyOf(n)])]);
      assertPair(buried, cancelled, 'buried ended', 'ended cancelled');
      assertRecord(await find(bench, n), { state: buried === 'buried' ? 'dead' : 'cancelled' });
    }
  }),
  holdsWhole('O4', 'of many that redrive one task at once exactly one has queued it, and it is there once', async (bench) => {
    for (const n of range(4)) {
      await bench.store.enqueue([aTask(n)]);
      await bench.store.settle([dead(first(await claimed(bench)))]);
      const outcomes = (await Promise.all(range(RACERS).map((m) => turns(bench, m)[0].redrive([keyOf(n)])))).flat();
      assert.deepEqual([count(outcomes, 'queued'), count(outcomes, 'open')], [1, RACERS - 1], outcomes.join(', '));
      const leases = await claimed(bench);
      assert.deepEqual(ids(leases), [idOf(n)]);
      assert.deepEqual(await bench.store.settle([completed(leases[0]!)]), ['applied']);
    }
  }),
  holdsWhole('O4', 'redrives amid claims: no task is given to two, and none is gone', async (bench) => {
    const leases = await held(bench, 30);
    await bench.store.settle(leases.map((each) => dead(each)));
    const [answers, redriven] = await Promise.all([
      Promise.all(range(RACERS).map((n) => turns(bench, n)[0].claim(request({ limit: 3 })))),
      Promise.all(range(3).map((n) => turns(bench, n + 1)[0].redrive(range(30).map(keyOf)))),
    ]);
    const rest = [await claim(bench), await claim(bench)];
    const all = [...answers, ...rest].flatMap((each) => each.leases);
    assertApart(all);
    assert.deepEqual([...ids(all)].sort(), range(30).map(idOf));
    assert.equal(count(redriven.flat(), 'queued'), 30);
  }),
  holdsWhole(
    'O5',
    'of a replacement and a claim one comes first: the old payload and started, or the new one and replaced',
    async (bench) => {
      for (const n of ROUNDS) {
        await bench.store.enqueue([aTask(n)]);
        await bench.settled?.();
        const [one, two] = turns(bench, n);
        const payload = json('"new"');
        const [[said], { leases }] = await Promise.all([one.replace([{ ...keyOf(n), payload }]), two.claim(request())]);
        const kept = (await find(bench, n))?.payload;
        assert.equal(kept, said === 'replaced' ? payload : aTask(n).payload, `${said}, and it is kept as ${kept}`);
        const lease = first([...leases, ...(await claimed(bench))]);
        assertPair(said, lease.payload, `started ${aTask(n).payload}`, `replaced ${payload}`);
        await bench.store.settle([completed(lease)]);
      }
    },
  ),
];
