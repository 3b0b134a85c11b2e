import assert from 'node:assert/strict';
import { ReeveError } from '@reeve/core';
import { type SignedHeaders, sign, verify } from '@reeve/invoker-http';
import { describe, it } from 'vitest';
import { OTHER_SECRET, SECRET } from '../support/rig.ts';

const NOW = 1_795_420_800_000;
const TIMESTAMP = NOW / 1_000;
const BODY = '{"reeve":"heartbeat"}';

const sound = (timestamp: number | string = TIMESTAMP, secrets: string | readonly string[] = SECRET): Record<string, string> => ({
  'webhook-id': 'msg_1',
  'webhook-timestamp': String(timestamp),
  'webhook-signature': sign({ id: 'msg_1', timestamp: timestamp as number, body: BODY }, secrets),
});
const believed = (headers: SignedHeaders, { body = BODY, secrets = SECRET as string | readonly string[], tolerance = 300_000 } = {}) =>
  verify(headers, body, { secrets, now: NOW, tolerance });

describe('verify', () => {
  it('believes what is signed, by any of the secrets', () => {
    assert.equal(believed(sound()), undefined);
    assert.equal(believed(sound(), { secrets: [OTHER_SECRET, SECRET] }), undefined);
    assert.equal(believed(sound(TIMESTAMP, [OTHER_SECRET, SECRET])), undefined);
  });

  it('takes five minutes both ways for now, and not a second more', () => {
    for (const seconds of [-300, -299, 0, 299, 300]) assert.equal(believed(sound(TIMESTAMP + seconds)), undefined, String(seconds));
    for (const seconds of [-301, 301, -86_400, 86_400]) assert.equal(believed(sound(TIMESTAMP + seconds)), 'timestamp', String(seconds));
    assert.equal(believed(sound(TIMESTAMP - 11), { tolerance: 10_000 }), 'timestamp');
  });

  it('looks at this machine for the time where none is given', () => {
    assert.equal(verify(sound(Math.floor(Date.now() / 1_000)), BODY, { secrets: SECRET }), undefined);
    assert.equal(verify(sound(1_614_265_330), BODY, { secrets: SECRET }), 'timestamp');
  });

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('misses %s', (name) => {
    const { [name]: _, ...others } = sound();
    assert.equal(believed(others), 'headers');
    assert.equal(believed({ ...others, [name]: '' }), 'headers');
    assert.equal(believed({ ...others, [name]: [sound()[name]!, sound()[name]!] }), 'headers');
  });

  it.each(['', 'hello', '12e3', '-5', '1795420800.5', ' 1795420800', '1'.repeat(16), `${TIMESTAMP}, ${TIMESTAMP}`])(
    'takes %j for no time',
    (timestamp) => {
      assert.equal(believed({ ...sound(), 'webhook-timestamp': timestamp }), 'headers');
    },
  );

  const [, base64] = sound()['webhook-signature']!.split(',');
  it.each([
    ['nothing of it', 'v1,'],
    ['half of it', `v1,${base64!.slice(0, 20)}`],
    ['another version', `v2,${base64}`],
    ['no version', base64!],
    ['one letter changed', `v1,${base64!.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`],
    ['without its end', `v1,${base64!.replace('=', '')}`],
    ['words', 'v1,dawfeoifkpqwoekfpqoekf'],
    ['another key', sign({ id: 'msg_1', timestamp: TIMESTAMP, body: BODY }, OTHER_SECRET)],
    ['another time', sign({ id: 'msg_1', timestamp: TIMESTAMP + 1, body: BODY }, SECRET)],
    ['another id', sign({ id: 'msg_2', timestamp: TIMESTAMP, body: BODY }, SECRET)],
    ['another body', sign({ id: 'msg_1', timestamp: TIMESTAMP, body: `${BODY} ` }, SECRET)],
  ])('does not believe a signature that is %s', (_, signature) => {
    assert.equal(believed({ ...sound(), 'webhook-signature': signature }), 'signature');
  });

  it('looks at no list without end, and at no id of any kind', () => {
    const many = Array.from({ length: 60 }, () => sign({ id: 'msg_1', timestamp: TIMESTAMP, body: 'x' }, SECRET)).join(' ');
    assert.equal(believed({ ...sound(), 'webhook-signature': `${many} ${sound()['webhook-signature']}` }), 'headers');
    for (const id of ['a b', 'a\nb', 'ž', 'x'.repeat(257)]) assert.equal(believed({ ...sound(), 'webhook-id': id }), 'headers', id);
  });

  it('throws where the secret is none, and shows nothing of it', () => {
    for (const secrets of ['', 'hunter2-hunter2-hunter2', 'whsec_hunter2', [], [SECRET, 'whsec_']]) {
      assert.throws(
        () => believed(sound(), { secrets }),
        (error) => ReeveError.is(error, 'INVALID_SECRET') && !error.message.includes('hunter2') && error.message.includes('openssl rand'),
      );
    }
  });
});
