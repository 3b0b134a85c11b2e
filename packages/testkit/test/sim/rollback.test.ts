import assert from 'node:assert/strict';
import { printFailure, simulate } from '@reeve/testkit';
import { expect, it } from 'vitest';

it('a store that falls back to a copy that lagged loses its last writes, and nothing else is lost, doubled or held up', async () => {
  let fallbacks = 0;
  for (let seed = 1; seed <= 100; seed += 1) {
    const report = await simulate({ seed, options: { rollback: 8_000, rollbackBy: 5_000 } });
    assert.equal(report.violations.length, 0, printFailure(report));
    fallbacks += report.dealt['rollback'] ?? 0;
  }
  expect(fallbacks).toBeGreaterThan(100);
});
