import assert from 'node:assert/strict';
import type { Delivery } from '@reeve/core';
import { MAX_SYNC_EVENT_BYTES } from '@reeve/invoker-lambda';
import { LambdaAnswer, type LambdaFault, type LambdaHandler, lambdaErrors } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { gate } from '../support/gate.ts';
import { labourerOf } from '../support/labourers.ts';
import { answering } from '../support/raw-server.ts';
import { open } from '../support/rig.ts';

const labourer = labourerOf('thumb', { options: { invocation: 'sync', message: 'payload' } });

/** What comes of one synchronous attempt of a function. */
const ask = async (thumb: LambdaHandler, options: object = {}, payload = '{"key":"cat.jpg"}'): Promise<Delivery> => {
  const rig = await open(options, { functions: { thumb } });
  return rig.invoke({ labourer, lease: { payload } });
};
const failure = async (error: unknown) => {
  const delivery = await ask(() => {
    throw error;
  });
  return delivery.kind === 'finished' && delivery.report.kind === 'failed' ? delivery.report : assert.fail(delivery.kind);
};
const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

describe('a function that is invoked synchronously has done its work, and its answer is the result', () => {
  it('with every digit as its runtime wrote it', async () => {
    const text = ' {"big":12345678901234567890,"one":1.0,"u":"\\u017e🐎"}';
    assert.deepEqual(await ask(() => new LambdaAnswer(text)), { kind: 'finished', report: { kind: 'done', result: text } });
  });

  it('null, where it answers nothing: a runtime does not tell the two apart', async () => {
    assert.deepEqual(await ask(() => {}), { kind: 'finished', report: { kind: 'done', result: 'null' } });
    assert.deepEqual(await ask(() => new LambdaAnswer('')), { kind: 'finished', report: { kind: 'done' } });
  });

  it('of just the limit; a longer one fails for good, and says both numbers', async () => {
    assert.deepEqual(await ask(() => 'x'.repeat(98), { maxResultBytes: 100 }), {
      kind: 'finished',
      report: { kind: 'done', result: JSON.stringify('x'.repeat(98)) },
    });
    assert.deepEqual(await ask(() => 'x'.repeat(99), { maxResultBytes: 100 }), {
      kind: 'finished',
      report: {
        kind: 'failed',
        error: 'the result has 101 bytes, and 100 are allowed; keep the data elsewhere and answer with its key',
        retryable: false,
      },
    });
    assert.match(JSON.stringify(await ask(() => 'x'.repeat(256 * 1024))), /the result has 262146 bytes, and 262144 are allowed/);
  });

  it('if it is JSON; else it fails for good, unquoted', async () => {
    const delivery = await ask(() => new LambdaAnswer('canary: yes'));
    assert.deepEqual(delivery, {
      kind: 'finished',
      report: { kind: 'failed', error: 'the result is not JSON; answer with JSON, or with nothing', retryable: false },
    });
  });

  it('and sees the payload alone, and the attempt in its context', async () => {
    const seen: unknown[] = [];
    const rig = await open({}, { functions: { thumb: (event, { clientContext }) => void seen.push(event, clientContext) } });
    await rig.invoke({ labourer, lease: { id: 'ž🐎"', payload: ' {"n":1.0}' } });
    assert.equal(rig.endpoint.calls[0]!.text, ' {"n":1.0}');
    assert.deepEqual(seen, [
      { n: 1 },
      { custom: { reeve: { labourer: 'thumb', id: 'ž🐎"', token: 'token-1', attempt: 1, deadline: 1_795_422_060_000 } } },
    ]);
  });

  it('is sent up to 6 MB', async () => {
    const payload = (bytes: number): string => JSON.stringify('x'.repeat(bytes - 2));
    assert.equal((await ask(() => 1, {}, payload(MAX_SYNC_EVENT_BYTES))).kind, 'finished');
    assert.match(
      JSON.stringify(await ask(() => 1, {}, payload(MAX_SYNC_EVENT_BYTES + 1))),
      /"failed","error":"the event has 6291457 bytes, and Lambda takes 6291456;.*"retryable":false/,
    );
  });
});

