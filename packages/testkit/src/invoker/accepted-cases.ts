import assert from 'node:assert/strict';
import type { Arrival } from './bench.ts';
import { contextOf, leaseOf } from './samples.ts';
import type { InvokerCase } from './test-invoker.ts';

export const acceptedCases: readonly InvokerCase[] = [
  {
    name: 'I1 what is accepted or finished arrives at a worker, with its own id',
    run: async (bench) => {
      const arrived: Arrival[] = [];
      const labourer = bench.employ('plain', (arrival) => arrived.push(arrival));
      for (const id of ['t-1', 't-2', 't-3']) {
        const delivery = await bench.invoker.invoke(labourer, leaseOf(labourer, id, `{"n": "${id}"}`), contextOf());
        assert.ok(delivery.kind === 'accepted' || delivery.kind === 'finished', `a sound attempt was ${delivery.kind}`);
        if (delivery.kind === 'finished') assert.equal(delivery.report.kind, 'done', 'a worker that succeeded was reported as failed');
      }
      await bench.settled();
      assert.deepEqual(new Set(arrived.map(({ id }) => id)), new Set(['t-1', 't-2', 't-3']));
    },
  },
  {
    name: 'I1 a further attempt of the same task arrives as that attempt, with its own token',
    run: async (bench) => {
      const arrived: Arrival[] = [];
      const labourer = bench.employ('again', (arrival) => arrived.push(arrival));
      const leases = [1, 2, 3].map((attempt) => leaseOf(labourer, 'same', '{"n": 1}', attempt));
      for (const lease of leases) await bench.invoker.invoke(labourer, lease, contextOf());
      await bench.settled();
      for (const { token, attempt } of leases) {
        const matches = (each: Arrival): boolean => (each.token ?? token) === token && (each.attempt ?? attempt) === attempt;
        assert.ok(arrived.some(matches), `attempt ${attempt} did not arrive as itself`);
      }
    },
  },
  {
    name: 'I1 each labourer gets its own work',
    run: async (bench) => {
      const [left, right]: [string[], string[]] = [[], []];
      const a = bench.employ('left', ({ id }) => left.push(id));
      const b = bench.employ('right', ({ id }) => right.push(id));
      await Promise.all([
        bench.invoker.invoke(a, leaseOf(a, 'for-left', '{}'), contextOf()),
        bench.invoker.invoke(b, leaseOf(b, 'for-right', '{}'), contextOf()),
      ]);
      await bench.settled();
      assert.deepEqual(new Set(left), new Set(['for-left']));
      assert.deepEqual(new Set(right), new Set(['for-right']));
    },
  },
  {
    name: 'I1 ids of every kind arrive as they are',
    run: async (bench) => {
      const arrived = new Set<string>();
      const labourer = bench.employ('ids', ({ id }) => arrived.add(id));
      const ids = ['a b', 'ž🐎', '"quoted"', '\\back', '{brace}', "it's", '0012', 'x'.repeat(128)];
      await Promise.all(ids.map((id) => bench.invoker.invoke(labourer, leaseOf(labourer, id, '{}'), contextOf())));
      await bench.settled();
      assert.deepEqual(arrived, new Set(ids));
    },
  },
];
