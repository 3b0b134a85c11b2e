import assert from 'node:assert/strict';
import type { Json } from '@reeve/core';
import { queriesOf, read } from './assertions.ts';
import type { MetricSourceCase } from './test-metric-source.ts';

const NO_QUERIES: readonly Json[] = [null, true, 0, -1.5, '', [], {}, [[]], { query: {} }, { details: null }, { metric: ['a'] }];

export const checkCases: readonly MetricSourceCase[] = [
  {
    name: 'H1 a query that can be read passes',
    run: async (bench) => {
      const good = [...queriesOf(await bench.metrics(3)), ...bench.empty(), ...bench.unfit(), ...bench.failing()];
      for (const query of good) assert.equal(bench.source.check(query), undefined, JSON.stringify(query));
    },
  },
  {
    name: 'H1 what is wrong with a query is said',
    run: async ({ source, bad }) => {
      const queries = bad();
      assert.ok(queries.length > 0, 'the bench names no query that is wrong');
      for (const query of queries) {
        const problem = source.check(query);
        assert.ok(typeof problem === 'string' && problem.length > 0, `${JSON.stringify(query)} passed`);
      }
    },
  },
  {
    name: 'H1 it finds fault with what is no query at all, and throws at nothing',
    run: async ({ source }) => {
      for (const query of NO_QUERIES) assert.equal(typeof source.check(query), 'string', JSON.stringify(query));
    },
  },
  {
    name: 'H1 checking reads nothing',
    run: async (bench) => {
      const metrics = await bench.metrics(2);
      const before = bench.asked();
      for (const query of [...queriesOf(metrics), ...bench.bad()]) bench.source.check(query);
      // What a check had sent would be there before this.
      await read(bench, queriesOf(metrics));
      assert.equal(bench.asked() - before, 2, 'the system was asked while queries were checked');
    },
  },
];
