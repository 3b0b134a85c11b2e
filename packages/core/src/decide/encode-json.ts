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
 * @throws ReeveError PAYLOAD_NOT_JSON, PAYLOAD_TOO_DEEP (with the path), PAYLOAD_TOO_LARGE; no message has the content
 */
export const encodeJson = (value: unknown, { what, maxBytes, maxDepth = 64 }: EncodeOptions): JsonText => {
  const text = stringify(value, what, maxDepth);
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return text as JsonText;
  throw new ReeveError({
    kind: 'input',
    code: 'PAYLOAD_TOO_LARGE',
    message: `${what}: ${bytes} bytes are more than the ${maxBytes} allowed; keep the data elsewhere and send its key`,
  });
};

const stringify = (value: unknown, what: string, maxDepth: number): string => {
  let flaw: Flaw | undefined;
  try {
    flaw = findFlaw(value, maxDepth);
    if (!flaw) return JSON.stringify(value);
  } catch (cause) {
    // A getter or a toJSON of the caller's own threw.
    const message = `${what}: it could not be read, since code of its own threw an error; give plain data`;
    throw new ReeveError({ kind: 'input', code: 'PAYLOAD_NOT_JSON', message, cause });
  }
  const place = `${what}${flaw.path}`;
  if (flaw.kind === 'deep') {
    throw new ReeveError({
      kind: 'input',
      code: 'PAYLOAD_TOO_DEEP',
      message: `${place}: more than ${maxDepth} levels; flatten it, or keep it elsewhere and send its key`,
    });
  }
  throw new ReeveError({ kind: 'input', code: 'PAYLOAD_NOT_JSON', message: `${place}: ${flaw.problem}` });
};

/** @throws SyntaxError: the text is not JSON */
export const decodeJson = (text: string): Json => JSON.parse(text) as Json;

export const isJsonText = (text: string): text is JsonText => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
