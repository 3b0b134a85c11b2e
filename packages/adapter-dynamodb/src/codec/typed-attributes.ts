/**
 * The members of a worker's result or statistics as attributes of the row, one each, typed by value: `{"rows": 7}` becomes
 * `stat_rows` = {N: "7"}, as sosw's assistant writes it and as reports over its tables read it.
 *
 * Unlike sosw's, a string stays a string ("0012" does not become 12), any name will do (dashes, spaces, none), and so
 * will numbers within lists.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { JsonText } from '@reeve/core';
import { type JsonSlice, jsonElements, jsonMembers, jsonValue } from './json-scan.ts';
import { digitsFromJson, jsonFromDigits } from './number-digits.ts';

export type Attributes = Readonly<Record<string, AttributeValue>>;

export const STAT_PREFIX = 'stat_';
export const RESULT_PREFIX = 'result_';

/** DynamoDB's limit: an attribute holds lists and maps to this depth. */
const MAX_DEPTH = 32;

/**
 * @param prefix put before each member's name: `stat_`, `result_`
 * @returns one attribute per member, the last of two with one name. `undefined` if `text` is not a JSON object: there are
 * no members, and the whole text has to be kept otherwise
 */
export const typedAttributes = (prefix: string, text: string): Attributes | undefined => {
  const value = jsonValue(text);
  if (value?.kind !== 'object') return undefined;
  return Object.fromEntries(jsonMembers(value).map(([name, member]) => [prefix + name, attributeOf(member, 1)]));
};

/**
 * The way back, for rows that another program completed: the object whose members the attributes of this prefix are.
 * Members come in the order of their names, numbers in DynamoDB's form.
 * @returns `undefined` if the row has no such attribute
 */
export const jsonFromAttributes = (prefix: string, row: Attributes): JsonText | undefined => {
  const names = Object.keys(row).filter((name) => name.startsWith(prefix));
  if (names.length === 0) return undefined;
  return object(names.sort().map((name) => [name.slice(prefix.length), row[name]!]));
};

const attributeOf = (value: JsonSlice, depth: number): AttributeValue => {
  const { kind, text } = value;
  switch (kind) {
    case 'string':
      return { S: JSON.parse(text) as string };
    case 'boolean':
      return { BOOL: text === 'true' };
    case 'null':
      return { NULL: true };
    case 'number': {
      const digits = digitsFromJson(text);
      return digits === undefined ? { S: text } : { N: digits }; // what DynamoDB cannot count it can still keep
    }
    case 'array':
      return depth === MAX_DEPTH ? { S: text } : { L: jsonElements(value).map((each) => attributeOf(each, depth + 1)) };
    case 'object': {
      const members = jsonMembers(value);
      // The client builds its request with plain objects, in which a member of this name would vanish.
      if (depth === MAX_DEPTH || members.some(([name]) => name === '__proto__')) return { S: text };
      return { M: Object.fromEntries(members.map(([name, each]) => [name, attributeOf(each, depth + 1)])) };
    }
  }
};

const object = (members: readonly (readonly [string, AttributeValue])[]): JsonText =>
  `{${members.map(([name, value]) => `${JSON.stringify(name)}:${jsonOf(value)}`).join(',')}}` as JsonText;

const jsonOf = (value: AttributeValue): string => {
  if (value.S !== undefined) return JSON.stringify(value.S);
  if (value.N !== undefined) return jsonFromDigits(value.N) ?? JSON.stringify(value.N);
  if (value.BOOL !== undefined) return String(value.BOOL);
  if (value.M) return object(Object.entries(value.M));
  if (value.L) return `[${value.L.map(jsonOf).join(',')}]`;
  if (value.SS) return JSON.stringify(value.SS);
  if (value.NS) return `[${value.NS.map((each) => jsonFromDigits(each) ?? JSON.stringify(each)).join(',')}]`;
  return 'null'; // NULL, and binary, which has no form in JSON
};
