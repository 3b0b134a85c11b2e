/**
 * Reads a body up to a limit.
 * @returns `large` if there is more of it: the rest is not read; `cut` if it ended before it was whole
 */
export const readBounded = async ({ headers, body }: Request, most: number): Promise<Uint8Array | 'large' | 'cut'> => {
  if (Number(headers.get('content-length') ?? 0) > most) {
    await body?.cancel().catch(() => {});
    return 'large';
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    // Leaving the loop ends the reading.
    for await (const chunk of body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > most) return 'large';
      chunks.push(chunk);
    }
  } catch {
    return 'cut';
  }
  return Buffer.concat(chunks, bytes);
};
