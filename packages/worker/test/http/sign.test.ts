import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { isSigned, keyOf, signedHeaders } from '../../src/channels/sign.ts';

/** From the tests of the reference libraries of Standard Webhooks. */
const VECTOR = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  now: 1_614_265_330_000,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

const key = keyOf(VECTOR.secret);
const { id, now, body } = VECTOR;
const headers = (changed: Record<string, string> = {}) => new Headers({ ...signedHeaders(key, id, now, body), ...changed });
const fits = (changed: Record<string, string> = {}, { at = now, text = body, keys = [key] } = {}) =>
  isSigned(headers(changed), Buffer.from(text), keys, at);

describe('Standard Webhooks', () => {
  it('signs as others do', () => {
    assert.equal(signedHeaders(key, id, now, body)['webhook-signature'], VECTOR.signature);
    assert.equal(signedHeaders(key, id, now, body)['webhook-timestamp'], '1614265330');
  });

  it('believes what one of its secrets signed, also in a list', () => {
    assert.ok(fits());
    const other = keyOf(`whsec_${Buffer.alloc(32, 7).toString('base64')}`);
    assert.ok(fits({}, { keys: [other, key] }));
    assert.ok(fits({ 'webhook-signature': `v1a,xyz v1,${'A'.repeat(43)}= ${VECTOR.signature}` }));
    assert.ok(!fits({}, { keys: [other] }));
    assert.ok(!fits({}, { keys: [] }));
  });

  it('believes nothing else', () => {
    assert.ok(!fits({}, { text: `${body} ` }));
    assert.ok(!fits({ 'webhook-id': 'msg_other' }));
    assert.ok(!fits({ 'webhook-id': '' }));
    assert.ok(!fits({ 'webhook-timestamp': '1614265331' }));
    assert.ok(!fits({ 'webhook-timestamp': 'now' }));
    for (const signature of ['', 'v1,', VECTOR.signature.slice(3), `v2,${VECTOR.signature.slice(3)}`, `v1,${'A'.repeat(43)}=`, 'v1,AAAA'])
      assert.ok(!fits({ 'webhook-signature': signature }), signature);
    assert.ok(!fits({ 'webhook-signature': `${'v1,x '.repeat(1_000)}${VECTOR.signature}` }), 'and does not look through a long list');
  });

  it('believes nothing that is older than five minutes, or so far in the future', () => {
    for (const apart of [-300_000, 300_000]) assert.ok(fits({}, { at: now + apart }));
    for (const apart of [-300_001, 300_001]) assert.ok(!fits({}, { at: now + apart }));
  });

  it('refuses a secret that is none, and says nothing of it', () => {
    for (const secret of ['', 'secret', 'whsec_', 'whsec_c2hvcnQ=', `whsec_${Buffer.alloc(65).toString('base64')}`, undefined, 5])
      assert.throws(
        () => keyOf(secret),
        (error) => error instanceof TypeError && /^secret: give whsec_/.test(error.message) && !error.message.includes('c2hvcnQ'),
      );
  });
});
