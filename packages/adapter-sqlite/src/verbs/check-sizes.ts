import { type JsonText, ReeveError } from '@reeve/core';

/** 16 MiB: SQLite takes more, but each change of a task's state writes its row anew, payload included. */
export const MAX_PAYLOAD_BYTES: number = 16 * 1024 * 1024;

interface Sized {
  readonly payload: JsonText;
  readonly follow?: JsonText;
}

/**
 * Before anything is written.
 * @param list what the call's argument is, for messages
 * @throws ReeveError PAYLOAD_TOO_LARGE
 */
export const checkSizes = (list: 'tasks' | 'replacements', items: readonly Sized[]): void => {
  items.forEach(({ payload, follow }, index) => {
    checkSize(`${list}[${index}].payload`, payload);
    if (follow !== undefined) checkSize(`${list}[${index}].follow`, follow);
  });
};

const checkSize = (place: string, text: unknown): void => {
  // A character has at most 3 bytes per UTF-16 unit: short texts need no counting.
  if (typeof text !== 'string' || text.length * 3 <= MAX_PAYLOAD_BYTES) return;
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_PAYLOAD_BYTES) return;
  throw new ReeveError({
    kind: 'input',
    code: 'PAYLOAD_TOO_LARGE',
    message: `${place}: it has ${bytes} bytes, the SQLite store takes ${MAX_PAYLOAD_BYTES}; store the content elsewhere and send a reference`,
  });
};
