import { timingSafeEqual } from 'node:crypto';
import { type EpochMs, MINUTE, type Millis, systemClock } from '@reeve/core';
import { keyOf } from './secret.ts';
import { secretsOf } from './secrets-of.ts';
import { digestOf } from './sign.ts';

/** As Node has them, or as fetch has them. Of plain objects the names are in lower case. */
export type SignedHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Why a message is not believed.
 * - `headers`    one of the three is missing, there twice, or not as Standard Webhooks has it
 * - `timestamp`  it was signed too long ago, or in the future
 * - `signature`  no signature fits the body and a secret
 */
export type Disbelief = 'headers' | 'timestamp' | 'signature';

export interface VerifyOptions {
  /** Several while they are being changed: one has to fit. */
  readonly secrets: string | readonly string[];
  /** How far the clocks may be apart and how long a message may be under way, both ways. Default 5 minutes. */
  readonly tolerance?: Millis;
  /** Default: this machine's clock. */
  readonly now?: EpochMs;
}

export const TOLERANCE: Millis = 5 * MINUTE;

/**
 * Whether a message was signed with one of the secrets, by Standard Webhooks, not long ago.
 * @param body as it was received: one that was parsed and written again has other bytes
 * @returns undefined if it was; else why it is not to be believed
 * @throws ReeveError INVALID_SECRET
 */
export const verify = (headers: SignedHeaders, body: string | Uint8Array, options: VerifyOptions): Disbelief | undefined => {
  const { secrets, tolerance = TOLERANCE, now = systemClock.now() } = options;
  const keys = secretsOf(secrets).map(keyOf);
  const marks = readMarks(headers, { tolerance, now });
  if (typeof marks === 'string') return marks;
  return fitting(marks, body, keys).length > 0 ? undefined : 'signature';
};

/** The three headers. */
export interface Marks {
  readonly id: string;
  readonly timestamp: string;
  readonly signatures: readonly Buffer[];
}

/** The longest id and list of signatures that are looked at: as much as several secrets need, and no more work than that. */
const LONGEST_ID = 256;
const LONGEST_LIST = 2_048;

/** Reads the headers, which can be done before there is a body. */
export const readMarks = (
  headers: SignedHeaders,
  { tolerance, now }: { readonly tolerance: Millis; readonly now: EpochMs },
): Marks | Disbelief => {
  const [id, timestamp, list] = [idOf(headers), headerOf(headers, 'webhook-timestamp'), headerOf(headers, 'webhook-signature')];
  if (id === undefined || timestamp === undefined || list === undefined || list.length > LONGEST_LIST) return 'headers';
  if (!/^\d{1,15}$/.test(timestamp)) return 'headers';
  // Other versions (v1a) may stand in the list; they are not for this kind of secret.
  const signatures = list.split(' ').flatMap((each) => {
    const base64 = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(each)?.[1];
    return base64 === undefined ? [] : [Buffer.from(base64, 'base64')];
  });
  if (Math.abs(now - Number(timestamp) * 1_000) > tolerance) return 'timestamp';
  return { id, timestamp, signatures };
};

/** The id under which the sender knows a message, if it is one. */
export const idOf = (headers: SignedHeaders): string | undefined => {
  const id = headerOf(headers, 'webhook-id');
  return id !== undefined && id.length <= LONGEST_ID && /^[\x21-\x7e]+$/.test(id) ? id : undefined;
};

/** The keys that made one of the signatures. All are tried, and each comparison takes the same time, so that nothing is learnt from how long it took. */
export const fitting = <Key extends Buffer>(
  { id, timestamp, signatures }: Marks,
  body: string | Uint8Array,
  keys: readonly Key[],
): readonly Key[] =>
  keys.filter((key) => {
    const digest = digestOf(key, id, timestamp, body);
    let fits = false;
    for (const each of signatures) fits = timingSafeEqual(each, digest) || fits;
    return fits;
  });

const headerOf = (headers: SignedHeaders, name: string): string | undefined => {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};
