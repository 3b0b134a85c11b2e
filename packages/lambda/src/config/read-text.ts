import { type Json, ReeveError } from '@reeve/core';

/**
 * A value as people write it into a variable or a parameter: JSON where it is a list, an object, a quoted text, a number or one of the three words,
 * and else the text as it is.
 * @throws ReeveError INVALID_CONFIG for what begins like JSON and is none; the message has no content
 */
export const readText = (text: string, from: string): Json => {
  const trimmed = text.trim();
  if (/^[[{"]/.test(trimmed)) return readJson(trimmed, from);
  if (/^(?:true|false|null)$/.test(trimmed)) return JSON.parse(trimmed) as Json;
  // A number that would lose digits is an id, such as that of an account.
  if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(trimmed) && String(Number(trimmed)) === trimmed) return Number(trimmed);
  return text;
};

/** @throws ReeveError INVALID_CONFIG */
export const readJson = (text: string, from: string): Json => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // The parser's own message quotes what it read.
    throw invalidConfig(`${from} is a text of ${text.length} characters that is not JSON; mend it, or quote it if it is to be a text`);
  }
};

export const invalidConfig = (message: string, cause?: unknown): ReeveError =>
  new ReeveError({ kind: 'config', code: 'INVALID_CONFIG', message, ...(cause !== undefined && { cause }) });
