import assert from 'node:assert/strict';
import { defineLabourers, Health, type HealthDefinition, type Labourer, type MetricDefinitions } from '@reeve/core';
import { describe, it } from 'vitest';
import { faultOf } from '../decide/faults.ts';

const define = (health: unknown, metrics?: MetricDefinitions): Labourer['health'] => {
  const [labourer] = defineLabourers({ a: { maxSimultaneousInvocations: 20, health: health as HealthDefinition } }, {}, metrics);
  assert.ok(labourer);
  return labourer.health;
};
const refused = (health: unknown, metrics?: unknown): readonly string[] =>
  faultOf(() => define(health, metrics as MetricDefinitions), 'config', 'INVALID_LABOURERS')
    .message.replace(' [INVALID_LABOURERS]', '')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().replace('labourers.a.health.', ''));

const levels = { High: '<= 25' };
const cpu = { source: 'probe', query: 'cpu', levels };

describe('metrics', () => {
  it('have rules, and defaults for those that are left out', () => {
    const { metrics = [] } = define({
      metrics: {
        plain: cpu,
        ruled: { ...cpu, onMissing: 'Poor', every: 5_000, staleAfter: 5_000, hysteresis: 60_000, smoothing: 30_000 },
        cloud: { ...cpu, source: 'cloudwatch', query: { metric: 'x', period: 10 } },
        slow: { ...cpu, source: 'cloudwatch', query: { metric: 'x', period: 300 } },
        free: { ...cpu, source: 'cloudwatch', query: 'm1 / m2' },
        named: { ...cpu, source: 'ohio', query: { metric: 'x', period: 60 } },
        odd: { ...cpu, query: { period: 'daily' } },
      },
    });
    const parts = metrics.map(({ every, staleAfter, hysteresis, smoothing, onMissing }) => [
      every,
      staleAfter,
      hysteresis,
      smoothing,
      onMissing,
    ]);
    assert.deepEqual(parts, [
      [10_000, 50_000, 0, 0, undefined],
      [5_000, 5_000, 60_000, 30_000, Health.Poor],
      [10_000, 300_000, 0, 0, undefined],
      [300_000, 1_500_000, 0, 0, undefined],
      [60_000, 300_000, 0, 0, undefined],
      [60_000, 300_000, 0, 0, undefined],
      [10_000, 50_000, 0, 0, undefined],
    ]);
    assert.ok(Object.isFrozen(metrics) && metrics.every((each) => Object.isFrozen(each) && Object.isFrozen(each.levels)));
  });

  it('may be defined once and named by many, and are one object then', () => {
    const shared = { 'orders-db.cpu': cpu, unused: cpu };
    const labourers = defineLabourers(
      {
        a: { maxSimultaneousInvocations: 1, health: { metrics: ['orders-db.cpu'] } },
        b: { maxSimultaneousInvocations: 1, health: { metrics: ['orders-db.cpu'] } },
        c: { maxSimultaneousInvocations: 1 },
      },
      {},
      shared,
    );
    assert.equal(labourers[0]?.health.metrics?.[0], labourers[1]?.health.metrics?.[0]);
    assert.equal(labourers[0]?.health.metrics?.[0]?.name, 'orders-db.cpu');
    assert.equal('metrics' in (labourers[2]?.health ?? {}), false);
    assert.equal(define({ metrics: ['unused', 'unused'] }, shared).metrics?.length, 1);
  });

  it('are a copy: what the caller changes afterwards changes nothing', () => {
    const query = { of: ['cpu'] };
    const [metric] = define({ metrics: { cpu: { ...cpu, query } } }).metrics ?? [];
    query.of.push('more');
    assert.deepEqual(metric?.query, { of: ['cpu'] });
  });

  it('are refused where they cannot be meant', () => {
    const one = (metric: unknown): string => {
      const lines = refused({ metrics: { x: metric } });
      assert.equal(lines.length, 1, lines.join('\n'));
      return lines[0] ?? '';
    };
    assert.match(one({ ...cpu, source: undefined }), /^metrics\.x\.source: is missing; give the name of a source/);
    assert.match(one({ ...cpu, source: 'a b' }), /^metrics\.x\.source: is "a b"/);
    assert.match(one({ ...cpu, query: undefined }), /^metrics\.x\.query: is missing; give what the source is asked/);
    assert.match(one({ ...cpu, query: { a: [Number.NaN] } }), /^metrics\.x\.query: cannot be asked: \.a\[0\]: NaN/);
    assert.match(one({ ...cpu, query: 'x'.repeat(20_000) }), /^metrics\.x\.query: is too large; give at most 16384 bytes/);
    assert.match(
      one({
        ...cpu,
        query: {
          get secret() {
            throw new Error('of its own');
          },
        },
      }),
      /^metrics\.x\.query: could not be read: of its own/,
    );
    assert.match(one({ ...cpu, every: 0 }), /^metrics\.x\.every: is 0; give a whole number from 1/);
    assert.match(one({ ...cpu, every: 60_000, staleAfter: 30_000 }), /^metrics\.x\.staleAfter: is 30000, and it is read every 60000/);
    assert.match(one({ ...cpu, onMissing: 'none' }), /^metrics\.x\.onMissing: is "none"; give one of hold, Bad/);
    assert.match(one({ ...cpu, smothing: 5 }), /^metrics\.x\.smothing: is not known here; did you mean smoothing\?$/);
    assert.match(refused({ metrics: { x: 5 } })[0] ?? '', /^metrics\.x: is 5; give an object/);
    assert.match(refused({ metrics: { '': cpu } }).join(), /the text is empty; give a name of 1 to 128 characters/);
    assert.match(refused({ metrics: 5 }).join(), /^metrics: is 5; give an object/);
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`m${n}`, cpu]));
    assert.match(refused({ metrics: many }).join(), /^metrics: has 101 metrics; give at most 100/);
  });

  it('that are named and not defined are refused, as are shared ones with a fault', () => {
    assert.match(refused({ metrics: ['x'] }, { y: cpu }).join(), /^metrics\[0\]: is "x"; name one .*: known are y$/);
    assert.match(refused({ metrics: ['x'] }).join(), /: none are$/);
    assert.match(refused({ metrics: [cpu] }).join(), /^metrics\[0\]: is an object; name one/);
    assert.match(refused({}, { y: { ...cpu, levels: {} } }).join(), /^metrics\.y\.levels: has no level/);
  });
});

