import assert from 'node:assert/strict';
import { type WorkerOptions, worker } from '@reeve/worker';
import { describe, it } from 'vitest';
import { Seen } from '../../src/attempt/seen.ts';
import { channelOf } from '../../src/report-to.ts';

describe('options of a worker', () => {
  it('are refused by their names, with what would do', () => {
    for (const [options, text] of [
      [{ margins: 5 }, /^worker: margins: is no option; there are reportTo, secret, .*margin/],
      [{ margin: -5 }, /^worker: margin: -5 does not do; give a number, 0 or more/],
      [{ timeout: Number.NaN }, /^worker: timeout: NaN does not do/],
      [{ maxResultBytes: '5' }, /^worker: maxResultBytes: string does not do; give a number/],
      [{ gate: 'no' }, /^worker: gate: string does not do; give a boolean/],
      [{ reportTo: {} }, /^worker: reportTo: is no channel/],
      [{ secret: 'abc' }, /^secret: give whsec_/],
    ] as const)
      assert.throws(
        () => worker(() => {}, options as WorkerOptions),
        (error) => error instanceof TypeError && text.test(error.message),
      );
    assert.ok(worker(() => {}, { margin: undefined } as unknown as WorkerOptions));
  });

  it('the environment may name the way to the Assistant', () => {
    assert.equal(channelOf({}), undefined);
    assert.ok(channelOf({ REEVE_ASSISTANT: 'assistant' }));
    assert.ok(channelOf({ REEVE_REPORT_URL: 'https://x/', REEVE_SECRET: `whsec_${Buffer.alloc(24).toString('base64')}` }));
    assert.throws(() => channelOf({ REEVE_REPORT_URL: 'https://x/' }), /secret/);
  });
});

describe('what a process remembers', () => {
  it('is the last thousand attempts', () => {
    const seen = new Seen();
    const attempt = (n: number) => ({ labourer: 'a', id: String(n), token: 't' });
    for (let n = 0; n <= 1_000; n += 1) seen.add(attempt(n));
    assert.deepEqual([seen.has(attempt(0)), seen.has(attempt(1)), seen.has(attempt(1_000))], [false, true, true]);
    assert.equal(seen.has({ ...attempt(1), token: 'u' }), false);
  });
});
