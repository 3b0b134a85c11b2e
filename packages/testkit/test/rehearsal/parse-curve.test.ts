import assert from 'node:assert/strict';
import { ReeveError } from '@reeve/core';
import { parseCurve } from '@reeve/testkit';
import { describe, it } from 'vitest';

describe('a curve', () => {
  it('is straight between the instants at which it is known, and level before and after', () => {
    const { at, length } = parseCurve('seconds,rate\n0,10\n60,20\n\n# a night\n120,0\n');
    assert.equal(length, 120_000);
    assert.deepEqual([-5_000, 0, 30_000, 60_000, 90_000, 120_000, 500_000].map(at), [10, 10, 15, 20, 10, 0, 0]);
  });

  it('reads dates, quotes, further columns, and semicolons and tabs as well', () => {
    const { at, length } = parseCurve('"2026-01-05T12:00:00Z";"71.5";x\r\n2026-01-05T12:05:00Z\t30\r\n');
    assert.deepEqual([length, at(0), at(300_000)], [300_000, 71.5, 30]);
  });

  it('begins with its first line, whatever time that says', () => {
    assert.equal(parseCurve('1000,1\n1010,2').at(5_000), 1.5);
  });

  it('names the line that cannot be read, and what to write', () => {
    const problems = {
      '0,1\n60;many': /line 2: "60;many" is no time and value; write/,
      '0,1\n60,\n': /line 2/,
      '60,1\n60,2': /line 2: "60" is not after the line before; sort/,
      'time,value': /there is no line of a time and a value/,
      '': /there is no line/,
    };
    for (const [csv, problem] of Object.entries(problems))
      assert.throws(
        () => parseCurve(csv),
        (error) => ReeveError.is(error, 'INVALID_REHEARSAL') && problem.test(error.message),
        csv,
      );
  });
});
