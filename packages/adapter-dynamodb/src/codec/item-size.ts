/**
 * How large DynamoDB takes an item to be: what its limit of 400 KB and its capacity units go by.
 * Rules: Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats".
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { decimal } from './number-digits.ts';

/** Bytes; DynamoDB refuses an item that is larger. */
export const MAX_ITEM_SIZE: number = 400 * 1024;

/** A list or map, besides what is in it. */
const COLLECTION = 3;
/** Each element of a list or map, besides itself. */
const ELEMENT = 1;

/** The size of an item in bytes: the names of its attributes and their values. */
export const itemSize = (item: Readonly<Record<string, AttributeValue>>): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + bytes(name) + valueSize(value), 0);

const valueSize = (value: AttributeValue): number => {
  if (value.S !== undefined) return bytes(value.S);
  if (value.N !== undefined) return numberSize(value.N);
  if (value.B !== undefined) return value.B.length;
  if (value.SS) return total(value.SS.map(bytes));
  if (value.NS) return total(value.NS.map(numberSize));
  if (value.BS) return total(value.BS.map((each) => each.length));
  if (value.L) return COLLECTION + total(value.L.map((each) => ELEMENT + valueSize(each)));
  if (value.M) return COLLECTION + ELEMENT * Object.keys(value.M).length + itemSize(value.M);
  return 1; // BOOL, NULL
};

/**
 * "Approximately" a byte for two significant digits, and one. A pair is a digit of base 100, so where the digits stand
 * counts (1234 has two pairs, 123.4 three: 1 23 40); below zero is a byte more.
 */
const numberSize = (digits: string): number => {
  const value = decimal(digits);
  if (!value || value.significant === '') return 1;
  const odd = Math.abs(value.exponent) % 2 === 0 ? 1 : 0; // the first pair holds one digit
  return Math.ceil((value.significant.length + odd) / 2) + 1 + (value.negative ? 1 : 0);
};

const bytes = (text: string): number => Buffer.byteLength(text, 'utf8');
const total = (sizes: readonly number[]): number => sizes.reduce((sum, each) => sum + each, 0);
