import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { checkDue, checkTaskId, type When } from '../../src/decide/check-task.ts';
import { faultOf } from './faults.ts';

const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

describe('checkTaskId', () => {
  it('takes 1 to 128 characters of any script', () => {
    for (const id of ['a', 'x'.repeat(128), 'Auftrag 7/ä', '任务-😀', '__proto__', ' ']) assert.equal(checkTaskId(id), id);
  });

  it('refuses anything else, and says what it met', () => {
    const refused: readonly (readonly [id: unknown, words: RegExp])[] = [
      ['', /the text is empty/],
      ['x'.repeat(129), /the text has 129 characters/],
      ['a\u0000', /control character/],
      ['a\n', /control character/],
      ['a\u007f', /control character/],
      ['a\u0085', /control character/],
      ['a\ud83d', /surrogate/],
      [7, /number is not a text/],
      [null, /null is not a text/],
      [undefined, /undefined is not a text/],
      [Object('a'), /object is not a text/],
    ];
    for (const [id, words] of refused) {
      const { message } = faultOf(() => checkTaskId(id), 'input', 'INVALID_TASK_ID');
      assert.match(message, words);
      assert.match(message, /^id: .*give 1 to 128 characters/);
    }
  });
});

describe('checkDue', () => {
  it('is at once if nothing is said, and for a delay of 0', () => {
    assert.equal(checkDue({}, 1_000), undefined);
    assert.equal(checkDue({ delay: 0 }, 1_000), undefined);
  });

  it('counts a delay from now, and takes an instant or a Date as it is', () => {
    assert.equal(checkDue({ delay: 500 }, 1_000), 1_500);
    assert.equal(checkDue({ runAt: 500 }, 1_000), 500);
    assert.equal(checkDue({ runAt: new Date(2_000) }, 1_000), 2_000);
    assert.equal(checkDue({ runAt: 0 }, 1_000), 0);
  });

  it('rounds up to whole milliseconds: never before the time', () => {
    assert.equal(checkDue({ delay: 0.1 }, 1_000), 1_001);
    assert.equal(checkDue({ runAt: 1_000.5 }, 1_000), 1_001);
  });

  it('goes up to the end of the year 9999', () => {
    assert.equal(checkDue({ runAt: LAST_INSTANT }, 1_000), LAST_INSTANT);
    assert.equal(checkDue({ delay: LAST_INSTANT - 1_000 }, 1_000), LAST_INSTANT);
  });

  it('refuses anything else by the name of its field', () => {
    const refused: readonly (readonly [when: unknown, words: RegExp])[] = [
      [{ delay: 1, runAt: 1 }, /^delay: both delay and runAt/],
      [{ delay: -1 }, /^delay: -1 is no wait/],
      [{ delay: Number.NaN }, /^delay: NaN/],
      [{ delay: Number.POSITIVE_INFINITY }, /^delay: Infinity/],
      [{ delay: LAST_INSTANT - 999 }, /^delay: \d+ is no wait.*year 10000/],
      [{ delay: '5' }, /^delay: string is no wait/],
      [{ delay: null }, /^delay: null/],
      [{ runAt: -1 }, /^runAt: -1 is no instant/],
      [{ runAt: Number.NaN }, /^runAt: NaN/],
      [{ runAt: Number.POSITIVE_INFINITY }, /^runAt: Infinity/],
      [{ runAt: LAST_INSTANT + 1 }, /^runAt: \d+ is no instant.*year 10000/],
      [{ runAt: new Date(Number.NaN) }, /^runAt: NaN/],
      [{ runAt: '2026-01-01' }, /^runAt: string is no instant; give a Date/],
      [{ runAt: 5n }, /^runAt: bigint/],
    ];
    for (const [when, words] of refused) {
      assert.match(faultOf(() => checkDue(when as When, 1_000), 'input', 'INVALID_DUE').message, words);
    }
  });
});