describe('outcomes', () => {
  it('become metrics of the labourer itself', () => {
    const { metrics } = define({
      outcomes: { latencyRatio: { levels: { High: '<= 2' } }, failureRatio: { levels: { High: '< 0.1', Moderate: '< .5' } } },
    });
    assert.deepEqual(
      metrics?.map(({ name, source, query, onMissing, staleAfter }) => [name, source, query, onMissing, staleAfter]),
      [
        ['failureRatio', 'outcomes', { labourer: 'a', of: 'failureRatio' }, Health.High, 60_000],
        ['latencyRatio', 'outcomes', { labourer: 'a', of: 'latencyRatio' }, Health.High, 60_000],
      ],
    );
  });

  it('are refused where they would stop the labourer for ever', () => {
    const outcome = (onMissing: unknown) => ({ failureRatio: { levels: { High: '< 0.1', Poor: '< 0.5' }, onMissing } });
    assert.match(
      refused({ outcomes: outcome('hold') }).join(),
      /^outcomes\.failureRatio\.onMissing: may leave it at Bad, whose coefficient is 0/,
    );
    assert.match(refused({ outcomes: outcome('Poor') }).join(), /may leave it at Poor/);
    assert.match(refused({ outcomes: outcome('hold'), coefficients: { Bad: 0.1 } }).join(), /may leave it at Poor/);
    assert.equal(define({ outcomes: outcome('hold'), coefficients: { Bad: 0.1, Poor: 0.2 } }).metrics?.[0]?.onMissing, 'hold');
  });

  it('and where a share is taken for per cent, or a name is taken', () => {
    assert.match(
      refused({ outcomes: { failureRatio: { levels: { High: '<= 5' } } } }).join(),
      /^outcomes\.failureRatio\.levels: High has "<= 5", and failureRatio is a share; give a number from 0 to 1$/,
    );
    assert.match(
      refused({ outcomes: { errorRatio: { levels } } }).join(),
      /^outcomes\.errorRatio: is not known here; did you mean failureRatio|known are/,
    );
    const outcomes = { timeoutRatio: { levels: { High: '< 1' } } };
    assert.match(refused({ metrics: { timeoutRatio: cpu }, outcomes }).join(), /^metrics\.timeoutRatio: is the name of an outcome as well/);
  });
});

