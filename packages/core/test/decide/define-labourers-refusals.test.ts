import assert from 'node:assert/strict';
import { defineLabourers } from '@reeve/core';
import { describe, it } from 'vitest';
import { faultOf } from './faults.ts';

/** The lines of the fault that a configuration ends in, the headline apart. */
const problems = (definitions: unknown): readonly string[] => {
  const { message } = faultOf(() => defineLabourers(definitions as never), 'config', 'INVALID_LABOURERS');
  const [headline, ...lines] = message.replace(' [INVALID_LABOURERS]', '').split('\n');
  assert.match(headline ?? '', /labourers/);
  return lines.map((line) => line.trim());
};

const ofOne = (definition: object): readonly string[] => problems({ a: { maxSimultaneousInvocations: 10, ...definition } });

describe('defineLabourers refuses', () => {
  it('a cap that is no whole number from 1', () => {
    const refused: readonly (readonly [cap: unknown, shown: string])[] = [
      [0, 'is 0'],
      [-1, 'is -1'],
      [Number.NaN, 'is NaN'],
      [1.5, 'is 1.5'],
      ['5', 'is "5"'],
      [Number.POSITIVE_INFINITY, 'is Infinity'],
      [1_000_001, 'is 1000001'],
      [null, 'is null'],
      [5n, 'is 5n'],
      [[5], 'is an array'],
      [undefined, 'is missing'],
    ];
    for (const [cap, shown] of refused) {
      assert.deepEqual(ofOne({ maxSimultaneousInvocations: cap }), [
        `labourers.a.maxSimultaneousInvocations: ${shown}; give a whole number from 1 to 1000000`,
      ]);
    }
  });

  it('any other field out of its bounds, each by its path', () => {
    const week = 7 * 24 * 3_600_000;
    const refused: readonly (readonly [definition: object, line: RegExp])[] = [
      [{ target: '' }, /^labourers\.a\.target: is ""; give a text/],
      [{ target: 5 }, /^labourers\.a\.target: is 5/],
      [{ lease: { duration: 0 } }, /^labourers\.a\.lease\.duration: is 0; .* from 1 to 604800000/],
      [{ lease: { duration: week + 1 } }, /^labourers\.a\.lease\.duration/],
      [{ lease: { cooldown: -1 } }, /^labourers\.a\.lease\.cooldown: is -1; .* from 0/],
      [{ lease: null }, /^labourers\.a\.lease: is null; give an object/],
      [{ lease: new Map() }, /^labourers\.a\.lease: is a Map; give an object/],
      [{ maxAttempts: 0 }, /^labourers\.a\.maxAttempts: is 0; .* from 1 to 1000/],
      [{ maxAttempts: 1_001 }, /^labourers\.a\.maxAttempts/],
      [
        { retry: { kind: 'fibonacci', step: 1 } },
        /^labourers\.a\.retry\.kind: is "fibonacci"; give one of exponential, linear, fixed, function/,
      ],
      [{ retry: { kind: 'linear', step: 0.5 } }, /^labourers\.a\.retry\.step: is 0\.5/],
      [{ retry: { kind: 'linear', base: 5 } }, /^labourers\.a\.retry\.base: is not known here/],
      [{ priority: 10 }, /^labourers\.a\.priority: is 10; give a whole number from 0 to 9/],
      [{ expireAfter: 0 }, /^labourers\.a\.expireAfter: is 0/],
      [{ retry: { limit: week + 1 } }, /^labourers\.a\.retry\.limit/],
      [{ health: { coefficients: { Good: 1.1 } } }, /^labourers\.a\.health\.coefficients\.Good: is 1\.1; give a number from 0 to 1/],
      [{ health: { coefficients: { 3: '-0.5' } } }, /^labourers\.a\.health\.coefficients\.3: is "-0\.5"/],
      [{ health: { coefficients: { 3: Number.NaN } } }, /^labourers\.a\.health\.coefficients\.3: is NaN/],
      [{ health: { coefficients: { 5: 1 } } }, /^labourers\.a\.health\.coefficients\.5: is not known here/],
      [{ health: { coefficients: { Good: 1, 3: 0.5 } } }, /^labourers\.a\.health\.coefficients\.Good: .*as 3; give one/],
      [{ health: { onMissing: 'best' } }, /^labourers\.a\.health\.onMissing: is "best"; give one of hold, Bad/],
      [{ health: { onMissing: 7 } }, /^labourers\.a\.health\.onMissing: is 7/],
      [{ ratePerKey: { starts: 0 } }, /^labourers\.a\.ratePerKey\.starts: is 0/],
      [{ ratePerKey: { starts: 5, per: 'day' } }, /^labourers\.a\.ratePerKey\.per: is "day"/],
      [{ ratePerKey: { starts: 5, burst: 0.5 } }, /^labourers\.a\.ratePerKey\.burst: is 0\.5/],
      [{ options: [] }, /^labourers\.a\.options: is an array; give a plain object/],
      [{ options: new Map([['a', 1]]) }, /^labourers\.a\.options: is a Map/],
    ];
    for (const [definition, line] of refused) {
      const lines = ofOne(definition);
      assert.equal(lines.length, 1, lines.join('\n'));
      assert.match(lines[0] ?? '', line);
    }
  });

  it('a key that it does not know, and says which one may be meant', () => {
    assert.deepEqual(ofOne({ maxAtempts: 5 }), ['labourers.a.maxAtempts: is not known here; did you mean maxAttempts?']);
    assert.match(ofOne({ max_simultaneous_invocations: 5 })[0] ?? '', /did you mean maxSimultaneousInvocations\?$/);
    assert.match(ofOne({ lease: { Duration: 5 } })[0] ?? '', /^labourers\.a\.lease\.Duration: .*mean duration\?$/);
    assert.match(ofOne({ zzz: 5 })[0] ?? '', /known are target, maxSimultaneousInvocations/);
    assert.match(ofOne(JSON.parse('{"__proto__":{}}'))[0] ?? '', /^labourers\.a\.__proto__: is not known here/);
    const [long] = ofOne({ ['x'.repeat(100_000)]: 1 });
    assert.ok((long?.length ?? 0) < 350, 'a long key is shown shortened');
  });

  it('all that is wrong with all of them, in one fault', () => {
    assert.deepEqual(
      problems({ 'a b': { maxSimultaneousInvocations: 1 }, b: { maxSimultaneousInvocations: 0, lease: { duration: 0 } }, c: 5 }).map(
        (line) => line.split(': ')[0],
      ),
      [
        'labourers["a b"]',
        'labourers.b.lease.duration',
        'labourers.b.maxSimultaneousInvocations',
        'labourers.c',
        'labourers.c.maxSimultaneousInvocations',
      ],
    );
  });

  it('a name that is empty, too long or has other signs', () => {
    for (const id of ['', 'x'.repeat(129), 'a/b', 'ä', 'a\n']) {
      const [line, ...others] = problems({ [id]: { maxSimultaneousInvocations: 1 } });
      assert.match(line ?? '', /^labourers.*: the name must be 1 to 128 letters, digits/);
      assert.equal(others.length, 0);
    }
    assert.equal(defineLabourers({ ['x'.repeat(128)]: { maxSimultaneousInvocations: 1 } }).length, 1);
  });

  it('a set that is empty or no set', () => {
    assert.match(problems({})[0] ?? '', /^labourers: there are none; define at least one/);
    for (const [given, shown] of [
      [null, 'null'],
      [undefined, 'undefined'],
      [[], 'an array'],
      [new Map(), 'a Map'],
      [() => 1, 'a function'],
      ['[1]', 'an array'],
      ['null', 'null'],
    ] satisfies readonly (readonly [unknown, string])[])
      assert.deepEqual(problems(given), [`labourers: is ${shown}; give an object`]);
    assert.match(problems('{"a": ')[0] ?? '', /^labourers: the text is not JSON/);
  });

  it('a long value is shown shortened', () => {
    const [line] = ofOne({ maxAttempts: 'y'.repeat(10_000) });
    assert.ok((line?.length ?? 0) < 150, line);
  });
});
