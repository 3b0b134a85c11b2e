import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { tooSlow } from '../../../src/decide/adaptive/aimd.ts';
import { gradient2 } from '../../../src/decide/adaptive/gradient2.ts';
import { vegas } from '../../../src/decide/adaptive/vegas.ts';

const near = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

describe('vegas', () => {
  // At a limit of 100 the unit is 100 / 20 = 5; few are 0.5 + 10, many 1.5 + 25, and of 10,000 attempts chance makes 100 / 100 / 2 = 0.5.
  const at = (queue: number, of = 10_000): number => vegas(100, { times: 1 / (1 - queue / 100), of });

  it('grows by two and a half units while hardly any wait, and by half of one while few do', () => {
    near(at(0), 112.5);
    near(at(5.2), 112.5);
    near(at(5.3), 102.5);
    near(at(10.4), 102.5);
  });

  it('stays between few and many, and falls by one beyond', () => {
    near(at(10.6), 100);
    near(at(26.9), 100);
    near(at(27.1), 95);
  });

  it('does not take the chance of few attempts for a queue', () => {
    near(at(36, 25), 100); // 100 / 5 / 2 = 10 more
    near(at(37, 25), 95);
  });

  it('grows by whole ones where there are few', () => {
    near(vegas(4, { times: 1, of: 100 }), 6.5);
  });

  it('takes attempts that are quicker than their norm for nothing that waits', () => {
    near(vegas(100, { times: 0.4, of: 100 }), 112.5);
  });
});

describe('gradient2', () => {
  const at = (times: number, limit = 100): number => gradient2(limit, { times, of: 100 });

  it('grows by its queue while attempts are not slower than it tolerates', () => {
    near(at(1), 104); // 0.4 x sqrt(100)
    near(at(1.15), 104);
    near(at(1, 4), 4.8);
  });

  it('falls a fifth of the way to what the gradient says, which is a half at least', () => {
    near(at(2.3), 90.8); // 100 x 0.5 + 4 = 54
    near(at(100), 90.8);
    near(at(1.4375), 96.8); // 100 x 0.8 + 4 = 84
  });
});

describe('aimd', () => {
  it('takes what is slower than 1.4 times the norm, and what chance makes of it, for too much', () => {
    assert.equal(tooSlow({ times: 1.5, of: 100 }), 0); // 1.4 + 1 / 10
    near(tooSlow({ times: 1.75, of: 100 }), 0.2);
    assert.equal(tooSlow({ times: 1.75, of: 4 }), 0); // 1.4 + 1 / 2
  });

  it('takes nothing for too much where nothing was measured', () => {
    assert.equal(tooSlow(undefined), 0);
  });
});
