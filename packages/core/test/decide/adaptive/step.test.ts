import assert from 'node:assert/strict';
import {
  type Adaptive,
  type AdaptiveKind,
  type AdaptiveState,
  limitInForce,
  type Outcomes,
  startAdaptive,
  stepAdaptive,
  warmUp,
} from '@reeve/core';
import { describe, it } from 'vitest';
import { type Downstream, play, seeded } from './loop.ts';

const KINDS: readonly AdaptiveKind[] = ['aimd', 'vegas', 'gradient2'];
const policy = (kind: AdaptiveKind, own: Partial<Adaptive> = {}): Adaptive => ({
  kind,
  floor: 1,
  ceiling: 200,
  initial: 10,
  window: 5_000,
  ...own,
});
const window = (own: Partial<Outcomes>): Outcomes => ({ ended: 200, failed: 0, timedOut: 0, throttled: 0, running: 10, took: 500, ...own });
const after = (adaptive: Adaptive, outcomes: readonly Outcomes[], from = startAdaptive(adaptive, 0)): AdaptiveState =>
  outcomes.reduce((state, each) => stepAdaptive(adaptive, state, each, state.at + 5_000), from);

/** As one that has begun: the first look at how long attempts take is over, and was long ago. */
const begun = (adaptive: Adaptive, own: Partial<AdaptiveState> = {}): AdaptiveState => {
  const { dip: _, ...state } = startAdaptive(adaptive, 0);
  return { ...state, changedAt: -600_000, norm: 500, normOf: 240, untilDip: 60, ...own };
};

describe('a start', () => {
  it('is a look at half of where it begins, so that too much at once does not become the norm', () => {
    for (const kind of KINDS) {
      const start = startAdaptive(policy(kind), 0);
      assert.equal(limitInForce(policy(kind), start), 5);
      const { limit, norm, dip } = after(policy(kind), [window({ running: 5 }), window({ running: 5 })], start);
      assert.deepEqual([limit, norm, dip], [10, 500, undefined]);
    }
  });

  it('is not measured by what ends first, which is what was short', () => {
    const vegas = policy('vegas');
    const early = stepAdaptive(vegas, startAdaptive(vegas, 0), window({ took: 1_000 }), 5_000);
    assert.equal(early.norm, undefined);
    assert.equal(stepAdaptive(vegas, early, window({ took: 1_600 }), 10_000).norm, 1_600); // three lengths had passed at its beginning
  });
});

describe('a window', () => {
  it('of a limit that is not used does not raise it', () => {
    for (const kind of KINDS) assert.equal(after(policy(kind), [window({ running: 7 })], begun(policy(kind))).limit, 10);
    for (const kind of KINDS) assert.ok(after(policy(kind), [window({ running: 8 })], begun(policy(kind))).limit > 10);
  });

  it('in which too little ended is joined with the next', () => {
    const aimd = policy('aimd');
    const few = window({ ended: 6, failed: 3 });
    const first = stepAdaptive(aimd, begun(aimd), few, 5_000);
    assert.deepEqual([first.limit, first.joined?.ended], [10, 6]);
    const second = stepAdaptive(aimd, first, few, 10_000);
    assert.ok(second.limit < 10);
    assert.equal(second.joined, undefined);
  });

  it('that is shorter than an attempt is joined with the next, so that nothing is changed twice for one reason', () => {
    for (const kind of KINDS) {
      const long = window({ took: 9_000 });
      const first = stepAdaptive(policy(kind), begun(policy(kind), { norm: 9_000 }), long, 5_000);
      assert.equal(first.joined?.ended, 200);
      assert.ok(stepAdaptive(policy(kind), first, long, 10_000).limit > 10);
    }
  });

  it('whose attempts began before the limit was lowered is no news of it', () => {
    const aimd = policy('aimd');
    const failing = window({ took: 4_000, ended: 40, failed: 20 });
    const cut = stepAdaptive(aimd, begun(aimd, { norm: 4_000 }), failing, 5_000);
    assert.ok(cut.limit < 10);
    const old = [10_000, 15_000].reduce((state, at) => stepAdaptive(aimd, state, failing, at), cut);
    assert.deepEqual([old.limit, old.signs], [cut.limit, 1]); // they take 4 s, and 6 s have to have passed at its beginning
    assert.ok(stepAdaptive(aimd, old, failing, 20_000).limit < cut.limit);
  });

  it('of which some may have ended before the limit was lowered is no news of it', () => {
    const aimd = policy('aimd');
    const failing = window({ failed: 100 });
    const cut = stepAdaptive(aimd, begun(aimd), failing, 5_000);
    const later = { ...cut, at: 10_000 };
    assert.equal(stepAdaptive(aimd, later, failing, 15_000, 4_500).limit, cut.limit);
    assert.ok(stepAdaptive(aimd, later, failing, 15_000, 4_000).limit < cut.limit);
  });

  it('on a clock that was set back counts as the next', () => {
    for (const kind of KINDS) {
      const adaptive = policy(kind);
      const ahead = begun(adaptive, { at: 86_400_000, changedAt: 86_400_000 });
      const back = stepAdaptive(adaptive, ahead, window({}), 5_000);
      assert.ok(stepAdaptive(adaptive, back, window({}), 10_000).limit > 10);
    }
  });
});

describe('failures that come whatever the load', () => {
  it('are learnt, and lower the limit no more', () => {
    for (const kind of KINDS) {
      const { limits } = play(policy(kind), () => ({ took: 500, failed: 0.1 }), { windows: 600 });
      assert.ok(Math.max(...limits.slice(-100)) > 150, `${kind}: ${limits.slice(-10).join()}`);
    }
  });
});

