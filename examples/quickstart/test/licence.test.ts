import { expect, test } from 'vitest';
import { licenceOf } from '../src/labourers/licence.ts';

test.each([
  ['a text', { license: 'MIT' }, 'MIT'],
  ['an older object', { license: { type: 'BSD-3-Clause', url: 'x' } }, 'BSD-3-Clause'],
  ['a list of those', { licenses: [{ type: 'MIT' }, { type: 'GPL-2.0' }] }, 'MIT OR GPL-2.0'],
  ['the same said twice', { license: 'MIT', licenses: [{ type: 'MIT' }] }, 'MIT'],
  ['brackets around the whole', { license: '(MIT OR Apache-2.0)' }, 'MIT OR Apache-2.0'],
  ['brackets inside', { license: '(MIT OR (A AND B))' }, '(MIT OR (A AND B))'],
  ['nothing', {}, 'unknown'],
  ['white space', { license: ' \n ' }, 'unknown'],
  ['a number', { license: 7 }, 'unknown'],
  ['null', { license: null }, 'unknown'],
  ['colours for a terminal', { license: '\u001b[31mMIT\nX' }, '[31mMIT X'],
  ['a whole text', { license: 'x'.repeat(500) }, `${'x'.repeat(39)}…`],
])('%s', (_, manifest, licence) => {
  expect(licenceOf(JSON.stringify(manifest))).toBe(licence);
});

test.each(['', '{', 'null', '[]', '3'])('a manifest that is %j has no licence', (manifest) => {
  expect(licenceOf(manifest)).toBe('unknown');
});

test('a byte order mark is no part of a manifest', () => {
  expect(licenceOf('\ufeff{"license":"ISC"}')).toBe('ISC');
});
