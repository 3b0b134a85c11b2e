import { expect, test } from 'vitest';
import { digitsFromJson, jsonFromDigits } from '../../src/codec/number-digits.ts';

test('digits pass through as they are written', () => {
  for (const text of [
    '0',
    '-1',
    '12345678901234567890',
    '1.0',
    '1e-07',
    '1e+21',
    '-0.5',
    '99999999999999999999999999999999999999',
    '1e125',
    '1E-130',
  ]) {
    expect(digitsFromJson(text)).toBe(text);
    expect(jsonFromDigits(text)).toBe(text);
  }
});

test('what DynamoDB cannot hold exactly is told apart', () => {
  for (const text of ['123456789012345678901234567890123456789', '1e126', '10e125', '0.1e-130', '1e-131', '1e99999'])
    expect(digitsFromJson(text), text).toBeUndefined();
  // zeros at the ends are no digits
  for (const text of [
    '1000000000000000000000000000000000000000000',
    '0.00000000000000000000000000000000000000000001',
    '9.9999999999999999999999999999999999999e125',
    '0e999',
  ]) {
    expect(digitsFromJson(text)).toBe(text);
  }
});

test('forms of numbers that JSON does not have are rewritten, others are none', () => {
  expect(['.5', '5.', '+5', '007', '-.25', '00.10', '1.5E3', '-0'].map(jsonFromDigits)).toEqual([
    '5e-1',
    '5',
    '5',
    '7',
    '-2.5e-1',
    '1e-1',
    '1.5E3',
    '-0',
  ]);
  expect(['NaN', '', '-', '.', '0x1', '1e', 'Infinity'].map(jsonFromDigits)).toEqual(Array.from({ length: 7 }, () => undefined));
});