describe('a limit', () => {
  it('is always within floor and ceiling, a whole number, and the same for the same windows', () => {
    const random = seeded(7);
    const upTo = (most: number): number => Math.floor(random() * (most + 1));
    for (let round = 0; round < 60; round += 1) {
      const floor = 1 + upTo(9);
      const ceiling = floor + upTo(300);
      const adaptive = policy(KINDS[round % 3] ?? 'aimd', { floor, ceiling, initial: floor + upTo(ceiling - floor) });
      let state = startAdaptive(adaptive, 0);
      for (let n = 1, now = 0; n < 200; n += 1) {
        now += upTo(20_000) - 2_000; // back, too
        const ended = upTo(10 ** upTo(5));
        const failed = upTo(ended);
        const outcomes: Outcomes = {
          ended,
          failed,
          timedOut: upTo(failed),
          throttled: random() < 0.8 ? 0 : upTo(50),
          running: upTo(400),
          ...(random() < 0.8 && { took: 10 ** (random() * 8 - 1) }),
        };
        const next = stepAdaptive(adaptive, state, outcomes, now);
        assert.deepEqual(stepAdaptive(adaptive, state, outcomes, now), next);
        state = random() < 0.02 ? warmUp(adaptive, next, now) : next;
        const limit = limitInForce(adaptive, state);
        assert.ok(Number.isInteger(limit) && limit >= floor && limit <= ceiling, `${limit} of ${floor}..${ceiling}`);
        assert.ok(
          Object.values(state).every((each) => typeof each !== 'number' || Number.isFinite(each)),
          JSON.stringify(state),
        );
      }
    }
  });

  it('starts from the floor after an outage, with what was learnt', () => {
    const { state } = play(policy('vegas'), () => ({ took: 500 }), { windows: 50 });
    const warm = warmUp(policy('vegas', { floor: 3 }), state, state.at);
    assert.deepEqual([warm.limit, warm.norm], [3, state.norm]);
  });
});

/** The share of windows that keep to so many, and of the work that a limit of so many would have done. */
const against = (adaptive: Adaptive, downstream: Downstream, most: number, windows = 1_000) => {
  const played = play(adaptive, downstream, { windows });
  const fixed = play({ ...adaptive, floor: most, ceiling: most, initial: most }, downstream, { windows });
  const sum = (all: readonly number[]): number => all.reduce((total, each) => total + each, 0);
  return { kept: played.limits.filter((each) => each <= most).length / windows, done: sum(played.done) / sum(fixed.done), played };
};

describe('with a backlog that never ends', () => {
  it('a quota is kept to, and nearly used up', () => {
    for (const kind of KINDS)
      for (const [sign, quota] of Object.entries({
        failures: (running: number) => ({ took: 500, failed: Math.max(0, 1 - 40 / running) }),
        refusals: (running: number) => ({ took: 500, refused: Math.max(0, 1 - 40 / running) }),
      })) {
        const { kept, done, played } = against(policy(kind), quota, 40);
        assert.ok(kept >= 0.85 && done >= 0.9, `${kind}, ${sign}: keeps to it ${kept}, does ${done}`);
        // What it tries is one more than is well.
        const late = played.limits.slice(200);
        assert.ok(late.filter((each) => each <= 41).length >= 0.95 * late.length, `${kind}, ${sign}: ${Math.max(...late)}`);
      }
  });

  it('a system that slows with load is driven to about where it does most, and no further', () => {
    // Most is done at 30 at once: 30 / (1 + (30 / 40) ** 4) = 22.8.
    const slows: Downstream = (running) => ({ took: 500 * (1 + (running / 40) ** 4) });
    for (const kind of KINDS) {
      const { done, played } = against(policy(kind), slows, 30);
      assert.ok(done >= 0.9, `${kind}: does ${done}`);
      assert.ok(Math.max(...played.limits.slice(100)) <= 42, `${kind}: up to ${Math.max(...played.limits.slice(100))}`);
    }
  });

  it('an overload that lasts does not become usual', () => {
    for (const kind of KINDS) {
      const { limits } = play(policy(kind), (running) => ({ took: 500 * Math.max(1, running / 40) }), { windows: 5_000 });
      assert.ok(Math.max(...limits.slice(-1_000)) < 80, `${kind}: ${Math.max(...limits.slice(-1_000))}`);
    }
  });

  it('what becomes faster by half is found out, and what becomes slower is not left at the floor', () => {
    for (const kind of KINDS) {
      const changes =
        (factor: number): Downstream =>
        (running, now) => ({ took: (now < 5_000_000 ? 500 : 500 * factor) * (1 + (running / 40) ** 4) });
      for (const factor of [0.5, 2]) {
        const { limits } = play(policy(kind), changes(factor), { windows: 2_500 });
        const late = limits.slice(-500).sort((a, b) => a - b)[250] ?? 0;
        assert.ok(late >= 20 && late <= 42, `${kind}, ${factor}: ${late}`);
      }
    }
  });

  it('an outage is backed off from, and what was before is back soon after', () => {
    for (const kind of KINDS) {
      const out: Downstream = (_, now) => (now > 1_000_000 && now <= 1_500_000 ? { took: 20, failed: 1 } : { took: 500, failed: 0.01 });
      const { limits } = play(policy(kind, { ceiling: 50 }), out, { windows: 400 });
      assert.equal(limits[299], 1, kind);
      assert.ok((limits[330] ?? 0) >= 40, `${kind}: ${limits.slice(300, 331).join()}`);
    }
  });
});
