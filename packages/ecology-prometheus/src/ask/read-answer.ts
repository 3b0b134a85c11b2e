import type { Answer } from './sample-of.ts';

/** One number takes a few hundred bytes; a thousand series, which are refused anyway, a few hundred thousand. */
export const MOST_BYTES = 1_048_576;

/**
 * The body of a response as JSON, up to a limit: a query that selects everything must not fill this process's memory.
 * @returns undefined if it is not JSON
 * @throws Error if it is too long
 */
export const readAnswer = async (response: Response): Promise<Answer | undefined> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early cancels the rest.
  for await (const chunk of response.body ?? []) {
    const piece: Uint8Array = chunk;
    bytes += piece.byteLength;
    if (bytes > MOST_BYTES) throw new Error(`the answer has more than ${MOST_BYTES} bytes; make one number of it, as by sum(...)`);
    chunks.push(piece);
  }
  try {
    const parsed: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
};
