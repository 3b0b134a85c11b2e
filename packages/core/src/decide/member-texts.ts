/** One member of an object, both parts as they stand in the text. */
export interface MemberText {
  readonly key: string;
  readonly value: string;
}

/**
 * Cuts the text of a JSON object into its top-level members, by decoded name. Nothing is parsed and written again, so
 * `1.0`, 12345678901234567890 and the escapes of a string stay what they were. A name that stands there twice keeps its first place
 * and takes its last value: what Python's `json.loads` and `JSON.parse` both make of it.
 * @param text well-formed JSON
 * @returns `undefined` if it is not an object
 */
export const memberTexts = (text: string): Map<string, MemberText> | undefined => {
  let at = skipSpace(text, 0);
  if (text[at] !== '{') return undefined;
  const members = new Map<string, MemberText>();
  at = skipSpace(text, at + 1);
  while (text[at] === '"') {
    const keyEnd = stringEnd(text, at);
    const key = text.slice(at, keyEnd);
    const from = skipSpace(text, text.indexOf(':', keyEnd) + 1);
    const to = valueEnd(text, from);
    const name = JSON.parse(key) as string;
    members.set(name, { key: members.get(name)?.key ?? key, value: text.slice(from, to).trimEnd() });
    at = skipSpace(text, to + 1);
  }
  return members;
};

const skipSpace = (text: string, from: number): number => {
  let at = from;
  while (' \t\n\r'.includes(text[at] ?? 'x')) at += 1;
  return at;
};

/** The place after the closing quote of the string that opens at `open`. */
const stringEnd = (text: string, open: number): number => {
  let at = open + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
};

/** The place of the comma or brace that ends the value. A loop and not a recursion: depth costs nothing. */
const valueEnd = (text: string, from: number): number => {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const char = text[at];
    if (char === '"') {
      at = stringEnd(text, at);
      continue;
    }
    if (depth === 0 && (char === ',' || char === '}')) return at;
    if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    at += 1;
  }
  return at;
};
