import assert from 'node:assert/strict';
import { DAY, defineLabourers, type Labourer, type LabourerDefinition } from '@reeve/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { afterFailure } from '../../src/decide/after-failure.ts';

const labourerOf = (definition: Partial<LabourerDefinition>): Labourer => {
  const [labourer] = defineLabourers({ a: { maxSimultaneousInvocations: 1, maxAttempts: 1_000, ...definition } });
  assert.ok(labourer);
  return labourer;
};
const waitOf = (labourer: Labourer, attempt: number, random: number): number => {
  const answer = afterFailure(labourer, { attempt, error: 'no' }, random);
  return answer.kind === 'retry' ? answer.after : assert.fail('dead');
};

describe('afterFailure: retry or dead', () => {
  const labourer = labourerOf({ maxAttempts: 3 });

  it('the last attempt that is allowed makes it dead, and so does any after it', () => {
    const kinds = [1, 2, 3, 4].map((attempt) => afterFailure(labourer, { attempt, error: 'no' }, 0).kind);
    assert.deepEqual(kinds, ['retry', 'retry', 'dead', 'dead']);
  });

  it('a failure that no attempt can help is dead at once, and the error stays', () => {
    const failure = { attempt: 1, error: 'no such user', retryable: false, retryAfter: 5 };
    assert.deepEqual(afterFailure(labourer, failure, 0), { kind: 'dead', error: 'no such user' });
  });

  it('only false says so: null is no answer', () => {
    assert.equal(afterFailure(labourer, { attempt: 1, error: 'no', retryable: null as never }, 0).kind, 'retry');
  });

  it('the worker’s own wait overrides the policy, within 0 and 7 days', () => {
    const waits: readonly (readonly [asked: number, after: number])[] = [
      [1_234.2, 1_235],
      [0, 0],
      [-5, 0],
      [8 * DAY, 7 * DAY],
    ];
    for (const [retryAfter, after] of waits) {
      assert.deepEqual(afterFailure(labourer, { attempt: 1, error: 'no', retryAfter }, 0.5), { kind: 'retry', after, error: 'no' });
    }
  });

  it('a wait that is no number leaves it to the policy', () => {
    for (const retryAfter of [Number.NaN, Number.POSITIVE_INFINITY, '5' as never, null as never]) {
      assert.deepEqual(afterFailure(labourer, { attempt: 1, error: 'no', retryAfter }, 0.5), { kind: 'retry', after: 500, error: 'no' });
    }
  });
});

describe('afterFailure: how long', () => {
  it('linear: the step times the attempts so far, up to the limit', () => {
    const labourer = labourerOf({ retry: { kind: 'linear', step: 100, limit: 250 } });
    assert.deepEqual(
      [1, 2, 3, 999].map((attempt) => waitOf(labourer, attempt, 0.99)),
      [100, 200, 250, 250],
    );
  });

  it('exponential: a random part of what doubles from the base up to the limit', () => {
    const labourer = labourerOf({ retry: { kind: 'exponential', base: 100, limit: 1_000 } });
    const attempts = [1, 2, 3, 4, 5, 999];
    assert.deepEqual(
      attempts.map((attempt) => waitOf(labourer, attempt, 1 - Number.EPSILON)),
      [100, 200, 400, 800, 1_000, 1_000],
    );
    assert.deepEqual(
      attempts.map((attempt) => waitOf(labourer, attempt, 0.5)),
      [50, 100, 200, 400, 500, 500],
    );
    assert.deepEqual(
      attempts.map((attempt) => waitOf(labourer, attempt, 0)),
      [0, 0, 0, 0, 0, 0],
    );
  });

  it('any policy, attempt and chance give whole milliseconds within the limit', () => {
    const wait = fc.integer({ min: 0, max: 7 * DAY });
    const retry = fc.oneof(
      fc.record({ kind: fc.constant('linear' as const), step: wait, limit: wait }),
      fc.record({ kind: fc.constant('exponential' as const), base: wait, limit: wait }),
    );
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(retry, fc.integer({ min: 1, max: 5_000 }), chance, (policy, attempt, random) => {
        const after = waitOf({ ...labourerOf({ retry: policy }), maxAttempts: 10_000 }, attempt, random);
        assert.ok(Number.isSafeInteger(after) && after >= 0 && after <= policy.limit, String(after));
      }),
    );
  });
});
