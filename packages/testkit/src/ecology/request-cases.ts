import assert from 'node:assert/strict';
import { assertNewest, calm, queriesOf, read, turnedRound } from './assertions.ts';
import type { MetricSourceCase } from './test-metric-source.ts';
import { soon, until } from './within.ts';

/** A hundred labourers with three each. */
const MANY = 300;

export const requestCases: readonly MetricSourceCase[] = [
  {
    name: 'H4 three hundred metrics take as few requests as there can be',
    run: async (bench) => {
      const metrics = await bench.metrics(MANY);
      const before = bench.requests();
      assertNewest(await read(bench, queriesOf(metrics)), metrics);
      const taken = bench.requests() - before;
      assert.ok(taken <= bench.requestsFor(MANY), `${taken} requests, where ${bench.requestsFor(MANY)} do`);
    },
  },
  {
    name: 'H4 what is asked for twice is read once, however its members are ordered',
    run: async (bench) => {
      const [a, b] = await bench.metrics(2);
      const before = bench.asked();
      const again = { ...a!, query: turnedRound(a!.query) };
      const repeated = [a!, b!, a!, again, b!];
      assertNewest(await read(bench, queriesOf(repeated)), repeated);
      assert.equal(bench.asked() - before, 2);
    },
  },
  {
    name: 'H5 once it is stopped it ends soon, and leaves nothing open behind it',
    run: async (bench) => {
      const metrics = await bench.metrics(3);
      bench.hang();
      const stop = new AbortController();
      const reading = bench.source.read(queriesOf(metrics), stop.signal).catch(() => []);
      await until('a request arrives', () => bench.underWay() > 0);
      stop.abort();
      await soon('a stopped read ends', reading);
      await until('its requests are given up', () => bench.underWay() === 0);
      bench.mend();
      assertNewest(await read(bench, queriesOf(metrics)), metrics);
    },
  },
  {
    name: 'H5 what was stopped before it began ends soon',
    run: async (bench) => {
      const metrics = await bench.metrics(2);
      bench.hang();
      await soon(
        'a read that was stopped before',
        bench.source.read(queriesOf(metrics), AbortSignal.abort()).catch(() => []),
      );
      bench.mend();
      assertNewest(await read(bench, queriesOf(metrics)), metrics);
    },
  },
  {
    name: 'H5 a read that is stopped stops no other',
    run: async (bench) => {
      const [a, b] = await bench.metrics(2);
      bench.hang();
      const stop = new AbortController();
      const stopped = bench.source.read([a!.query], stop.signal).catch(() => []);
      const other = bench.source.read([b!.query], calm());
      await until('both requests arrive', () => bench.underWay() === 2);
      stop.abort();
      await soon('a stopped read ends', stopped);
      bench.mend();
      assertNewest(await soon('the other ends', other), [b!]);
    },
  },
];
