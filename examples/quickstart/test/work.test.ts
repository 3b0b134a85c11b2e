/** Which tasks there are follows from the packages alone: whoever starts again gives the same ones. */
import { expect, test } from 'vitest';
import { packageId } from '../src/work/package-id.ts';
import { portionsOf } from '../src/work/portions.ts';

const packages = (count: number): readonly { id: string; folder: string }[] =>
  Array.from({ length: count }, (_, n) => ({ id: `p${n}@1.0.0`, folder: `/p${n}` }));

test.each([
  [0, []],
  [1, [1]],
  [25, [25]],
  [26, [25, 1]],
])('%i packages are cut into portions of %j', (count, sizes) => {
  expect(portionsOf(packages(count)).map((portion) => portion.packages.length)).toEqual(sizes);
});

test('each package is in one portion, and each portion has an id of its own', () => {
  const portions = portionsOf(packages(7), 3);
  expect(portions.flatMap((portion) => portion.packages)).toEqual(packages(7).map(({ id }) => id));
  expect(portions.map(({ id }) => id)).toEqual(['sum-up 1', 'sum-up 2', 'sum-up 3']);
});

test('an ordinary package is called by its name and version', () => {
  expect(packageId('@scope/name', '1.2.3-rc.1')).toBe('@scope/name@1.2.3-rc.1');
});

test.each([
  ['a control character', 'a\u0000b'],
  ['half a character', 'a\ud800b'],
  ['a long name', 'n'.repeat(300)],
  ['a pair at the cut', `${'n'.repeat(114)}${'😀'.repeat(20)}`],
])('%s makes an id that a task may have', (_, name) => {
  const id = packageId(name, '1.0.0');
  expect(id.length).toBeLessThanOrEqual(128);
  expect(id).not.toMatch(/\p{Cc}|\p{Surrogate}/u);
  expect(id).toMatch(/~[0-9a-f]{12}$/);
});

test('what looks alike after cleaning stays apart', () => {
  expect(packageId('a\u0001', '1')).not.toBe(packageId('a\u0002', '1'));
  expect(packageId('n'.repeat(300), '1')).not.toBe(packageId('n'.repeat(301), '1'));
});