describe('adaptive caps', () => {
  it('have defaults from the cap', () => {
    for (const adaptive of ['vegas', { kind: 'vegas' }])
      assert.deepEqual(define({ adaptive }).adaptive, { kind: 'vegas', floor: 1, ceiling: 20, initial: 5, window: 5_000 });
    const own = { kind: 'aimd', floor: 2, ceiling: 50, initial: 2, window: 1_000 };
    assert.deepEqual(define({ adaptive: own }).adaptive, own);
    assert.deepEqual(define({ adaptive: { kind: 'gradient2', floor: 30 } }).adaptive, {
      kind: 'gradient2',
      floor: 30,
      ceiling: 30,
      initial: 30,
      window: 5_000,
    });
  });

  it('are refused with a floor above the ceiling, a beginning outside, and a kind that nobody knows', () => {
    assert.match(refused({ adaptive: 'bbr' }).join(), /^adaptive: is "bbr"; give one of aimd, vegas, gradient2$/);
    assert.match(refused({ adaptive: {} }).join(), /^adaptive\.kind: is missing/);
    assert.match(refused({ adaptive: { kind: 'aimd', floor: 9, ceiling: 8 } }).join(), /^adaptive\.floor: is 9, more than the ceiling 8/);
    assert.match(
      refused({ adaptive: { kind: 'aimd', floor: 5, initial: 4 } }).join(),
      /^adaptive\.initial: is 4; give .* floor 5 to the ceiling 20/,
    );
    assert.match(refused({ adaptive: { kind: 'aimd', initial: 21 } }).join(), /^adaptive\.initial: is 21/);
    assert.match(refused({ adaptive: { kind: 'aimd', window: 10 } }).join(), /^adaptive\.window: is 10; give a whole number from 1000/);
    assert.match(refused({ adaptive: true }).join(), /^adaptive: is true; give an object/);
  });
});

describe('breakers and dry runs', () => {
  it('have defaults', () => {
    assert.deepEqual(define({ breaker: true }).breaker, { failures: 0.5, atLeast: 10, openFor: 30_000 });
    assert.deepEqual(define({ breaker: { failures: 1, openFor: 5_000 } }).breaker, { failures: 1, atLeast: 10, openFor: 5_000 });
    assert.equal('breaker' in define({ breaker: false }), false);
    assert.equal(define({ dryRun: true }).dryRun, true);
    assert.equal('dryRun' in define({ dryRun: false }), false);
  });

  it('are refused out of bounds', () => {
    assert.match(refused({ breaker: { failures: 0 } }).join(), /^breaker\.failures: is 0, so that it would open without a failure/);
    assert.match(refused({ breaker: { failures: 50 } }).join(), /^breaker\.failures: is 50; give a number from 0 to 1/);
    assert.match(refused({ breaker: { atLeast: 0 } }).join(), /^breaker\.atLeast: is 0/);
    assert.match(refused({ breaker: { openFor: 5 } }).join(), /^breaker\.openFor: is 5/);
    assert.match(refused({ breaker: 'yes' }).join(), /^breaker: is "yes"; give an object/);
    assert.match(refused({ dryRun: 'yes' }).join(), /^dryRun: is "yes"; give true or false/);
  });
});
