import assert from 'node:assert/strict';
import { type CapDecision, defineLabourers, Health, type Labourer, type LabourerDefinition, type Reading } from '@reeve/core';
import { describe, it } from 'vitest';
import { capAt, decideCap, explainCap, explainHealth, isReading, readingsInForce, worst } from '../../src/decide/cap.ts';

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

describe('explainHealth', () => {
  it('says from what to what, by name, and why', () => {
    assert.equal(explainHealth('thumbnails', 4, 2, 'rds.cpu 71 > 50'), 'thumbnails: health: High -> Moderate, rds.cpu 71 > 50');
    assert.equal(explainHealth('thumbnails', undefined, 0, 'down'), 'thumbnails: health: Bad, down');
  });
});

describe('decideCap', () => {
  it('takes the strictest of shares and limits, and names its reading first', () => {
    const readings = [reading(4, 'sqs'), { ...reading(4, 'aimd at 3'), limit: 3 }, reading(2, 'cpu 71 > 50')];
    const decision = decideCap(labourerOf(10), readings, {});
    assert.deepEqual([decision.cap, decision.why, decision.health, decision.coefficient], [3, 'aimd at 3', 2, 0.5]);
    assert.deepEqual(
      decision.readings.map(({ reason }) => reason),
      ['aimd at 3', 'cpu 71 > 50', 'sqs'],
    );
  });

  it('lets no limit raise the share, and a limit of 0 stop everything', () => {
    assert.equal(decideCap(labourerOf(10), [{ ...reading(2), limit: 9 }], {}).cap, 5);
    assert.equal(decideCap(labourerOf(10), [{ ...reading(4), limit: 0 }, reading(4)], {}).cap, 0);
  });

  it('is the whole cap without readings', () => {
    const { cap, why, health, readings } = decideCap(labourerOf(10), [], {});
    assert.deepEqual([cap, why, health, readings], [10, 'no ecology: the whole cap', 4, []]);
  });

  it('heeds what an operator set before all else', () => {
    assert.deepEqual(pick(decideCap(labourerOf(10), [reading(2)], { cap: 40 })), [40, 20, 'cap set to 40; cpu']);
    assert.deepEqual(pick(decideCap(labourerOf(10), [reading(4)], { paused: { since: 1, reason: 'deploy' } })), [10, 0, 'paused: deploy']);
    assert.equal(decideCap(labourerOf(10), [reading(4)], undefined).cap, 0);
  });

  it('leaves the whole cap in a dry run, says what it would be, and is paused all the same', () => {
    const labourer = labourerOf(10);
    const dry = { ...labourer, health: { ...labourer.health, dryRun: true as const } };
    const decision = decideCap(dry, [reading(2)], {});
    assert.deepEqual([decision.cap, decision.wouldBe, decision.why], [10, 5, 'dry run: cpu']);
    assert.equal(decideCap(dry, [reading(2)], { paused: { since: 1 } }).cap, 0);
  });
});

const pick = ({ most, cap, why }: CapDecision) => [most, cap, why];

describe('readingsInForce', () => {
  const [missing] = [{ missing: true as const }];

  it('are those of the provider where it has some', () => {
    assert.deepEqual(readingsInForce(labourerOf(1), [reading(3)], [reading(0)]), [reading(3)]);
    assert.deepEqual(readingsInForce(labourerOf(1), [], [reading(0)]), [], 'it has nothing to do with this labourer any more');
  });

  it('hold what was last in force, limit and all, and say so once however long it lasts', () => {
    const labourer = labourerOf(1);
    const held = readingsInForce(labourer, undefined, [{ ...reading(1, 'rds.cpu 99 > 90'), limit: 2 }]);
    assert.deepEqual(held, [{ health: 1, reason: 'no data: held at rds.cpu 99 > 90', observedAt: 5, limit: 2, ...missing }]);
    assert.deepEqual(readingsInForce(labourer, undefined, held), held);
  });

  it('assume High where there is nothing to hold', () => {
    const [{ health, reason } = reading(0)] = readingsInForce(labourerOf(1), undefined, undefined);
    assert.equal(health, Health.High);
    assert.match(reason, /no data yet/);
  });

  it('assume the level that the labourer names, whatever was last seen', () => {
    const [{ health, reason } = reading(0)] = readingsInForce(labourerOf(1, { onMissing: 'Poor' }), undefined, [reading(4)]);
    assert.equal(health, Health.Poor);
    assert.equal(reason, 'no data: Poor is assumed');
  });
});

describe('isReading', () => {
  const now = 1_000;

  it('knows a reading from anything else that a provider may answer', () => {
    for (const level of levels) assert.equal(isReading(reading(level), now), true);
    assert.equal(isReading({ ...reading(4), of: 'cpu', value: 1.5, limit: 0 }, now), true);
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
      { ...reading(4), limit: -1 },
      { ...reading(4), limit: 1.5 },
      { ...reading(4), limit: Number.NaN },
      { ...reading(4), value: Number.NaN },
      { ...reading(4), of: 5 },
    ];
    for (const [n, other] of others.entries()) assert.equal(isReading(other, now), false, `number ${n}`);
  });

  it('takes none from the future, beyond what clocks are apart', () => {
    assert.equal(isReading({ ...reading(4), observedAt: now + 60_000 }, now), true);
    assert.equal(isReading({ ...reading(4), observedAt: now + 60_001 }, now), false);
  });
});
