import assert from 'node:assert/strict';
import { defineLabourers, Health, type Labourer, type LabourerDefinition, type Reading } from '@reeve/core';
import { describe, it } from 'vitest';
import { capAt, explainCap, healthInForce, isReading, worst } from '../../src/decide/cap.ts';

const labourerOf = (cap: number, health: NonNullable<LabourerDefinition['health']> = {}): Labourer => {
  const [labourer] = defineLabourers({ a: { maxSimultaneousInvocations: cap, health } });
  assert.ok(labourer);
  return labourer;
};
const reading = (health: Health, reason: string = 'cpu'): Reading => ({ health, reason, observedAt: 5 });
const levels = [Health.Bad, Health.Poor, Health.Moderate, Health.Good, Health.High] as const;

describe('capAt', () => {
  it('is the share of the cap, rounded down', () => {
    assert.deepEqual(
      levels.map((level) => capAt(labourerOf(10), level)),
      [0, 0, 5, 7, 10],
    );
  });

  it('is at least 1 while the share is above 0', () => {
    assert.deepEqual(
      levels.map((level) => capAt(labourerOf(1), level)),
      [0, 0, 1, 1, 1],
    );
    assert.equal(capAt(labourerOf(10, { coefficients: { Bad: 0.001 } }), Health.Bad), 1);
  });
});

describe('worst', () => {
  it('is the lowest, of equals the first, and nothing of nothing', () => {
    assert.equal(worst([reading(3), reading(1, 'first'), reading(1, 'second'), reading(4)])?.reason, 'first');
    assert.equal(worst([]), undefined);
  });
});

describe('explainCap', () => {
  it('says from what to what, and why', () => {
    assert.equal(explainCap('thumbnails', 10, 5, 'rds.cpu 71 > 50'), 'thumbnails: resize: 10 -> 5, rds.cpu 71 > 50');
    assert.equal(explainCap('thumbnails', undefined, 5, 'rds.cpu 71 > 50'), 'thumbnails: starts at 5, rds.cpu 71 > 50');
  });
});

describe('healthInForce', () => {
  it('is the reading where there is one', () => {
    assert.deepEqual(healthInForce(labourerOf(1), reading(3), reading(0)), reading(3));
  });

  it('holds what was last in force, and says so once however long it lasts', () => {
    const labourer = labourerOf(1);
    const held = healthInForce(labourer, undefined, reading(1, 'rds.cpu 99 > 90'));
    assert.deepEqual(held, { health: 1, reason: 'no data: held at rds.cpu 99 > 90', observedAt: 5 });
    assert.deepEqual(healthInForce(labourer, undefined, held), held);
  });

  it('assumes High where there is nothing to hold', () => {
    const { health, reason } = healthInForce(labourerOf(1), undefined, undefined);
    assert.equal(health, Health.High);
    assert.match(reason, /no data yet/);
  });

  it('assumes the level that the labourer names, whatever was last seen', () => {
    const { health, reason } = healthInForce(labourerOf(1, { onMissing: 'Poor' }), undefined, reading(4));
    assert.equal(health, Health.Poor);
    assert.equal(reason, 'no data: Poor is assumed');
  });
});

describe('isReading', () => {
  it('knows a reading from anything else that a provider may answer', () => {
    for (const level of levels) assert.equal(isReading(reading(level)), true);
    const others: readonly unknown[] = [
      undefined,
      null,
      4,
      {},
      { ...reading(4), health: 5 },
      { ...reading(4), health: 2.5 },
      { ...reading(4), health: -1 },
      { ...reading(4), health: '4' },
      { ...reading(4), health: Number.NaN },
      { ...reading(4), reason: undefined },
      { ...reading(4), observedAt: Number.NaN },
      { ...reading(4), observedAt: new Date() },
    ];
    for (const [n, other] of others.entries()) assert.equal(isReading(other), false, `number ${n}`);
  });
});
