/**
 * Cuts the text of a JSON object into its top-level members: the value's text by the decoded name. Nothing is parsed and written
 * again, so that digits stay what they were. Of a name that is there twice the last counts, as for `JSON.parse`.
 * Loops, and neither recursion nor patterns: depth and length of what an endpoint sends cost no stack.
 * @param text well-formed JSON
 * @returns undefined if it is not an object
 */
export const memberTexts = (text: string): ReadonlyMap<string, string> | undefined => {
  let at = afterSpace(text, 0);
  if (text[at] !== '{') return undefined;
  const members = new Map<string, string>();
  at = afterSpace(text, at + 1);
  while (text[at] === '"') {
    const nameEnd = afterString(text, at);
    const name = JSON.parse(text.slice(at, nameEnd)) as string;
    const from = text.indexOf(':', nameEnd) + 1;
    const to = valueEnd(text, from);
    members.set(name, text.slice(from, to).trim());
    at = afterSpace(text, to + 1);
  }
  return members;
};

const afterSpace = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at += 1;
  return at;
};

/** @param open the place of the quote that opens it */
const afterString = (text: string, open: number): number => {
  let at = open + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
};

/** The place of the comma or brace that comes after the value. */
const valueEnd = (text: string, from: number): number => {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const sign = text[at];
    if (sign === '"') {
      at = afterString(text, at);
      continue;
    }
    if (depth === 0 && (sign === ',' || sign === '}')) return at;
    if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') depth -= 1;
    at += 1;
  }
  return at;
};
