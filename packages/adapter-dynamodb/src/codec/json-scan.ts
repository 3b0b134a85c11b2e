/**
 * Cuts a JSON text into the texts of its parts. Nothing is parsed and written again, so the digits of a number
 * (`1.0`, 12345678901234567890), the escapes of a string and the order of keys stay what they were.
 */
import type { JsonText } from '@reeve/core';

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

export interface JsonSlice {
  readonly kind: JsonKind;
  /** The part's own text, without white space around it. */
  readonly text: JsonText;
}

/** The one value that `text` holds. `undefined`: it is not JSON. */
export const jsonValue = (text: string): JsonSlice | undefined => {
  try {
    JSON.parse(text); // the judge of what is well formed; from here on the scanner only has to find the seams
  } catch {
    return undefined;
  }
  return slice(text);
};

/** Each member of an object: its name, decoded, and the text of its value. A name that stands there twice comes twice. */
export const jsonMembers = ({ text }: JsonSlice): readonly (readonly [name: string, value: JsonSlice])[] =>
  cut(text).map((part) => {
    const colon = text.indexOf(':', stringEnd(text, part.from));
    return [JSON.parse(text.slice(part.from, stringEnd(text, part.from))) as string, slice(text.slice(colon + 1, part.to))] as const;
  });

/** The elements of an array. */
export const jsonElements = ({ text }: JsonSlice): readonly JsonSlice[] => cut(text).map(({ from, to }) => slice(text.slice(from, to)));

const KINDS: Readonly<Record<string, JsonKind>> = { '{': 'object', '[': 'array', '"': 'string', t: 'boolean', f: 'boolean', n: 'null' };

const slice = (text: string): JsonSlice => {
  const own = text.trim();
  return { kind: KINDS[own[0] ?? ''] ?? 'number', text: own as JsonText };
};

interface Span {
  readonly from: number;
  readonly to: number;
}

/** What stands between the outermost brackets and commas of a well-formed object or array. A loop, not a recursion: depth costs nothing. */
const cut = (text: string): readonly Span[] => {
  const parts: Span[] = [];
  let depth = 0;
  let from = start(text, 1);
  for (let at = 1; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = stringEnd(text, at) - 1;
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    if (depth < 0 || (depth === 0 && char === ',')) {
      if (from < at) parts.push({ from, to: at });
      from = start(text, at + 1);
    }
  }
  return parts;
};

const start = (text: string, at: number): number => {
  let from = at;
  while (' \t\n\r'.includes(text[from] ?? 'x')) from += 1;
  return from;
};

/** The place after the closing quote of the string that opens at `open`. */
const stringEnd = (text: string, open: number): number => {
  let at = open + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
};
