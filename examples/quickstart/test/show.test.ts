import { expect, test } from 'vitest';
import { fit as cutTo, paint, piece, widthOf } from '../src/show/paint.ts';
import { type Column, table } from '../src/show/table.ts';
import { count, plural, printable, quoted, size, span } from '../src/show/text.ts';

const columns: readonly Column[] = [
  { title: 'licence', align: 'left' },
  { title: 'files', align: 'right' },
];
const drawn = (cells: readonly (readonly string[])[], width: number): readonly string[] =>
  table(
    columns,
    cells.map((each) => ({ cells: each })),
    width,
  ).map((row) => paint(row, false));

test('numbers and lengths read as people write them', () => {
  expect([count(1234567), plural(1, 'task'), plural(1000, 'task')]).toEqual(['1,234,567', '1 task', '1,000 tasks']);
  expect([0, 999, 1_000, 999_949, 999_950].map(size)).toEqual(['0 B', '999 B', '1.0 kB', '999.9 kB', '1.0 MB']);
  expect([0, 999, 1_000, 59_949, 59_950, 125_000].map(span)).toEqual(['0 ms', '999 ms', '1.0 s', '59.9 s', '1 min 0 s', '2 min 5 s']);
});

test('what others wrote cannot move the cursor', () => {
  expect(printable('a\u001b[2J\r\n\tb\u202e')).toBe('a [2J b');
});

test('a path is one word for a shell', () => {
  expect([quoted('/tmp/run-1'), quoted('my run'), quoted("it's")]).toEqual(['/tmp/run-1', "'my run'", "'it'\\''s'"]);
});

test('a table is as wide as its widest cells, numbers to the right', () => {
  expect(
    drawn(
      [
        ['MIT', '12,345'],
        ['Apache-2.0', '7'],
      ],
      80,
    ),
  ).toEqual(['  licence       files', '  MIT          12,345', '  Apache-2.0        7']);
});

test('the first column gives way where the whole is too wide', () => {
  const rows = drawn([['a-licence-with-a-long-name', '1']], 24);
  expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(24);
  expect(rows[1]).toMatch(/^ {2}a-licence-\S*… +1$/);
});

test('a row is cut to the width, and says so', () => {
  const row = [piece('abc', 'good'), piece('def')];
  expect(cutTo(row, 6)).toBe(row);
  expect([5, 3, 1, 0].map((width) => paint(cutTo(row, width), false))).toEqual(['abcd…', 'ab…', '…', '']);
  expect(widthOf(cutTo([piece('😀😀😀')], 2))).toBe(2);
});

test('colours are for those who want them', () => {
  expect(paint([piece('ok', 'good'), piece(' '), piece('no', 'bad')], true)).toBe('\u001b[32mok\u001b[0m \u001b[31mno\u001b[0m');
  expect(paint([piece('ok', 'good')], false)).toBe('ok');
});