describe('a function that fails has failed', () => {
  it('with the class of its error in front, for the rules of the labourer', async () => {
    assert.deepEqual(await failure(new TypeError('out of ink')), { kind: 'failed', error: 'TypeError: out of ink' });
    assert.deepEqual(await failure(new Error('out of ink')), { kind: 'failed', error: 'out of ink' });
    assert.deepEqual(await failure(named('Sandbox.Timedout', 'RequestId: 1 Error: Task timed out after 3.00 seconds')), {
      kind: 'failed',
      error: 'Sandbox.Timedout: RequestId: 1 Error: Task timed out after 3.00 seconds',
    });
  });

  it.each(['NonRetryableError', 'reeve.NonRetryableError', 'Function.ResponseSizeTooLarge'])('for good: %s', async (name) => {
    assert.deepEqual(await failure(named(name, 'no')), { kind: 'failed', error: `${name}: no`, retryable: false });
  });

  it('in words of ours where it has none, and in bounded ones where it has many', async () => {
    for (const text of ['', 'no', '[]', 'null', '{"errorMessage":""}', '{"errorType":7,"errorMessage":{}}'])
      assert.deepEqual(await failure(new LambdaAnswer(text)), { kind: 'failed', error: 'the function failed (Unhandled)' });
    assert.equal((await failure(new Error('x'.repeat(10_000)))).error.length, 2_048);
    assert.ok((await failure(named('N'.repeat(10_000), 'x'))).error.length < 300);
  });
});

describe('what Lambda says no to is refused, as with an asynchronous invocation', () => {
  it.each([
    ['throttled', lambdaErrors.throttled(7), { kind: 'refused', retryAfter: 7_000 }],
    ['denied', lambdaErrors.denied('arn:x'), { kind: 'refused' }],
    [
      'in a state in which it cannot run',
      { kind: 'error', status: 409, type: 'ResourceConflictException', message: 'x' },
      { kind: 'refused' },
    ],
  ] as const)('%s', async (_, fault, expected) => {
    const rig = await open();
    rig.endpoint.next(fault as LambdaFault);
    const { reason, ...rest } = (await rig.invoke({ labourer })) as Extract<Delivery, { readonly kind: 'refused' }>;
    assert.ok(reason.length > 0);
    assert.deepEqual(rest, expected);
  });
});

describe('it is unknown whether the function ran', () => {
  const unknown = { code: 'INVOKE_UNKNOWN' };

  it.each([
    ['an error of Lambda', lambdaErrors.internal()],
    ['a function whose network is not ready', { kind: 'error', status: 502, type: 'ENILimitReachedException', message: 'x' }],
    ['a cut connection', { kind: 'reset' }],
    ['a cut connection, after it ran', { kind: 'reset', accepted: true }],
  ] as const)('%s', async (_, fault) => {
    const rig = await open();
    rig.endpoint.next(fault);
    await assert.rejects(rig.invoke({ labourer }), unknown);
  });

  it('when it is stopped while the function runs', async () => {
    const { pass, reached, release } = gate();
    const rig = await open({}, { functions: { thumb: () => pass() } });
    const stop = new AbortController();
    const delivery = rig.invoke({ labourer, signal: stop.signal });
    await reached(1);
    stop.abort(new Error('the time of this attempt is up'));
    await assert.rejects(delivery, { ...unknown, message: /\(the time of this attempt is up\)/ });
    release();
  });

  it.each([
    ['202', 'HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n', /status 202, where a function's answer has 200/],
    ['half an answer', 'HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{"made":1}', /ECONNRESET/],
  ])('when the answer is %s', async (_, text, message) => {
    const rig = await open({ endpoint: (await answering(text)).url });
    await assert.rejects(rig.invoke({ labourer }), { ...unknown, message });
  });
});

describe('requests that wait for functions', () => {
  it('keep no asynchronous one waiting, nor the other way round', async () => {
    const { pass, reached, release } = gate();
    const rig = await open({ parallelism: 1 }, { functions: { thumb: () => pass() } });
    const slow = rig.invoke({ labourer });
    await reached(1);
    assert.deepEqual(await rig.invoke({ labourer: labourerOf('thumb') }), { kind: 'accepted' });
    release();
    assert.equal((await slow).kind, 'finished');
  });
});
