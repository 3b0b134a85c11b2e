import assert from 'node:assert/strict';
import { printFailure, simulate } from '@reeve/testkit';
import { expect, it } from 'vitest';

/** How long new seeds are played, in seconds. */
const SECONDS = Number(process.env['REEVE_TEST_SIMULATE_SECONDS'] ?? 60);
/** Where they begin. Another number plays others. */
const FROM = Number(process.env['REEVE_TEST_SIMULATE_FROM'] ?? 1);

it('no seed breaks an invariant within a minute', { timeout: (SECONDS + 60) * 1_000 }, async () => {
  const dealt = new Set<string>();
  const until = performance.now() + SECONDS * 1_000;
  let seed = FROM;
  for (; performance.now() < until; seed += 1) {
    const report = await simulate({ seed });
    for (const fault of Object.keys(report.dealt)) dealt.add(fault);
    assert.equal(report.violations.length, 0, printFailure(report));
  }
  // It looked, and what it looked for did happen.
  expect(seed - FROM).toBeGreaterThan(SECONDS * 2);
  for (const fault of [
    'claim: error after',
    'claim: silence after',
    'exchange: error after',
    'settle: in part',
    'invoke: again',
    'cancel: error after',
    'redrive: again',
    'change: error after',
    'outbox: stale',
    'takeOut: error before',
    'maintain: again',
    'look: error after',
    'crash',
    'pause',
    'jump',
    'stop',
  ])
    expect(dealt, fault).toContain(fault);
});
