import assert from 'node:assert/strict';
import { type Breaker, type BreakerState, breakerLimit, type Outcomes, startBreaker, stepBreaker, tellBreaker } from '@reeve/core';
import { describe, it } from 'vitest';

const breaker: Breaker = { failures: 0.5, atLeast: 10, openFor: 30_000 };
const of = (ended: number, failed: number): Outcomes => ({ ended, failed, timedOut: 0, throttled: 0, running: 1 });
const stepped = (state: BreakerState, outcomes: Outcomes, now: number): BreakerState => stepBreaker(breaker, 20, state, outcomes, now);
const limit = (state: BreakerState, now: number): number => breakerLimit(breaker, state, now);
const opened = stepped(startBreaker(0), of(25, 20), 5_000);

describe('a breaker', () => {
  it('opens when so many of enough attempts failed', () => {
    assert.equal(limit(stepped(startBreaker(0), of(25, 12), 5_000), 5_000), Number.POSITIVE_INFINITY);
    assert.equal(limit(stepped(startBreaker(0), of(25, 13), 5_000), 5_000), 0);
    assert.equal(
      tellBreaker(breaker, opened, 5_000),
      'breaker open since 1970-01-01T00:00:05.000Z, 80 % of 25 failed; probes at 1970-01-01T00:00:35.000Z',
    );
  });

  it('joins windows of too few, and forgets them once they have told', () => {
    const first = stepped(startBreaker(0), of(6, 6), 5_000);
    assert.equal(limit(first, 5_000), Number.POSITIVE_INFINITY);
    assert.equal(limit(stepped(first, of(4, 0), 10_000), 10_000), 0); // 6 of 10
    const well = stepped(stepped(first, of(40, 0), 10_000), of(9, 9), 15_000);
    assert.equal(limit(well, 15_000), Number.POSITIVE_INFINITY);
  });

  it('lets one probe after its time, and none before', () => {
    assert.deepEqual(
      [34_999, 35_000, 99_000].map((now) => limit(opened, now)),
      [0, 1, 1],
    );
  });

  it('hears nothing from what began before', () => {
    const still = stepped(opened, of(3, 0), 20_000);
    assert.equal(limit(still, 20_000), 0);
    // It ended after the time, in a window that began before it.
    assert.equal(limit(stepped(still, of(3, 0), 40_000), 40_000), 1);
  });

  it('closes when a probe goes well, and then lets in twice as many with each window', () => {
    let at = stepped(stepped(opened, of(0, 0), 36_000), of(1, 0), 41_000);
    const limits: number[] = [limit(at, 41_000)];
    for (let now = 46_000; now < 70_000; now += 5_000) {
      at = stepped(at, of(1, 0), now);
      limits.push(limit(at, now));
    }
    assert.deepEqual(limits, [2, 4, 8, 16, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    assert.equal(at.times, 0);
  });

  it('stays open for twice as long with each probe that fails, up to ten times as long', () => {
    let at = opened;
    let now = 5_000;
    const lengths: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      const { until, since } = at.open ?? assert.fail('it is open');
      lengths.push(until - since);
      now = until + 1_000;
      at = stepped(stepped(at, of(0, 0), now), of(1, 1), now + 5_000);
    }
    assert.deepEqual(lengths, [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
  });

  it('opens for longer at once, if it fails again while it warms', () => {
    const warm = stepped(stepped(opened, of(0, 0), 36_000), of(1, 0), 41_000);
    const again = stepped(warm, of(10, 10), 46_000);
    assert.equal((again.open?.until ?? 0) - 46_000, 60_000);
  });

  it('is not shut for ever by a clock that was set back', () => {
    assert.equal(limit(opened, 5_000 - 86_400_000), 1);
  });
});
