import { createHmac } from 'node:crypto';
import { keyOf } from './secret.ts';
import { secretsOf } from './secrets-of.ts';

/** What a signature is over. */
export interface Signed {
  /** As it goes into the header `webhook-id`. */
  readonly id: string;
  /** As it goes into the header `webhook-timestamp`: in seconds since 1970. */
  readonly timestamp: number;
  /** The very bytes, or text, of the body. */
  readonly body: string | Uint8Array;
}

/** @param timestamp as its header has it, digit for digit */
export const digestOf = (key: Buffer, id: string, timestamp: string, body: string | Uint8Array): Buffer =>
  createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();

/**
 * Signs by Standard Webhooks.
 * @param secrets several while they are being changed: each makes a signature, and who checks needs one that fits
 * @returns the header `webhook-signature`
 * @throws ReeveError INVALID_SECRET
 */
export const sign = (signed: Signed, secrets: string | readonly string[]): string => signWith(signed, secretsOf(secrets).map(keyOf));

export const signWith = ({ id, timestamp, body }: Signed, keys: readonly Buffer[]): string =>
  keys.map((key) => `v1,${digestOf(key, id, String(timestamp), body).toString('base64')}`).join(' ');
