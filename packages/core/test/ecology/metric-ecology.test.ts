import assert from 'node:assert/strict';
import type { LabourerDefinition, MetricDefinition, Sample } from '@reeve/core';
import { describe, it } from 'vitest';
import { settle } from '../run/rig.ts';
import { ecologyOf, sourceOf, steady } from './sources.ts';

const levels = { High: '<= 25', Good: '<= 50' };
const metric = (source: string, query: MetricDefinition['query'], rules: Partial<MetricDefinition> = {}): MetricDefinition => ({
  source,
  query,
  levels,
  ...rules,
});
const withMetrics = (metrics: Record<string, MetricDefinition>, onMissing: 'hold' | 'Bad' = 'hold'): LabourerDefinition => ({
  maxSimultaneousInvocations: 10,
  health: { metrics, onMissing },
});

describe('what is asked', () => {
  it('100 labourers with 3 metrics each make one read in a period, of all their queries', async () => {
    const labourers = Object.fromEntries(
      Array.from({ length: 100 }, (_, n) => [
        `l${n}`,
        withMetrics({ a: metric('cloudwatch', { n }), b: metric('cloudwatch', { b: n }), c: metric('cloudwatch', { c: n }) }),
      ]),
    );
    let source!: ReturnType<typeof steady>;
    const { clock, assessAll } = ecologyOf(labourers, (own) => {
      source = steady('cloudwatch', own, 20);
      return [source];
    });
    // An hour of looking every 10 s.
    for (let n = 0; n < 360; n += 1) {
      await assessAll();
      await clock.advance(10_000);
    }
    assert.equal(source.asked.length, 60);
    assert.ok(source.asked.every(({ queries }) => queries.length === 300));
  });

  it('equal queries are read once, however their members are ordered', async () => {
    let source!: ReturnType<typeof steady>;
    const { assessAll } = ecologyOf(
      {
        a: withMetrics({ x: metric('s', { a: 1, b: [{ c: 1, d: 2 }] }) }),
        b: withMetrics({ y: metric('s', { b: [{ d: 2, c: 1 }], a: 1 }), z: metric('s', { a: 1, b: [] }) }),
      },
      (clock) => {
        source = steady('s', clock, 60);
        return [source];
      },
    );
    assert.deepEqual(
      (await assessAll()).flat().map(({ reason }) => reason),
      ['x 60 > 50', 'y 60 > 50', 'z 60 > 50'],
    );
    assert.deepEqual(
      source.asked.map(({ queries }) => queries.length),
      [2],
    );
  });

  it('each is read at most once in its own time, and at once when it is due', async () => {
    let source!: ReturnType<typeof steady>;
    const { clock, assessAll } = ecologyOf(
      { a: withMetrics({ quick: metric('s', 'quick', { every: 10_000 }), slow: metric('s', 'slow', { every: 25_000 }) }) },
      (own) => {
        source = steady('s', own, 1);
        return [source];
      },
    );
    for (const wait of [0, 5_000, 4_990, 10_010, 10_000, 0, 10_000]) {
      await clock.advance(wait);
      await assessAll();
    }
    assert.deepEqual(
      source.asked.map(({ queries }) => queries),
      [['quick', 'slow'], ['quick'], ['quick'], ['quick', 'slow'], ['quick']],
    );
    clock.set(clock.now() - 3_600_000);
    await assessAll();
    assert.equal(source.asked.at(-1)?.queries.length, 2, 'a clock that was put back stops nothing');
  });

  it('who asks while it is being read waits for that answer', async () => {
    const answers: ((samples: readonly Sample[]) => void)[] = [];
    const source = sourceOf('s', () => new Promise((answer) => answers.push(answer)));
    const { clock, assessAll } = ecologyOf({ a: withMetrics({ x: metric('s', 'x', { every: 1_000 }) }) }, () => [source]);
    const first = assessAll();
    await settle();
    await clock.advance(2_000);
    const second = assessAll();
    await settle();
    answers[0]?.([{ kind: 'value', value: 80, at: clock.now() }]);
    assert.deepEqual(await first, await second);
    assert.equal(source.asked.length, 1);
    assert.equal(clock.sleeping, 0, 'and nobody waits any more');
  });
});

