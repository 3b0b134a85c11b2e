import assert from 'node:assert/strict';
import { canaries, huntCanary, playCanary, printFailure, simulate } from '@reeve/testkit';
import { describe, expect, it } from 'vitest';
import { plainOrchestrator } from '../../src/sim/canaries/plain-orchestrator.ts';

describe('the simulator finds one that', () => {
  it.each(canaries.map((canary) => [`${canary.name}${canary.of ? ` (${canary.of})` : ''}`, canary] as const))('%s', async (_, canary) => {
    const { caught, seeds } = await huntCanary(canary);
    assert.ok(caught, `not within ${seeds} seeds`);
    // And finds it again from what it printed.
    const again = await playCanary(canary, caught.seed);
    expect(again.hash).toBe(caught.hash);
    expect(again.violations).toEqual(caught.violations);
  });

  it('has every defect of sosw among them', () => {
    const known = canaries.flatMap(({ of = '' }) => [...of.matchAll(/sosw (\d+)/g)].map(([, number]) => Number(number)));
    expect([...new Set(known)].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
  });

  it('and nothing in the orchestrator they are planted in, where nothing is planted', async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const options = { ticking: 2, daemons: 0, workers: 2 };
      const report = await simulate({ seed, options, planted: { makeOrchestrator: plainOrchestrator('nothing') } });
      assert.equal(report.violations.length, 0, printFailure(report));
    }
  });
});
