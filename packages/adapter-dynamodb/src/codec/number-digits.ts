/**
 * Numbers between JSON and DynamoDB, digit by digit: neither way goes through a double.
 *
 * DynamoDB keeps up to 38 significant digits and answers them in its own form: it drops zeros that carry no value, so 1.0
 * comes back as 1, 1e-07 as 0.0000001 and -0 as 0. The value is exact; the way it was written is lost. Where that matters
 * (payload, the text of a result) store the JSON text, as a string.
 */
import type { JsonText } from '@reeve/core';

const NUMBER = /^(-?)\+?0*(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;
const MAX_DIGITS = 38;
/** The decimal exponent of the first significant digit: DynamoDB takes 1E-130 to 9.99...E+125. */
const LEAST_EXPONENT = -130;
const GREATEST_EXPONENT = 125;

export interface Decimal {
  readonly negative: boolean;
  /** Without zeros at either end; empty for zero. */
  readonly significant: string;
  /** Of the first significant digit: 0 for 7, 2 for 700, -1 for 0.7. */
  readonly exponent: number;
}

/** @returns `undefined` if the text is no decimal number */
export const decimal = (text: string): Decimal | undefined => {
  const [, sign, whole = '', fraction = '', power = '0'] = NUMBER.exec(text) ?? [];
  if (sign === undefined || !/\d/.test(text)) return undefined;
  const digits = whole + fraction;
  const significant = digits.replace(/^0+/, '').replace(/0+$/, '');
  if (significant === '') return { negative: false, significant, exponent: 0 };
  const zeros = digits.length - digits.replace(/^0+/, '').length;
  return { negative: sign === '-', significant, exponent: Number(power) + whole.length - 1 - zeros };
};

/**
 * A JSON number as the text of a DynamoDB `N`.
 * @returns `undefined` if DynamoDB cannot hold it exactly: more than 38 significant digits, or out of its range
 */
export const digitsFromJson = (json: string): string | undefined => {
  const value = decimal(json);
  if (!value || value.significant.length > MAX_DIGITS) return undefined;
  return value.exponent < LEAST_EXPONENT || value.exponent > GREATEST_EXPONENT ? undefined : json;
};

/** The text of a DynamoDB `N` as a JSON number. `undefined`: it is none (`NaN`, which no store of ours writes). */
export const jsonFromDigits = (digits: string): JsonText | undefined => {
  if (/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(digits)) return digits as JsonText;
  const value = decimal(digits); // `.5`, `5.`, `+5`, `007`: numbers elsewhere, not in JSON
  if (!value) return undefined;
  const { negative, significant, exponent } = value;
  const fraction = significant.slice(1) === '' ? '' : `.${significant.slice(1)}`;
  return `${negative ? '-' : ''}${significant === '' ? '0' : `${significant[0]}${fraction}${exponent === 0 ? '' : `e${exponent}`}`}` as JsonText;
};
