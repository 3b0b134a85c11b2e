import assert from 'node:assert/strict';
import { configFault, MINUTE, SECOND } from '@reeve/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { checkRef } from '../../src/decide/check-ref.ts';
import { holdAfter } from '../../src/decide/hold-after.ts';
import { faultOf } from './faults.ts';

describe('holdAfter', () => {
  it('doubles from 1 s to 60 s, between half and the whole of it', () => {
    const refusals = [1, 2, 3, 7, 5_000];
    assert.deepEqual(
      refusals.map((each) => holdAfter(each, undefined, 0)),
      [500, 1_000, 2_000, 30 * SECOND, 30 * SECOND],
    );
    assert.deepEqual(
      refusals.map((each) => holdAfter(each, undefined, 1 - Number.EPSILON)),
      [SECOND, 2_000, 4_000, MINUTE, MINUTE],
    );
  });

  it('takes the word of whoever refused, within 100 ms and an hour', () => {
    assert.deepEqual(
      [250.5, -1, 24 * 60 * MINUTE].map((asked) => holdAfter(1, asked, 0)),
      [251, 100, 60 * MINUTE],
    );
    for (const asked of [Number.NaN, Number.POSITIVE_INFINITY]) assert.equal(holdAfter(1, asked, 0), 500);
  });
});

describe('checkRef', () => {
  const ref = { labourer: 'a', id: '1', token: 't' };

  it('takes an attempt as a worker names it', () => {
    assert.equal(checkRef(ref), ref);
  });

  it('refuses what names none, whatever it is', () => {
    assert.match(faultOf(() => checkRef({ ...ref, token: '' }), 'input', 'INVALID_ATTEMPT').message, /^attempt\.token: a string of 0/);
    assert.match(faultOf(() => checkRef({ ...ref, id: 7 }), 'input', 'INVALID_ATTEMPT').message, /^attempt\.id: number/);
    assert.match(faultOf(() => checkRef({ ...ref, id: 'x'.repeat(257) }), 'input', 'INVALID_ATTEMPT').message, /a string of 257/);
    fc.assert(
      fc.property(fc.anything(), (value) => {
        faultOf(() => checkRef(value), 'input', 'INVALID_ATTEMPT');
      }),
    );
  });
});

describe('configFault', () => {
  it('has a headline and a line for each problem, and a code of the caller’s choice', () => {
    const problems = [
      { path: 'labourers.a', problem: 'is 5; give an object' },
      { path: 'labourers.b.target', problem: 'is ""; give a text' },
    ];
    const fault = configFault(problems, 'It cannot be:', 'INVALID_COMPOSITION');
    assert.equal(
      fault.message,
      'It cannot be:\n  labourers.a: is 5; give an object\n  labourers.b.target: is ""; give a text [INVALID_COMPOSITION]',
    );
    assert.equal(fault.kind, 'config');
    assert.equal(configFault(problems, 'It cannot be:').code, 'INVALID_LABOURERS');
  });
});
