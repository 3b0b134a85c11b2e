import type { IncomingMessage } from 'node:http';
import type { Millis } from '@reeve/core';

/**
 * - `bytes`    all of it
 * - `large`    there is more than was to be read; the rest is not fetched
 * - `encoded`  compressed or the like, which was not asked for; it is not unpacked
 */
export type Body = { readonly kind: 'bytes'; readonly bytes: Buffer } | { readonly kind: 'large' } | { readonly kind: 'encoded' };

/** @throws if it is cut off */
export const readBody = async (response: IncomingMessage, most: number): Promise<Body> => {
  const { 'content-encoding': encoding = 'identity', 'content-length': length = '0' } = response.headers;
  if (encoding.toLowerCase() !== 'identity') return giveUp(response, { kind: 'encoded' });
  if (Number(length) > most) return giveUp(response, { kind: 'large' });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > most) return giveUp(response, { kind: 'large' });
    chunks.push(chunk);
  }
  if (!response.complete) throw new Error('the answer was cut off');
  return { kind: 'bytes', bytes: Buffer.concat(chunks, bytes) };
};

const giveUp = (response: IncomingMessage, body: Body): Body => {
  response.destroy();
  return body;
};

/** The most of a body that nobody reads for which its connection is kept, and the longest that it may take to come. */
const LITTLE = 16_384;
const SOON: Millis = 2_000;

/** Lets a body pass that says nothing of interest, so that its connection can be used again. A long or slow one is cut off. */
export const passOver = (response: IncomingMessage): void => {
  // Most have none, and nothing to wait for.
  if (response.statusCode === 204 || response.headers['content-length'] === '0') {
    response.resume();
    return;
  }
  let left = LITTLE;
  const timer = setTimeout(() => response.destroy(), SOON).unref();
  response.on('data', (chunk: Buffer) => {
    left -= chunk.byteLength;
    if (left < 0) response.destroy();
  });
  response.on('error', () => {}); // cut off from the other side: as good
  response.once('close', () => clearTimeout(timer));
};
