import { createHmac, timingSafeEqual } from 'node:crypto';

/** The secret of Standard Webhooks. @throws TypeError that has nothing of it */
export const keyOf = (secret: unknown): Buffer => {
  const [, base64 = ''] = /^whsec_([\w+/]+={0,2})$/.exec(String(secret)) ?? [];
  const key = Buffer.from(base64, 'base64');
  if (key.length >= 24 && key.length <= 64) return key;
  throw new TypeError('secret: give whsec_ and 24 to 64 random bytes in base64 (openssl rand -base64 32)');
};

const digest = (key: Buffer, id: string, timestamp: string, body: string | Buffer): Buffer =>
  createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();

/** @param now milliseconds since 1970 */
export const signedHeaders = (key: Buffer, id: string, now: number, body: string): Record<string, string> => {
  const timestamp = String(Math.floor(now / 1_000));
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${digest(key, id, timestamp, body).toString('base64')}`,
  };
};

/** How far clocks may be apart, and how long a request may be under way. */
const TOLERANCE = 5 * 60_000;

/** Whether one of the keys has signed it, not long ago. A comparison takes the same time whatever was sent. */
export const isSigned = (headers: Headers, body: Buffer, keys: readonly Buffer[], now: number): boolean => {
  const header = (name: string): string => headers.get(`webhook-${name}`) ?? '';
  const [id, timestamp, list] = [header('id'), header('timestamp'), header('signature')];
  if (!id || list.length > 2_048 || !/^\d+$/.test(timestamp) || Math.abs(now - Number(timestamp) * 1_000) > TOLERANCE) return false;
  const given = list.split(' ').map((each) => Buffer.from(/^v1,(.+)$/.exec(each)?.[1] ?? '', 'base64'));
  return keys.some((key) => {
    const own = digest(key, id, timestamp, body);
    return given.some((each) => each.length === own.length && timingSafeEqual(each, own));
  });
};
