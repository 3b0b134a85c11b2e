import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { sign, verify } from '@reeve/invoker-http';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, it, vi } from 'vitest';

/** As the libraries of Standard Webhooks have it in their tests. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const TIMESTAMP = 1_614_265_330;
const BODY = '{"test": 2432232314}';
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

const headersOf = (signature: string, timestamp = TIMESTAMP, id = ID) => ({
  'webhook-id': id,
  'webhook-timestamp': String(timestamp),
  'webhook-signature': signature,
});

beforeEach(() => {
  // The other library asks the machine for the time.
  vi.useFakeTimers({ toFake: ['Date'], now: TIMESTAMP * 1_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the vector of Standard Webhooks', () => {
  it('is what sign makes', () => {
    assert.equal(sign({ id: ID, timestamp: TIMESTAMP, body: BODY }, SECRET), SIGNATURE);
    assert.equal(sign({ id: ID, timestamp: TIMESTAMP, body: Buffer.from(BODY) }, SECRET), SIGNATURE);
  });

  it('is what verify believes, at that time', () => {
    assert.equal(verify(headersOf(SIGNATURE), BODY, { secrets: SECRET }), undefined);
    assert.equal(verify(new Headers(headersOf(SIGNATURE)), Buffer.from(BODY), { secrets: [SECRET] }), undefined);
  });

  it('is believed among others, of this version and of more', () => {
    const other = 'Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=';
    const list = [`v1,${other}`, `v2,${other}`, `v1a,${other}`, SIGNATURE, `v1,${other}`].join(' ');
    assert.equal(verify(headersOf(list), BODY, { secrets: SECRET }), undefined);
  });
});

/** Bodies and secrets of many lengths, the same each time. */
const samples = Array.from({ length: 40 }, (_, n) => {
  const bytes = createHash('sha512').update(String(n)).digest();
  return {
    secret: `whsec_${bytes.subarray(0, 24 + n).toString('base64')}`,
    id: `reeve_${bytes.toString('base64url').slice(0, 1 + n)}`,
    body: JSON.stringify({ n, text: 'ž🐎\u0007'.repeat(n), bytes: bytes.toString('latin1') }),
  };
});

describe('the library of Standard Webhooks', () => {
  it('believes what sign makes', () => {
    for (const { secret, id, body } of samples) {
      new Webhook(secret).verify(body, headersOf(sign({ id, timestamp: TIMESTAMP, body }, secret), TIMESTAMP, id));
    }
  });

  it('makes what sign makes, and what verify believes', () => {
    for (const { secret, id, body } of samples) {
      const signature = new Webhook(secret).sign(id, new Date(TIMESTAMP * 1_000), body);
      assert.equal(sign({ id, timestamp: TIMESTAMP, body }, secret), signature);
      assert.equal(verify(headersOf(signature, TIMESTAMP, id), body, { secrets: secret }), undefined);
    }
  });

  it('believes a message that was signed while the secret was being changed, by the old one and by the new one', () => {
    for (const [n, { secret, id, body }] of samples.entries()) {
      const next = samples[(n + 1) % samples.length]!.secret;
      const list = sign({ id, timestamp: TIMESTAMP, body }, [next, secret]);
      for (const each of [secret, next]) new Webhook(each).verify(body, headersOf(list, TIMESTAMP, id));
      assert.throws(() => new Webhook(SECRET).verify(body, headersOf(list, TIMESTAMP, id)), /No matching signature/);
    }
  });
});
