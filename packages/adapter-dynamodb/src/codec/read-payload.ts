import type { JsonText } from '@reeve/core';
import { jsonValue } from './json-scan.ts';
import { jsonFromPython } from './python-repr.ts';

/**
 * What a stored payload holds.
 * - `json`     its text as it stands, not a byte changed
 * - `python`   it was Python's repr of a dict, as in the rows that sosw closed; `text` is the JSON of the same value
 * - `problem`  neither: the row is to be set aside. The problem never quotes the payload
 */
export type PayloadReading =
  | { readonly kind: 'json'; readonly text: JsonText }
  | { readonly kind: 'python'; readonly text: JsonText }
  | { readonly kind: 'problem'; readonly problem: string };

/** Reads the payload attribute of any of sosw's tables. What is both JSON and a repr (`{}`, `[1, 2]`) means the same in both. */
export const readPayload = (text: string): PayloadReading => {
  if (jsonValue(text)) return { kind: 'json', text: text as JsonText };
  const python = jsonFromPython(text);
  if ('stoppedAt' in python) return problem(text, `understood up to character ${python.stoppedAt}`);
  const value = jsonValue(python.text); // brackets that do not match, keys that are not strings, 1.2.3
  return value ? { kind: 'python', text: value.text } : problem(text, 'its parts do not fit together');
};

const problem = (text: string, why: string): PayloadReading => ({
  kind: 'problem',
  problem: `the payload (${text.length} characters) is neither JSON nor the repr of a Python dict: ${why}`,
});
