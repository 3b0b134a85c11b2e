import assert from 'node:assert/strict';
import { type Adaptive, type AdaptiveState, startAdaptive } from '@reeve/core';
import { describe, it } from 'vitest';
import { cut, grow, slow } from '../../../src/decide/adaptive/marks.ts';
import { excessOf } from '../../../src/decide/adaptive/signs.ts';

const adaptive: Adaptive = { kind: 'aimd', floor: 1, ceiling: 1_000, initial: 10, window: 5_000 };
const state = (own: Partial<AdaptiveState>): AdaptiveState => ({ ...startAdaptive(adaptive, 0), ...own });
const window = { ended: 100, failed: 0, timedOut: 0, throttled: 0, running: 10 };
const near = (actual: number | undefined, expected: number): void =>
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 1e-9, `${actual} is not ${expected}`);

describe('excessOf', () => {
  it('is what fails beyond the usual, if it is beyond chance', () => {
    // 100 x 0.005 usually fail; three standard deviations of that are 2.1, and one more is no news.
    assert.equal(excessOf({ ...window, failed: 3 }, 0), 0);
    assert.equal(excessOf({ ...window, failed: 4 }, 0), 0.035);
    // Of a tenth: 10 usually, 3 x 3 by chance, and one.
    assert.equal(excessOf({ ...window, failed: 20 }, 0.1), 0);
    assert.equal(excessOf({ ...window, failed: 21 }, 0.1), 0.11);
  });

  it('takes a single refusal for a sign', () => {
    assert.equal(excessOf({ ...window, throttled: 1 }, 0), 0.02);
    assert.equal(excessOf({ ...window, ended: 0, throttled: 3 }, 0), 1);
  });

  it('is none where nothing was tried', () => {
    assert.equal(excessOf({ ...window, ended: 0 }, 0), 0);
  });
});

describe('too much', () => {
  it('for the first time lowers the limit to those that went well, by a tenth at least and by a half at most', () => {
    const first = (excess: number, well: number) => cut(state({ limit: 50 }), 50, excess, well);
    for (const [excess, well, mark] of [
      [0.8, 36, 36],
      [0.2, 36, 40], // a fifth was too much, and some of those that went well were not counted
      [0.8, 49, 45],
      [0.8, 3, 25],
      [1, 0, 45], // an outage teaches nothing
    ] as const) {
      near(first(excess, well).mark, mark);
      near(first(excess, well).limit, mark * 0.95);
    }
    assert.equal(first(0.1, 0).signs, 1);
  });

  it('about the mark lowers it by little, and by more with each window in a row', () => {
    let at = cut(state({ limit: 50, mark: 50 }), 50, 0.1, 0);
    near(at.limit, 48.7);
    near(at.mark, 48.7);
    for (const [share, mark] of [
      [0.95, 48.7 * 0.95],
      [0.8, 48.7 * 0.95],
      [0.6, 48.7 * 0.95],
      [0.5, 48.7 * 0.95],
      [0.5, 48.7 * 0.95],
    ] as const) {
      const next = cut(at, 50, 0.1, 0);
      near(next.limit, at.limit * share);
      near(next.mark, mark);
      at = next;
    }
  });

  it('of most attempts may be an outage, and lowers the mark no further', () => {
    const first = cut(state({ limit: 50, mark: 50 }), 50, 1, 0);
    const second = cut(first, 50, 1, 0);
    near(second.limit, 48.7 * 0.95);
    near(second.mark, 48.7);
  });

  it('far from the mark makes a mark of its own', () => {
    const [below, above] = [cut(state({ limit: 40, mark: 50 }), 40, 0.1, 0), cut(state({ limit: 60, mark: 50 }), 60, 0.1, 0)];
    near(below.limit, 36);
    near(below.mark, 36);
    near(above.limit, 54);
    near(above.mark, 54);
  });

  it('goes by what runs, down to a half of the limit', () => {
    near(cut(state({ limit: 50 }), 30, 0.1, 0).limit, 30 * 0.9 * 0.95);
    near(cut(state({ limit: 50 }), 10, 0.1, 0).limit, 25 * 0.9 * 0.95);
  });
});

describe('too slow', () => {
  it('lowers the limit in proportion, a tenth more, and to a half at most', () => {
    near(slow(state({ limit: 50 }), 50, 0.2).limit, 36);
    near(slow(state({ limit: 50 }), 50, 0.2).mark, 36 / 0.95);
    near(slow(state({ limit: 50 }), 50, 0.9).limit, 25);
  });

  it('keeps a mark that is far above: what is slow with so few has yet to recover', () => {
    assert.equal(slow(state({ limit: 30, mark: 50 }), 30, 0.2).mark, 50);
    near(slow(state({ limit: 36, mark: 50 }), 36, 0.2).mark, (36 * 0.8 * 0.9) / 0.95);
  });
});

describe('grow', () => {
  const grown = (from: AdaptiveState, wanted = Number.POSITIVE_INFINITY, windows = 1) => grow(from, wanted, windows);

  it('grows by a quarter, and by one at least, where it was never too much', () => {
    assert.equal(grown(state({ limit: 40 })).limit, 50);
    assert.equal(grown(state({ limit: 2 })).limit, 3);
    assert.equal(grown(state({ limit: 40 }), 44).limit, 44);
  });

  it('is back quickly at just below the mark, and creeps from there', () => {
    const back = grown(state({ limit: 36, mark: 40 }));
    near(back.limit, 38);
    near(grown(back).limit, 38 * 1.0017);
    near(grown(back, undefined, 3).limit, 38 * 1.0051);
    near(grown(state({ limit: 5, mark: 5 })).limit, 5.017); // as if there were ten
  });

  it('hurries where nothing was too much for long', () => {
    const at = (calm: number): number => grown(state({ limit: 40, mark: 40, calm })).limit / 40 - 1;
    near(at(15), 0.0017);
    near(at(16), 0.0017 * 1.06);
    near(at(25), 0.0017 * 1.06 ** 10);
    near(at(500), 0.25);
    near(at(50_000), 0.25);
  });

  it('is as often too much as creeping back takes', () => {
    let at = state({ limit: 40, mark: 40 });
    let signs = 0;
    for (let n = 0; n < 1_000; n += 1) {
      const isTooMuch = at.limit >= 41;
      signs += isTooMuch ? 1 : 0;
      at = isTooMuch ? { ...cut(at, 41, 0.1, 0), signs: 0 } : grown(at);
    }
    assert.ok(signs > 55 && signs < 75, `${signs} of 1,000`);
  });
});
