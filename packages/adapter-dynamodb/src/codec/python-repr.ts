/** What Python's `str()` makes of a dict that came from JSON, as sosw writes it into closed rows, turned back into JSON. */

// Token by token: brackets, commas, colons and numbers look alike in both, so only strings and three words change.
const TOKEN =
  /(?<text>'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*")|(?<word>True|False|None)|(?:-?\d[\d.e+-]*|[{}[\],:]| )/y;
const ESCAPE = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([\s\S]))/g;
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"' };
const WORDS: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };

/**
 * JSON in the form that Python's `json.dumps` gives it, which is the form the payload had before sosw closed the task:
 * `", "` and `": "` between the parts, everything beyond ASCII escaped, the digits of numbers as they stand.
 * @returns the text, or how many characters were understood before something that Python does not write
 */
export const jsonFromPython = (source: string): { readonly text: string } | { readonly stoppedAt: number } => {
  const token = new RegExp(TOKEN);
  const out: string[] = [];
  for (let at = 0; at < source.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(source);
    const { text, word } = found?.groups ?? {};
    const json = text === undefined ? (WORDS[word ?? ''] ?? found?.[0]) : quoted(text.slice(1, -1));
    if (json === undefined) return { stoppedAt: at };
    out.push(json);
  }
  return { text: out.join('') };
};

const quoted = (body: string): string | undefined => {
  let known = true;
  const value = body.replace(ESCAPE, (_, x?: string, u?: string, U?: string, other?: string) => {
    const point = Number.parseInt(x ?? u ?? U ?? '', 16);
    const char = other === undefined ? (point <= 0x10ffff ? String.fromCodePoint(point) : undefined) : ESCAPED[other];
    known &&= char !== undefined;
    return char ?? '';
  });
  return known ? ascii(value) : undefined;
};

/** As `json.dumps` writes it: nothing but printable ASCII, DEL escaped too. */
const ascii = (value: string): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
