import type { Json, JsonText } from '../domain/json.ts';
import { ReeveError } from '../errors.ts';
import { type Flaw, findFlaw } from './json-flaw.ts';

export interface EncodeOptions {
  /** What the value is, as messages call it: "payload", "items[3].payload", "result". */
  readonly what: string;
  /** The longest text, in bytes of UTF-8. */
  readonly maxBytes: number;
  /** The most levels of arrays and objects. Default 64: deeper ones break parsers elsewhere. */
  readonly maxDepth?: number;
}

/**
 * Turns a value into the text that travels. As `JSON.stringify`, but what that would change silently is refused:
 * `NaN`, `undefined` in an array, functions, a Map, half of a surrogate pair, NUL. Members that are undefined are left out.
 * @throws ReeveError PAYLOAD_NOT_JSON (with the path), PAYLOAD_TOO_DEEP, PAYLOAD_TOO_LARGE; no message has the content
 */
export const encodeJson = (value: unknown, { what, maxBytes, maxDepth = 64 }: EncodeOptions): JsonText => {
  const text = stringify(value, { what, maxBytes, maxDepth });
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) throw tooLarge(what, `${bytes} bytes are more than the ${maxBytes} allowed`);
  return text as JsonText;
};

const stringify = (value: unknown, { what, maxBytes, maxDepth }: Required<EncodeOptions>): string => {
  let flaw: Flaw | undefined;
  let text: string | undefined;
  try {
    flaw = findFlaw(value, { maxDepth, maxBytes });
    if (!flaw) text = JSON.stringify(value);
  } catch (cause) {
    // A getter or a toJSON of the caller's own.
    throw notJson(`${what}: it could not be read, since code of its own threw an error; give plain data`, cause);
  }
  if (flaw?.kind === 'large') throw tooLarge(what, `more than the ${maxBytes} bytes allowed`);
  if (flaw?.kind === 'deep') throw tooDeep(what, maxDepth);
  if (flaw) throw notJson(`${what}${flaw.path}: ${flaw.problem}`);
  // The check and JSON.stringify each ask such code, and it may give two answers: this is the one that leaves no text.
  if (text === undefined) throw notJson(`${what}: undefined; JSON has none, use null`);
  return text;
};

/** How V8 ends those messages of JSON.parse that name a place. */
const POSITION = / in JSON at position (\d+)(?: \(line \d+ column \d+\))?$/;

/** @throws ReeveError PAYLOAD_NOT_JSON: the text is not JSON. The message says where, and has none of the text */
export const decodeJson = (text: string): Json => {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    // The engine's own message quotes the text, so it is neither shown nor kept as the cause.
    const place = error instanceof Error ? POSITION.exec(error.message)?.[1] : undefined;
    const where = place === undefined ? '' : ` from position ${place} on`;
    throw notJson(`the text of ${text.length} characters is not JSON${where}; write it with JSON.stringify`);
  }
};

/**
 * Takes a text that came from outside as what it says it is.
 * @throws ReeveError PAYLOAD_NOT_JSON, PAYLOAD_TOO_LARGE; no message has the content
 */
export const checkJsonText = (text: unknown, { what, maxBytes }: Omit<EncodeOptions, 'maxDepth'>): JsonText => {
  if (typeof text !== 'string') throw notJson(`${what}: ${text === null ? 'null' : typeof text} is not a text of JSON`);
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) throw tooLarge(what, `${bytes} bytes are more than the ${maxBytes} allowed`);
  if (!isJsonText(text)) throw notJson(`${what}: the text of ${text.length} characters is not JSON; write it with JSON.stringify`);
  if (!text.isWellFormed()) throw notJson(`${what}: a text with half of a surrogate pair; take it out, or encode the text (base64)`);
  return text;
};

export const isJsonText = (text: string): text is JsonText => {
  if (typeof text !== 'string') return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const notJson = (message: string, cause?: unknown): ReeveError =>
  new ReeveError({ kind: 'input', code: 'PAYLOAD_NOT_JSON', message, cause });

const tooDeep = (what: string, maxDepth: number): ReeveError =>
  new ReeveError({
    kind: 'input',
    code: 'PAYLOAD_TOO_DEEP',
    message: `${what}: more than ${maxDepth} levels; flatten it, or keep it elsewhere and send its key`,
  });

const tooLarge = (what: string, size: string): ReeveError =>
  new ReeveError({ kind: 'input', code: 'PAYLOAD_TOO_LARGE', message: `${what}: ${size}; keep the data elsewhere and send its key` });
