import assert from 'node:assert/strict';
import { ReeveError } from '@reeve/core';
import { describe, it } from 'vitest';
import { readMessage } from '../../src/decide/read-message.ts';

const attempt = { labourer: 'a', id: '1', token: 't' };
const MAX = 1_000;
const read = (message: unknown) => readMessage(message, MAX);
const refused = (message: unknown, code: string, text: RegExp) =>
  assert.throws(
    () => read(message),
    (error) => ReeveError.is(error, code) && error.kind === 'input' && text.test(error.message),
    String(text),
  );

describe('reading a message of a worker', () => {
  it('takes each of the four, as an object and as its text', () => {
    for (const [message, expected] of [
      [{ reeve: 'start', attempt, delivery: 'd' }],
      [{ reeve: 'heartbeat', attempt }],
      [{ reeve: 'done', attempt }],
      [
        { reeve: 'done', attempt, result: { pages: 3 }, stats: [1] },
        { reeve: 'done', attempt, result: '{"pages":3}', stats: '[1]' },
      ],
      [
        { reeve: 'done', attempt, result: null },
        { reeve: 'done', attempt, result: 'null' },
      ],
      [{ reeve: 'failed', attempt, error: 'boom' }],
      [{ reeve: 'failed', attempt, error: '', retryable: false, retryAfter: 1.5 }],
    ] as const) {
      assert.deepEqual(read(message), expected ?? message);
      assert.deepEqual(read(JSON.stringify(message, null, 2)), expected ?? message);
    }
  });

  it('leaves members alone that it does not know, and takes null for none', () => {
    const envelope = { ...attempt, attempt: 3, deadline: 5_000 };
    assert.deepEqual(read({ reeve: 'heartbeat', attempt: envelope, version: 7, result: 10n }), {
      reeve: 'heartbeat',
      attempt: { ...attempt, deadline: 5_000 },
    });
    assert.deepEqual(read({ reeve: 'failed', attempt: { ...attempt, deadline: null }, error: 'x', retryable: null, retryAfter: null }), {
      reeve: 'failed',
      attempt,
      error: 'x',
    });
  });

  it('keeps every digit and the order of keys of a text', () => {
    const result = '{"10":12345678901234567890,"2":1.10,"a":1e400}';
    const text = `{"reeve":"done","attempt":${JSON.stringify(attempt)},"result": ${result} ,"stats":0.1000}`;
    assert.deepEqual(read(text), { reeve: 'done', attempt, result, stats: '0.1000' });
  });

  it('of a member that is there twice takes the last, for its value and for its text', () => {
    const text = `{"reeve":"failed","attempt":{"labourer":"b","id":"1","token":"t"},"attempt":${JSON.stringify(attempt)},"reeve":"done","result":1,"result":2}`;
    assert.deepEqual(read(text), { reeve: 'done', attempt, result: '2' });
  });

  it('names field, value and remedy of what it refuses', () => {
    refused(undefined, 'INVALID_MESSAGE', /^message: undefined is none; give an object/);
    refused([], 'INVALID_MESSAGE', /^message: a list is none/);
    refused('[1]', 'INVALID_MESSAGE', /^message: the text is JSON of a list; give that of an object/);
    refused('{"reeve":', 'INVALID_MESSAGE', /^message: the text of 9 characters is not JSON.*JSON\.stringify/);
    refused({ attempt }, 'INVALID_MESSAGE', /^reeve: nothing is no message; give "start"/);
    refused({ reeve: 'toString', attempt }, 'INVALID_MESSAGE', /^reeve: "toString" is no message/);
    refused({ reeve: 'done' }, 'INVALID_ATTEMPT', /^attempt\.labourer: undefined/);
    refused({ reeve: 'done', attempt: { ...attempt, token: '' } }, 'INVALID_ATTEMPT', /^attempt\.token/);
    refused({ reeve: 'start', attempt: { ...attempt, deadline: '5' }, delivery: 'd' }, 'INVALID_MESSAGE', /^attempt\.deadline: "5" is no/);
    for (const delivery of [undefined, '', 'x'.repeat(65), 'a\nb', 5])
      refused({ reeve: 'start', attempt, delivery }, 'INVALID_MESSAGE', /^delivery: .*; give 1 to 64 characters/);
    refused({ reeve: 'failed', attempt }, 'INVALID_MESSAGE', /^error: nothing is no text; say/);
    refused({ reeve: 'failed', attempt, error: 'x', retryable: 'no' }, 'INVALID_MESSAGE', /^retryable: "no"; give true or false/);
    for (const retryAfter of [-1, '5', Number.NaN, Number.POSITIVE_INFINITY])
      refused({ reeve: 'failed', attempt, error: 'x', retryAfter }, 'INVALID_MESSAGE', /^retryAfter: .* is no length of time; give milli/);
  });

  it('refuses what cannot be kept, in either form, and quotes none of it', () => {
    const done = (member: object) => ({ reeve: 'done', attempt, ...member });
    const secret = 'secret'.repeat(200);
    refused(done({ result: secret }), 'PAYLOAD_TOO_LARGE', /^result: 1202 bytes are more than the 1000 allowed|^result: more than/);
    refused(JSON.stringify(done({ stats: secret })), 'PAYLOAD_TOO_LARGE', /^stats: 1202 bytes are more than the 1000 allowed/);
    refused(done({ result: 10n }), 'PAYLOAD_NOT_JSON', /^result: a BigInt/);
    refused(`{"reeve":"done","a":"${'x'.repeat(80_000)}"}`, 'PAYLOAD_TOO_LARGE', /^message: 80023 characters/);
    refused(`{"reeve":"done","result":${'['.repeat(500)}${']'.repeat(500)}}`, 'PAYLOAD_TOO_DEEP', /^message: more than 64 levels/);
    refused(`{"reeve":"done","result":"\\u0000"}`, 'INVALID_MESSAGE', /^message: a text in it has NUL/);
    refused(`{"reeve":"done","result":"\\ud800"}`, 'INVALID_MESSAGE', /^message: a text in it has NUL/);
    for (const message of [done({ result: secret }), JSON.stringify(done({ result: secret })), { reeve: secret, attempt }])
      assert.throws(
        () => read(message),
        (error) => error instanceof Error && !error.message.includes('secretsecret'),
      );
  });

  it('takes a text of escapes six times as long as what it stands for', () => {
    const result = '\\u00e9'.repeat(490);
    const read490 = read(`{"reeve":"done","attempt":${JSON.stringify(attempt)},"result":"${result}"}`);
    assert.equal(read490.reeve === 'done' && read490.result, `"${'é'.repeat(490)}"`);
  });

  it('does not run out of stack over a text of brackets', () => {
    refused(`{"reeve":${'['.repeat(60_000)}`, 'INVALID_MESSAGE', /not JSON/);
  });
});
