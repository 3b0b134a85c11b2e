import assert from 'node:assert/strict';
import { defineLabourers, Health, type Metric, type MetricDefinition } from '@reeve/core';
import { describe, it } from 'vitest';
import { levelOf, whyLevel } from '../../src/decide/metric-levels.ts';
import { faultOf } from '../decide/faults.ts';

const define = (levels: unknown): readonly Metric[] => {
  const cpu = { source: 'probe', query: 'cpu', levels } as MetricDefinition;
  return defineLabourers({ a: { maxSimultaneousInvocations: 10, health: { metrics: { cpu } } } })[0]?.health.metrics ?? [];
};
const levelsOf = (levels: unknown) => define(levels)[0]?.levels ?? [];
const refused = (levels: unknown): string => {
  const { message } = faultOf(() => define(levels), 'config', 'INVALID_LABOURERS');
  const [, line = '', ...others] = message.replace(' [INVALID_LABOURERS]', '').split('\n');
  assert.deepEqual(others, [], 'one mistake is told once');
  return line.replace('  labourers.a.health.metrics.cpu.levels', '');
};

describe('levels', () => {
  it('take the highest that holds, and Bad where none does', () => {
    const levels = levelsOf({ Moderate: '< 80', 4: '<= 25', Good: '<=50' });
    assert.deepEqual(
      [-1, 25, 25.000001, 50, 50.1, 79.9, 80, 1e9].map((value) => levelOf(levels, value)),
      [4, 4, 3, 3, 2, 2, 0, 0],
    );
  });

  it('may be better the higher the value', () => {
    const levels = levelsOf({ High: '> 1e3', Poor: '>= .5' });
    assert.deepEqual(
      [1001, 1000, 0.5, 0.49, -3].map((value) => levelOf(levels, value)),
      [4, 1, 1, 0, 0],
    );
  });

  it('may share a number where one includes it', () => {
    const levels = levelsOf({ High: '< 25', Good: '<= 25' });
    assert.deepEqual(
      [24, 25, 26].map((value) => levelOf(levels, value)),
      [4, 3, 0],
    );
  });

  it('may name values, or refuse one', () => {
    const named = levelsOf({ High: '== 200', Moderate: '== 429' });
    assert.deepEqual(
      [200, 429, 500].map((value) => levelOf(named, value)),
      [4, 2, 0],
    );
    assert.deepEqual(
      [0, 1].map((value) => levelOf(levelsOf({ Good: '!= 0' }), value)),
      [Health.Bad, Health.Good],
    );
  });

  it('say why', () => {
    const cpu = levelsOf({ High: '<= 25', Good: '<= 50' });
    assert.deepEqual(
      [20, 30, 71, 33.333333333, 50.00000001].map((value) => whyLevel(cpu, value)),
      ['20 <= 25', '30 > 25', '71 > 50', '33.3333 > 25', '50.00000001 > 50'],
    );
    const status = levelsOf({ High: '== 200', Moderate: '== 429' });
    assert.deepEqual(
      [200, 429, 500].map((value) => whyLevel(status, value)),
      ['200 == 200', '429 == 429', '500 is none of 200, 429'],
    );
    assert.equal(whyLevel(levelsOf({ High: '== 200' }), 500), '500 != 200');
    assert.equal(whyLevel(levelsOf({ High: '>= 5' }), 4), '4 < 5');
  });
});

describe('levels that cannot be meant are refused', () => {
  it('one that is never met', () => {
    assert.equal(refused({ High: '<= 50', Good: '<= 25' }), ': Good "<= 25" is never met, since High has "<= 50"; give Good more than 50');
    assert.match(refused({ High: '>= 50', Good: '> 75' }), /Good "> 75" is never met, .* give Good less than 50$/);
    assert.match(refused({ High: '<= 25', Good: '<= 25' }), /Good "<= 25" is never met/);
    assert.match(refused({ High: '<= 25', Good: '< 25' }), /Good "< 25" is never met/);
    assert.match(refused({ High: '<= 25', Good: '<= 50', Poor: '<= 40' }), /Poor "<= 40" is never met, since Good has "<= 50"/);
    assert.match(refused({ High: '== 1', Good: '== 2', Poor: '== 1' }), /Poor "== 1" is never met, .* give Poor another value$/);
  });

  it('comparisons that go different ways', () => {
    assert.equal(refused({ High: '<= 25', Good: '>= 50' }), ': compares <= and >=; let all compare one way');
    assert.match(refused({ High: '== 0', Good: '<= 50' }), /compares == and <=/);
    assert.match(refused({ High: '!= 0', Good: '!= 1' }), /has != beside another level/);
  });

  it('a level of no meaning, or none at all', () => {
    assert.match(refused({}), /^: has no level; give at least one/);
    assert.match(refused(undefined), /^: has no level/);
    assert.match(refused({ Bad: '<= 25' }), /^\.Bad: is what is left/);
    assert.match(refused({ High: 25 }), /^\.High: is 25; give a comparison and a number, such as "<= 25"$/);
    for (const text of ['25', '=< 25', '<= ', '<= NaN', '<= Infinity', '<= 1e999', '<= 25%', '<= 2 5', ''])
      assert.match(refused({ High: text }), /^\.High: is ".*"; give a comparison and a number/, text);
    assert.match(refused({ Highest: '<= 25' }), /^\.Highest: is not known here/);
    assert.match(refused({ High: '<= 25', 4: '<= 30' }), /^\.High: is given as High and as 4/);
    assert.match(refused('<= 25'), /^: is "<= 25"; give an object/);
  });
});
