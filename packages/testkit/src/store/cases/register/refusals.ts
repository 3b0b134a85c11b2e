import assert from 'node:assert/strict';
import { type Change, ReeveError } from '@reeve/core';
import { assertRefused } from '../../assertions.ts';
import type { WholeCase } from '../../bench.ts';
import { json } from '../../given.ts';
import { holdsWhole } from '../../holds.ts';
import { sized } from '../../hostile.ts';

const good: Change = { name: 'good', value: json('1'), stamp: 'stamp' };

const badNames = ['', 'n'.repeat(257), 'a\u0000b', 'a\nb', '\u007f', '\u0085', '\ud83c'];

const badChanges: readonly (readonly [string, readonly Change[]])[] = [
  ...badNames.map((name): readonly [string, readonly Change[]] => [`the name ${JSON.stringify(name)}`, [{ ...good, name }]]),
  ['a stamp of nothing', [{ ...good, name: 'a', stamp: '' }]],
  ['a stamp too long', [{ ...good, name: 'a', stamp: 's'.repeat(65) }]],
  ['a stamp with a control character', [{ ...good, name: 'a', stamp: 'a\tb' }]],
  ['a value one byte too long', [{ ...good, name: 'a', value: json(sized(64 * 1_024 + 1, 'x')) }]],
  ['a value of fewer characters and too many bytes', [{ ...good, name: 'a', value: json(sized(64 * 1_024 + 1, '€')) }]],
  ['a keep of no length', [{ ...good, name: 'a', keep: 0 }]],
  ['a keep that is no number', [{ ...good, name: 'a', keep: Number.NaN }]],
  [
    'a name twice',
    [
      { ...good, name: 'a' },
      { ...good, name: 'a' },
    ],
  ],
];

const assertInvalid = async (call: () => Promise<unknown>, what: string): Promise<void> => {
  await assertRefused(call(), what);
  const code = await call().catch((error: unknown) => (ReeveError.is(error) ? error.code : error));
  assert.equal(code, 'INVALID_REGISTER', what);
};

/** What is against the rules is no part of any promise but that it is refused, and that nothing is written. */
export const registerRefusalCases: readonly WholeCase[] = [
  holdsWhole('G5', 'a name, a stamp or a value against the rules is refused, and nothing of the call is written', async ({ store }) => {
    for (const [what, changes] of badChanges) {
      await assertInvalid(() => store.change([good, ...changes]), what);
      await assertInvalid(() => store.change([...changes, good]), what);
    }
    assert.deepEqual((await store.look(['good', 'a'])).entries, [undefined, undefined]);
  }),
  holdsWhole('G5', 'nobody looks for a name against the rules', async ({ store }) => {
    for (const name of badNames) await assertInvalid(() => store.look(['good', name]), `the name ${JSON.stringify(name)}`);
  }),
];
