import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { checkDue, checkExpiry, checkPriority, checkTaskId, type Expiry, type When } from '../../src/decide/check-task.ts';
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

describe('checkPriority', () => {
  it('takes 0 to 9; 0 is what a task without one has', () => {
    assert.deepEqual(
      [undefined, 0, 1, 9].map((each) => checkPriority(each)),
      [undefined, undefined, 1, 9],
    );
  });

  it('refuses anything else', () => {
    for (const [bad, words] of [
      [-1, /^priority: -1 is none; give a whole number from 0 to 9/],
      [10, /10/],
      [1.5, /1\.5/],
      [Number.NaN, /NaN/],
      ['5', /string/],
      [null, /null/],
    ] as const) {
      assert.match(faultOf(() => checkPriority(bad), 'input', 'INVALID_PRIORITY').message, words);
    }
    assert.match(faultOf(() => checkPriority(10, 'items[3].'), 'input', 'INVALID_PRIORITY').message, /^items\[3\]\.priority: /);
  });
});

describe('checkExpiry', () => {
  it('counts from the due time, or from now if that has passed or is none', () => {
    assert.equal(checkExpiry({}, 5_000, 1_000), undefined);
    assert.equal(checkExpiry({ expireAfter: 500 }, undefined, 1_000), 1_500);
    assert.equal(checkExpiry({ expireAfter: 500 }, 5_000, 1_000), 5_500);
    assert.equal(checkExpiry({ expireAfter: 0.5 }, 10, 1_000), 1_001);
  });

  it('takes an instant or a Date after the due time', () => {
    assert.equal(checkExpiry({ expiresAt: 1_001 }, undefined, 1_000), 1_001);
    assert.equal(checkExpiry({ expiresAt: new Date(5_001) }, 5_000, 1_000), 5_001);
    assert.equal(checkExpiry({ expiresAt: LAST_INSTANT }, 5_000, 1_000), LAST_INSTANT);
  });

  it('refuses anything else by the name of its field', () => {
    const refused: readonly (readonly [expiry: unknown, words: RegExp])[] = [
      [{ expiresAt: 9_000, expireAfter: 1 }, /^expireAfter: both expireAfter and expiresAt/],
      [{ expireAfter: 0 }, /^expireAfter: 0 is no time to start in/],
      [{ expireAfter: -1 }, /^expireAfter: -1/],
      [{ expireAfter: Number.NaN }, /^expireAfter: NaN/],
      [{ expireAfter: LAST_INSTANT }, /^expireAfter: \d+/],
      [{ expireAfter: '5' }, /^expireAfter: string/],
      [{ expiresAt: 5_000 }, /^expiresAt: 5000 is not after the due time/],
      [{ expiresAt: 900 }, /^expiresAt: 900 is not after the due time/],
      [{ expiresAt: new Date(Number.NaN) }, /^expiresAt: NaN is no instant/],
      [{ expiresAt: LAST_INSTANT + 1 }, /^expiresAt: \d+ is no instant.*year 10000/],
      [{ expiresAt: '2026-01-01' }, /^expiresAt: string is no instant; give a Date/],
      [{ expiresAt: null }, /^expiresAt: null/],
    ];
    for (const [expiry, words] of refused) {
      assert.match(faultOf(() => checkExpiry(expiry as Expiry, 5_000, 1_000), 'input', 'INVALID_EXPIRY').message, words);
    }
    const passed = faultOf(() => checkExpiry({ expiresAt: 1_000 }, undefined, 1_000, 'items[3].'), 'input', 'INVALID_EXPIRY');
    assert.match(passed.message, /^items\[3\]\.expiresAt: 1000 has passed/);
  });
});
