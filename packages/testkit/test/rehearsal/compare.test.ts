import assert from 'node:assert/strict';
import { MINUTE } from '@reeve/core';
import { compareCaps, database, exponential, findFixedCap, scenario } from '@reeve/testkit';
import { describe, it } from 'vitest';

describe('the best fixed cap', () => {
  it('is the one that does most and keeps the downstream under its limit', { timeout: MINUTE }, async () => {
    const policy = { maxSimultaneousInvocations: 60 };
    // Twice as long as alone at 20: more than 10 are no faster.
    const request = { policy, arrivals: 40, service: exponential(500), downstream: database({ capacity: 10 }), duration: 2 * MINUTE };
    const { cap, summary, tried } = await findFixedCap(request, { guess: 12 });
    assert.ok(cap >= 10 && cap <= 20, `${cap}`);
    assert.ok(summary.underLimit >= 0.95);
    assert.ok(
      tried.some((each) => each.cap === 21 && each.summary.underLimit < 0.95),
      tried.map((each) => each.cap).join(),
    );
    assert.equal((await findFixedCap(request, { guess: 60 })).cap >= 10, true);
  });
});

describe('scenarios', () => {
  it('are the same for the same seed, and take turns', () => {
    assert.equal(scenario(3).name, scenario(3).name);
    assert.deepEqual(
      [1, 2, 3, 4].map((seed) => /database|API|down|noise/g.exec(scenario(seed).name)?.[0]),
      ['database', 'API', 'database', 'database'],
    );
  });

  it('are kept to by an adaptive cap, which does about as much as the best fixed one', { timeout: 5 * MINUTE }, async () => {
    for (const seed of [17, 14]) {
      const { name, request, capacity } = scenario(seed);
      const short = { name, capacity, request: { ...request, duration: 8 * MINUTE } };
      const { compared } = await compareCaps(short, ['vegas']);
      const [half, twice, vegas] = compared;
      assert.ok((half?.done ?? 1) < 0.8, `${name}: half of it does ${half?.done}`);
      assert.ok((twice?.underLimit ?? 1) < 0.5, `${name}: twice of it is under the limit ${twice?.underLimit}`);
      assert.ok((vegas?.underLimit ?? 0) >= 0.85 && (vegas?.done ?? 0) >= 0.75, `${name}: ${JSON.stringify(vegas)}`);
    }
  });
});
