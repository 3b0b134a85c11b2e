import assert from 'node:assert/strict';
import { defineLabourers, type Health, type Metric, type MetricRules, type OnMissingHealth, type Reading, type Sample } from '@reeve/core';
import { array, assert as holds, integer, nat, property, record } from 'fast-check';
import { describe, it } from 'vitest';
import { assessMetric, type MetricState, NO_STATE } from '../../src/decide/assess-metric.ts';
import { levelOf } from '../../src/decide/metric-levels.ts';

const T = Date.UTC(2026, 0, 5, 12);
const SECOND = 1_000;
const MINUTE = 60_000;
const levels = { High: '<= 25', Good: '<= 50', Moderate: '<= 75' };

const metricOf = (rules: MetricRules = {}): Metric => {
  const cpu = { source: 'probe', query: 'cpu', levels, staleAfter: 10 * MINUTE, ...rules };
  const metric = defineLabourers({ a: { maxSimultaneousInvocations: 1, health: { metrics: { cpu } } } })[0]?.health.metrics?.[0];
  assert.ok(metric);
  return metric;
};
const at = (seconds: number, value: number): Sample => ({ kind: 'value', value, at: T + seconds * SECOND });
const none: Sample = { kind: 'none' };

/** Looks at one sample after another, each at the instant that is given, in seconds. */
const watch = (metric: Metric, rule: OnMissingHealth = 'hold') => {
  let known: MetricState = NO_STATE;
  return (seconds: number, sample: Sample): Reading => {
    const { state, reading } = assessMetric(metric, rule, known, sample, T + seconds * SECOND);
    known = state;
    return reading;
  };
};

describe('a value', () => {
  it('becomes a reading that says what it is', () => {
    assert.deepEqual(watch(metricOf())(5, at(3, 71)), {
      health: 2,
      reason: 'cpu 71 > 50',
      observedAt: T + 3 * SECOND,
      of: 'cpu',
      value: 71,
    });
  });

  it('counts until it is too old, and not a moment longer', () => {
    const look = watch(metricOf({ staleAfter: 60 * SECOND }), 0);
    assert.equal(look(60, at(0, 20)).health, 4);
    const { health, reason, missing, observedAt } = look(60.001, at(0, 20));
    assert.deepEqual([health, missing, observedAt], [0, true, T]);
    assert.equal(reason, 'no data of cpu (it is of 2026-01-05T12:00:00.000Z, too old): Bad is assumed');
  });

  it('that is older than the last one does not count', () => {
    const look = watch(metricOf());
    look(10, at(10, 80));
    assert.equal(look(11, at(5, 20)).value, 80);
    assert.equal(look(11, at(10, 60)).value, 60, 'one that was corrected does');
  });
});

describe('without data', () => {
  const lacks: readonly (readonly [sample: Sample, why: RegExp])[] = [
    [none, /there is none/],
    [{ kind: 'failed', error: new Error('no credentials') }, /no credentials/],
    [{ kind: 'failed', error: undefined }, /undefined was thrown/],
    [{ kind: 'failed', error: 'x'.repeat(5_000) }, /x…\)/],
    [at(0, Number.NaN), /NaN is no value/],
    [at(0, Number.POSITIVE_INFINITY), /Infinity is no value/],
    [{ kind: 'value', value: 5, at: Number.NaN }, /not known when/],
    [{ kind: 'value', value: 5, at: 1e300 }, /in the future, at 1e\+300 ms/],
    [at(61.001, 5), /in the future, at 2026-01-05T12:01:01.001Z/],
  ];

  it('the rule of the metric is followed', () => {
    for (const [sample, why] of lacks) {
      const { health, reason, missing, observedAt } = watch(metricOf(), 1)(0, sample);
      assert.deepEqual([health, missing, observedAt], [1, true, 0]);
      assert.match(reason, /^no data of cpu \(.*\): Poor is assumed$/s);
      assert.match(reason, why);
      assert.ok(reason.length < 300);
    }
  });

  it('what was in force is held, for as long as it lasts, with its reason', () => {
    for (const [sample] of lacks) {
      const look = watch(metricOf());
      look(-1, at(-1, 71));
      for (const seconds of [0, 0.5, 1]) {
        const { health, reason, missing, observedAt } = look(seconds, sample);
        assert.deepEqual([health, missing, observedAt], [2, true, T - SECOND]);
        assert.match(reason, /^no data of cpu \(.*\): held at Moderate, 71 > 50$/s);
      }
      assert.equal(look(2, at(2, 20)).health, 4, 'and data count at once');
    }
  });

  it('High is assumed where there is nothing to hold', () => {
    const { health, reason } = watch(metricOf())(0, none);
    assert.equal(health, 4);
    assert.match(reason, /High is assumed, since there was none yet/);
  });

  it('a clock that is a little ahead is no lack, nor believed', () => {
    const look = watch(metricOf());
    assert.equal(look(0, at(60, 20)).observedAt, T);
    assert.equal(look(5, at(3, 80)).value, 80, 'what is measured next, by a clock that is right, is newer');
  });

  it('a clock of ours that is put back does not make the last value the newest for ever', () => {
    const look = watch(metricOf({ smoothing: MINUTE }));
    look(7_200, at(7_200, 20));
    assert.deepEqual([look(0, at(0, 80)).value, look(1, none).observedAt], [80, T]);
    look(7_200, at(7_200, 20));
    assert.equal(look(0, none).observedAt, 0, 'and nothing is told of the future');
  });
});

