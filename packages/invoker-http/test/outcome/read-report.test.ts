import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { readReport } from '../../src/outcome/read-report.ts';

const report = (text: string | Uint8Array) => readReport(Buffer.from(text));

describe('a result keeps its text', () => {
  it.each([
    ['{"done":12345678901234567890}', '12345678901234567890'],
    ['{"done":1.0}', '1.0'],
    [' { "done" :\n [1.0, {"a": 1e+21}] } ', '[1.0, {"a": 1e+21}]'],
    ['{"d\\u006fne":"\\u017e"}', '"\\u017e"'],
    ['{"done":1,"done":2.0}', '2.0'],
    ['{"done":"}, \\" {"}', '"}, \\" {"'],
    ['{"done":{"10":1,"9":2}}', '{"10":1,"9":2}'],
    [' {"made": 1.0} ', '{"made": 1.0}'],
    ['1.0', '1.0'],
    ['"ž"', '"ž"'],
    ['\ufeff{"done":1}', '1'],
  ])('%s', (text, result) => assert.deepEqual(report(text), { kind: 'done', result }));
});

describe('what is no JSON is a failure that quotes nothing', () => {
  it.each(['OK', '<html>canary</html>', '{"done":1', '{"done":1}{"done":2}', "{'done':1}", 'undefined', 'NaN', ' '])('%s', (text) => {
    const { kind, ...rest } = report(text);
    assert.equal(kind, 'failed');
    assert.match(JSON.stringify(rest), /200 with \d+ bytes that are not JSON; let it answer JSON, or 204/);
    assert.doesNotMatch(JSON.stringify(rest), /canary|retryable/);
  });

  it('bytes that are no UTF-8', () => {
    assert.equal(report(Buffer.from([0x22, 0xff, 0x22])).kind, 'failed');
    assert.equal(report(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])).kind, 'failed');
  });
});

it('depth costs no stack', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  assert.deepEqual(report(`{"done":${deep}}`), { kind: 'done', result: deep });
  const long = JSON.stringify('\\"'.repeat(500_000));
  assert.deepEqual(report(`{"done":${long}}`), { kind: 'done', result: long });
});