describe('a source that', () => {
  const both = {
    hurt: { ...withMetrics({ 'bad.x': metric('bad', 'x'), 'good.x': metric('good', 'x') }, 'Bad') },
    ruled: withMetrics({ 'bad.y': metric('bad', 'y', { onMissing: 'Good' }) }, 'Bad'),
    other: withMetrics({ 'good.z': metric('good', 'z') }, 'Bad'),
  };
  const expected = (why: string): readonly (readonly RegExp[])[] => [
    [new RegExp(`^0\\? no data of bad\\.x \\(.*${why}.*\\): Bad is assumed$`), /^4 good\.x 20 <= 25$/],
    [new RegExp(`^3\\? no data of bad\\.y \\(.*${why}.*\\): Good is assumed$`)],
    [/^4 good\.z 20 <= 25$/],
  ];
  const matches = (actual: readonly (readonly string[])[] | 'nothing', why: string): void => {
    assert.ok(actual !== 'nothing', 'there is no answer within the deadline');
    expected(why).forEach((row, n) => {
      row.forEach((pattern, m) => {
        assert.match(actual[n]?.[m] ?? '', pattern);
      });
    });
  };
  const bad = (read: Parameters<typeof sourceOf>[1]) => ecologyOf(both, (clock) => [sourceOf('bad', read), steady('good', clock, 20)]);

  it('hangs takes nobody with it, and is told to end', async () => {
    const source = sourceOf('bad', () => new Promise(() => {}));
    const { within, failures } = ecologyOf(both, (clock) => [source, steady('good', clock, 20)]);
    matches(await within(4_500), 'SOURCE_NO_ANSWER');
    assert.equal(source.asked[0]?.signal.aborted, true);
    assert.deepEqual(
      failures.map((each) => [each.source, each.queries]),
      [['bad', 2]],
    );
  });

  it('hangs until it is told to end may still say what it has', async () => {
    const { within } = bad(
      (queries, signal) =>
        new Promise((answer) => {
          const samples = queries.map((query): Sample => (query === 'x' ? { kind: 'none' } : { kind: 'value', value: 30, at: 0 }));
          signal.addEventListener('abort', () => answer(samples));
        }),
    );
    assert.match(String(await within(4_000)), /no data of bad\.x \(there is none\).*bad\.y \(it is of 1970/s);
  });

  it('throws, later or at once', async () => {
    const later = bad(() => Promise.reject(new Error('denied')));
    matches(await later.within(0), 'denied');
    assert.match(String(later.failures[0]?.error), /denied/);
    const atOnce = ecologyOf(both, (clock) => [
      {
        name: 'bad',
        check: () => undefined,
        read: () => {
          throw new TypeError('a bug');
        },
      },
      steady('good', clock, 20),
    ]);
    matches(await atOnce.within(0), 'TypeError: a bug');
  });

  it('throws after it was given up is not heard of', async () => {
    const { within, clock } = bad(
      (_, signal) => new Promise((__, fail) => signal.addEventListener('abort', () => setImmediate(() => fail(new Error('late'))))),
    );
    matches(await within(4_500), '(late|SOURCE_NO_ANSWER)');
    await clock.advance(60_000);
  });

  it('answers NaN, nothing, the future, the far past, or an error for a query', async () => {
    const answers: readonly (readonly [sample: Sample, why: string])[] = [
      [{ kind: 'value', value: Number.NaN, at: Date.UTC(2026, 0, 5, 12) }, 'NaN is no value'],
      [{ kind: 'none' }, 'there is none'],
      [{ kind: 'value', value: 1, at: Date.UTC(2030, 0, 1) }, 'in the future'],
      [{ kind: 'value', value: 1, at: Date.UTC(2020, 0, 1) }, 'too old'],
      [{ kind: 'failed', error: new Error('no such metric') }, 'no such metric'],
    ];
    for (const [sample, why] of answers) matches(await bad((queries) => queries.map(() => sample)).within(0), why);
  });

  it('fails for one query takes none of the others', async () => {
    const { within, failures } = ecologyOf({ a: withMetrics({ x: metric('s', 'x'), y: metric('s', 'y') }, 'Bad') }, (clock) => [
      sourceOf('s', (queries) =>
        queries.map((query) => (query === 'x' ? { kind: 'failed', error: 'no x' } : { kind: 'value', value: 20, at: clock.now() })),
      ),
    ]);
    assert.deepEqual(await within(0), [['0? no data of x (no x): Bad is assumed', '4 y 20 <= 25']]);
    assert.deepEqual(failures, [{ source: 's', queries: 1, error: 'no x' }]);
  });

  it('breaks its promise is not believed', async () => {
    const broken: readonly unknown[] = [undefined, null, 'x', {}, [], [{ kind: 'value', value: 1, at: 1 }]];
    for (const answer of broken) matches(await bad(() => answer as never).within(0), 'SOURCE_BROKE_CONTRACT');
    const samples: readonly unknown[] = [
      undefined,
      5,
      {},
      { kind: 'odd' },
      { kind: 'value', value: '5', at: 1 },
      { kind: 'value', value: 5 },
    ];
    for (const sample of samples) matches(await bad((queries) => queries.map(() => sample) as never).within(0), 'SOURCE_BROKE_CONTRACT');
  });

  it('is not there leaves its metrics without data', async () => {
    matches(await ecologyOf(both, (clock) => [steady('good', clock, 20)]).within(0), 'nothing provides the source bad');
  });

  it('refuses is not asked again before its time', async () => {
    const source = sourceOf('cloudwatch', () => Promise.reject(new Error('ThrottlingException')));
    const { clock, assessAll } = ecologyOf({ a: withMetrics({ x: metric('cloudwatch', 'x') }) }, () => [source]);
    for (let n = 0; n < 60; n += 1) {
      await assessAll();
      await clock.advance(1_000);
    }
    assert.equal(source.asked.length, 1);
  });

  it('comes back counts at once, and what it said before is held until then', async () => {
    let answer: (now: number) => readonly Sample[] = (at) => [{ kind: 'value', value: 71, at }];
    const { within } = ecologyOf({ a: withMetrics({ x: metric('s', 'x', { every: 1_000 }) }) }, (clock) => [
      sourceOf('s', () => answer(clock.now())),
    ]);
    assert.deepEqual(await within(10_000), [['0 x 71 > 50']]);
    answer = () => [{ kind: 'none' }];
    assert.deepEqual(await within(10_000), [['0? no data of x (there is none): held at Bad, 71 > 50']]);
    answer = (at) => [{ kind: 'value', value: 20, at }];
    assert.deepEqual(await within(0), [['4 x 20 <= 25']]);
  });
});