describe('smoothing', () => {
  it('halves the way to a new value in each half-life', () => {
    const look = watch(metricOf({ smoothing: 10 * SECOND }));
    assert.equal(look(0, at(0, 0)).value, 0);
    assert.equal(look(10, at(10, 80)).value, 40);
    assert.equal(look(10, at(10, 80)).value, 40, 'the same sample again changes nothing');
    assert.equal(look(30, at(30, 80)).value, 70);
    assert.equal(look(30, at(30, 80)).reason, 'cpu 70 > 50');
  });

  it('weighs time and not how often one looked', () => {
    const often = watch(metricOf({ smoothing: 10 * SECOND }));
    const once = watch(metricOf({ smoothing: 10 * SECOND }));
    for (const look of [often, once]) look(0, at(0, 100));
    for (let seconds = 1; seconds < 20; seconds += 1) often(seconds, at(seconds, 20));
    assert.ok(Math.abs((often(20, at(20, 20)).value ?? 0) - (once(20, at(20, 20)).value ?? 1)) < 1e-9);
  });
});

describe('hysteresis', () => {
  const slow = metricOf({ hysteresis: MINUTE });

  it('lets health fall at once, and rise when the values have allowed it for so long', () => {
    const look = watch(slow);
    assert.equal(look(0, at(0, 20)).health, 4, 'the first one is taken as it is');
    assert.equal(look(10, at(10, 90)).health, 0);
    const first = look(20, at(20, 20));
    assert.deepEqual([first.health, first.reason], [0, 'cpu 20 <= 25, and High not for 60 s yet']);
    assert.equal(look(79, at(79, 20)).health, 0);
    assert.equal(look(80, at(80, 20)).health, 4);
  });

  it('counts each level for itself', () => {
    const look = watch(slow);
    look(0, at(0, 90));
    look(10, at(10, 60)); // Moderate
    look(40, at(40, 20)); // High
    assert.equal(look(70, at(70, 20)).health, 2);
    assert.equal(look(99, at(99, 40)).health, 2, 'Good has been allowed since 40');
    assert.equal(look(100, at(100, 40)).health, 3);
    assert.equal(look(130, at(130, 20)).health, 3, 'High was not, at 99');
    assert.equal(look(190, at(190, 20)).health, 4);
  });

  it('begins anew after a value that does not allow it, and after a gap', () => {
    const look = watch(slow);
    look(0, at(0, 90));
    look(10, at(10, 20));
    look(40, at(40, 80));
    look(50, at(50, 20));
    assert.equal(look(80, at(80, 20)).health, 0);
    look(90, none);
    look(100, at(100, 20));
    assert.equal(look(150, at(150, 20)).health, 0);
    assert.equal(look(160, at(160, 20)).health, 4);
  });

  it('is reckoned by what was measured, not by how long one waited for it', () => {
    const look = watch(slow);
    look(0, at(0, 90));
    look(10, at(10, 20));
    assert.equal(look(500, at(10, 20)).health, 0);
  });

  it('holds after a level that was assumed as well', () => {
    const look = watch(slow, 0);
    look(0, at(0, 20));
    assert.equal(look(10, none).health, 0);
    assert.equal(look(20, at(20, 20)).health, 0);
    assert.equal(look(80, at(80, 20)).health, 4);
  });
});

it('health is never better than the last value allows, and rises only to what all values of the last while allowed', () => {
  const looks = array(record({ wait: integer({ min: 1, max: 30 }), value: integer({ min: 0, max: 100 }) }), { maxLength: 60 });
  holds(
    property(looks, nat(90), (steps, hysteresis) => {
      const look = watch(metricOf({ hysteresis: hysteresis * SECOND }));
      const seen: { readonly at: number; readonly allowed: Health }[] = [];
      let seconds = 0;
      let before: Health | undefined;
      for (const { wait, value } of steps) {
        seconds += wait;
        const { health } = look(seconds, at(seconds, value));
        const allowed = levelOf(metricOf().levels, value);
        seen.push({ at: seconds, allowed });
        assert.ok(health <= allowed);
        if (before !== undefined && health > before)
          for (const each of seen) assert.ok(each.at < seconds - hysteresis || each.allowed >= health, `${health} at ${seconds}`);
        before = health;
      }
    }),
  );
});
