import assert from 'node:assert/strict';
import { type Adaptive, type AdaptiveState, startAdaptive } from '@reeve/core';
import { describe, it } from 'vitest';
import { endDip, mayDip } from '../../../src/decide/adaptive/dip.ts';
import { learnLately, learnNorm, slownessOf } from '../../../src/decide/adaptive/norm.ts';

const adaptive: Adaptive = { kind: 'vegas', floor: 1, ceiling: 1_000, initial: 10, window: 5_000 };
const state = (own: Partial<AdaptiveState> = {}): AdaptiveState => ({ ...startAdaptive(adaptive, 0), ...own });
const window = (took: number, ended = 100) => ({ ended, failed: 0, timedOut: 0, throttled: 0, running: 10, took });

describe('the norm', () => {
  it('is the mean of what was measured without a hurry', () => {
    const one = learnNorm(state(), window(500, 50));
    assert.deepEqual([one.norm, one.normOf], [500, 50]);
    const two = learnNorm(one, window(560, 100));
    assert.deepEqual([two.norm, two.normOf], [540, 150]);
    assert.equal(learnNorm(two, window(540, 1_000)).normOf, 240);
  });

  it('follows what is no chance, and rises by a quarter at once at most', () => {
    const known = state({ norm: 500, normOf: 240 });
    assert.equal(learnNorm(known, window(600, 100)).norm, (500 * 240 + 600 * 100) / 340);
    assert.equal(learnNorm(known, window(300, 100)).norm, 400); // more than 2.5 / sqrt(100) below: it counts as much as all before
    assert.equal(learnNorm(known, window(900, 100)).norm, 625);
  });

  it('falls where attempts are quicker at load, by more than chance, and does not rise where they are slower', () => {
    const known = state({ norm: 500, normOf: 240 });
    assert.equal(learnLately(known, window(450, 100)).norm, 500); // 450 x 1.2
    assert.equal(learnLately(known, window(400, 100)).norm, 480);
    assert.equal(learnLately(known, window(300, 49)).norm, 500); // of too few
    assert.equal(learnLately(known, window(5_000, 100)).norm, 500);
  });

  it('is nothing of windows that measured nothing', () => {
    const { took: _, ...silent } = window(1);
    assert.equal(learnNorm(state(), silent).norm, undefined);
    assert.equal(learnLately(state(), silent).lately, undefined);
    assert.equal(slownessOf(state({ norm: 500 })), undefined);
  });
});

describe('how long attempts take now', () => {
  it('is of the last window, and of a hundred before it', () => {
    const one = learnLately(state({ norm: 500 }), window(600, 100));
    const two = learnLately(one, window(900, 50));
    assert.deepEqual(two.lately, { took: 700, of: 150 });
    assert.deepEqual(slownessOf(two), { times: 1.4, of: 150 });
  });
});

describe('a look at less load', () => {
  it('comes each 60 windows, and five times as seldom where attempts take no longer than their norm', () => {
    const until = (times: number): number => {
      let at = state({ norm: 500, normOf: 240, untilDip: 60, limit: 40 });
      delete (at as { dip?: number }).dip;
      let windows = 0;
      for (; at.dip === undefined; windows += 1) at = mayDip(at, { times, of: 100 });
      return windows;
    };
    assert.deepEqual([until(1.3), until(1)], [60, 296]);
  });

  it('lowers the limit to three quarters of those that would run without a queue', () => {
    assert.equal(mayDip(state({ limit: 40, untilDip: 1 }), { times: 1.5, of: 100 }).dip, 20);
    assert.equal(mayDip(state({ limit: 40, untilDip: 1 }), { times: 0.9, of: 100 }).dip, 30);
  });

  it('is followed by another soon while the norm is known of few, or was another', () => {
    const after = (own: Partial<AdaptiveState>, took: number) => endDip(state(own), window(took, 60));
    assert.equal(after({}, 500).untilDip, 12);
    assert.equal(after({ norm: 500, normOf: 60 }, 500).untilDip, 12);
    assert.equal(after({ norm: 500, normOf: 240 }, 520).untilDip, 60);
    assert.equal(after({ norm: 500, normOf: 240 }, 5_000).untilDip, 12);
    assert.equal(after({ norm: 500, normOf: 240 }, 520).dip, undefined);
  });
});
