import assert from 'node:assert/strict';
import { contextOf, leaseOf } from './samples.ts';
import type { InvokerCase } from './test-invoker.ts';

/** Dozens, unless the invoker wants fewer. One is left over for the call that must not wait. */
const most = (parallelism: number | undefined): number => Math.min(48, (parallelism ?? 49) - 1);

export const togetherCases: readonly InvokerCase[] = [
  {
    name: 'I4 dozens of calls are under way at once, and none waits for another',
    run: async (bench) => {
      const count = most(bench.invoker.parallelism);
      const held = bench.hold('held');
      const arrived: string[] = [];
      const free = bench.employ('free', ({ id }) => arrived.push(id));
      const calls = Array.from({ length: count }, (_, n) =>
        bench.invoker.invoke(held.labourer, leaseOf(held.labourer, `held-${n}`, '{}'), contextOf()),
      );
      await held.reached(count);
      await bench.invoker.invoke(free, leaseOf(free, 'free', '{}'), contextOf());
      held.release();
      const kinds = (await Promise.all(calls)).map(({ kind }) => kind);
      assert.ok(
        kinds.every((kind) => kind === 'accepted' || kind === 'finished'),
        `of ${count} calls some were ${kinds.join(', ')}`,
      );
      await bench.settled();
      assert.deepEqual(arrived, ['free']);
    },
  },
  {
    name: 'I4 many calls at once do not mix up their answers',
    run: async (bench) => {
      const seen = new Map<string, string>();
      const labourer = bench.employ('many', ({ id, payload }) => void seen.set(id, payload));
      const [refused] = bench.refusing(() => {});
      const ids = Array.from({ length: 60 }, (_, n) => `many-${n}`);
      const kinds = await Promise.all(
        ids.map(async (id, n) => {
          const whom = refused && n % 6 === 0 ? refused : labourer;
          return (await bench.invoker.invoke(whom, leaseOf(whom, id, `{"mine": "${id}"}`), contextOf())).kind;
        }),
      );
      await bench.settled();
      for (const [n, id] of ids.entries()) {
        assert.equal(kinds[n] === 'refused', refused !== undefined && n % 6 === 0, `${id} was ${kinds[n]}`);
        if (kinds[n] !== 'refused') assert.deepEqual(JSON.parse(seen.get(id) ?? 'null'), { mine: id });
      }
    },
  },
];
