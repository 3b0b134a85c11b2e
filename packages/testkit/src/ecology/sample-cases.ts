import assert from 'node:assert/strict';
import type { Json, Sample } from '@reeve/core';
import { assertNewest, queriesOf, read } from './assertions.ts';
import type { MetricSourceCase } from './test-metric-source.ts';
import { soon } from './within.ts';

export const sampleCases: readonly MetricSourceCase[] = [
  {
    name: 'H2 one sample for each query, in their order',
    run: async (bench) => {
      const [a, b, c, d, e] = await bench.metrics(5);
      const mixed = [d!, a!, e!, a!, c!, b!, d!];
      assertNewest(await read(bench, queriesOf(mixed)), mixed);
    },
  },
  {
    name: 'H2 no queries, no samples',
    run: async (bench) => {
      const before = bench.requests();
      assert.deepEqual(await read(bench, []), []);
      assert.equal(bench.requests(), before, 'the system was asked for nothing');
    },
  },
  {
    name: 'H2 the newest value is answered',
    run: async (bench) => {
      const metrics = await bench.metrics(2);
      assertNewest(await read(bench, queriesOf(metrics)), metrics);
      const later = [metrics[0]!, await bench.measure(metrics[1]!)];
      assert.notEqual(later[1]!.value, metrics[1]!.value, 'the bench measured the same again');
      assertNewest(await read(bench, queriesOf(later)), later);
    },
  },
  {
    name: 'H2 a query that fails or has no data takes none of the others with it',
    run: async (bench) => {
      const metrics = await bench.metrics(6);
      assert.ok(bench.empty().length > 0 && bench.failing().length > 0, 'the bench names no query without data, or none that fails');
      const troubles: readonly (readonly [Json, Sample['kind']])[] = [
        ...bench.empty().map((query) => [query, 'none'] as const),
        ...bench.failing().map((query) => [query, 'failed'] as const),
        ...bench.unfit().map((query) => [query, 'none'] as const),
      ];
      // A good one before each, and all that are left at the end.
      const queries = [...troubles.flatMap(([query], n) => [metrics[n % 5]!.query, query]), metrics[5]!.query];
      const samples = await read(bench, queries);
      assert.equal(samples.length, queries.length);
      for (const [n, [query, kind]] of troubles.entries()) {
        const sample = samples[2 * n + 1]!;
        assert.equal(sample.kind, kind, `${JSON.stringify(query)}: ${JSON.stringify(sample)}`);
        if (sample.kind === 'failed') assert.ok(sample.error instanceof Error && sample.error.message !== '', 'an error says nothing');
      }
      assertNewest(
        samples.filter((_, n) => n % 2 === 0),
        queries.filter((_, n) => n % 2 === 0).map((query) => metrics.find((each) => each.query === query)!),
      );
    },
  },
  {
    name: 'H2 while the system fails, all count as failed; afterwards it is read as before',
    run: async (bench) => {
      const metrics = await bench.metrics(3);
      for (let times = 0; times < 2; times += 1) {
        bench.shatter();
        const outcome = await soon(
          'a read of a system that fails',
          read(bench, queriesOf(metrics)).catch((error: unknown) => error),
        );
        if (Array.isArray(outcome)) {
          const samples = outcome as readonly Sample[];
          assert.deepEqual([...new Set(samples.map(({ kind }) => kind))], ['failed']);
          assert.equal(samples.length, 3);
        } else assert.ok(outcome instanceof Error && outcome.message !== '', 'what was thrown says nothing');
        bench.mend();
        assertNewest(await read(bench, queriesOf(metrics)), metrics);
      }
    },
  },
  {
    name: 'H3 what is not finite is no value',
    run: async (bench) => {
      const queries = bench.unfit();
      assert.ok(queries.length > 0, 'the bench names no query whose value is not finite');
      for (const [n, sample] of (await read(bench, queries)).entries()) assert.equal(sample.kind, 'none', JSON.stringify(queries[n]));
    },
  },
  {
    name: 'H3 reading again does not make a value newer',
    run: async (bench) => {
      const metrics = (await bench.metrics(3)).filter(({ measured: [first, last] }) => first === last);
      assert.ok(metrics.length > 0, 'the bench knows of no metric when it was measured');
      for (let times = 0; times < 2; times += 1) assertNewest(await read(bench, queriesOf(metrics)), metrics);
    },
  },
];
