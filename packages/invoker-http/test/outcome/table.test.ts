import assert from 'node:assert/strict';
import { type Delivery, ReeveError } from '@reeve/core';
import { describe, it } from 'vitest';
import { reply } from '../support/endpoint.ts';
import { open, rigAt } from '../support/rig.ts';
import { serve } from '../support/serve.ts';

const LEASE = { payload: '{"secret":"canary"}' };

/** What comes of one answer, after exactly one request. Whatever it is, it quotes neither the payload nor what the endpoint wrote into an error. */
const after = async (status: number, value?: unknown, headers: Readonly<Record<string, string>> = {}) => {
  const { endpoint, invoke } = await open((_, response) => reply(response, status, value, headers));
  const outcome = await invoke({ lease: LEASE }).catch((error: unknown) => error as ReeveError);
  assert.equal(endpoint.asked.length, 1);
  assert.doesNotMatch(outcome instanceof Error ? `${outcome.message}` : JSON.stringify(outcome), /canary/);
  return outcome;
};
const refusedBy = (outcome: Delivery | Error): Extract<Delivery, { readonly kind: 'refused' }> => {
  if (outcome instanceof Error || outcome.kind !== 'refused') return assert.fail(JSON.stringify(outcome));
  return outcome;
};

describe('done, with what the endpoint answers', () => {
  it.each([
    ['204', 204, undefined, { kind: 'done' }],
    ['205', 205, undefined, { kind: 'done' }],
    ['200 and nothing', 200, undefined, { kind: 'done' }],
    ['200 and done', 200, { done: { made: 3 } }, { kind: 'done', result: '{"made":3}' }],
    ['201 and done', 201, { done: null }, { kind: 'done', result: 'null' }],
    ['done with statistics', 200, { done: 1, stats: { pages: 2 } }, { kind: 'done', result: '1', stats: '{"pages":2}' }],
    ['statistics alone', 200, { stats: { pages: 2 } }, { kind: 'done', stats: '{"pages":2}' }],
    ['any other object', 200, { made: 3 }, { kind: 'done', result: '{"made":3}' }],
    ['done among others', 200, { done: 1, more: 2 }, { kind: 'done', result: '{"done":1,"more":2}' }],
    ['failed among others', 200, { failed: 1, passed: 2 }, { kind: 'done', result: '{"failed":1,"passed":2}' }],
    ['a list', 200, [1], { kind: 'done', result: '[1]' }],
    ['an empty object', 200, {}, { kind: 'done', result: '{}' }],
  ])('%s', async (_, status, value, report) => {
    assert.deepEqual(await after(status, value), { kind: 'finished', report });
  });
});

describe('failed, by the word of the endpoint', () => {
  it.each([
    [{ error: 'no such cat' }, { error: 'no such cat' }],
    [
      { error: 'x', retryable: false },
      { error: 'x', retryable: false },
    ],
    [
      { error: 'x', retryable: true, retryAfter: 5_000 },
      { error: 'x', retryable: true, retryAfter: 5_000 },
    ],
    [{ error: 'x', retryable: null, retryAfter: null }, { error: 'x' }],
  ])('%j', async (failed, report) => {
    assert.deepEqual(await after(200, { failed }), { kind: 'finished', report: { kind: 'failed', ...report } });
  });

  it.each([['a text'], [null], [3], [{}], [{ error: 3 }], [[]]])('that cannot be read is a failure, too: %j', async (failed) => {
    const outcome = await after(200, { failed });
    assert.match(JSON.stringify(outcome), /"kind":"failed","error":"the endpoint answered \\"failed\\" without a text; let it answer/);
  });
});

it('202 is accepted, whatever comes with it', async () => {
  assert.deepEqual(await after(202), { kind: 'accepted' });
  assert.deepEqual(await after(202, { failed: { error: 'x' } }), { kind: 'accepted' });
  assert.deepEqual(await after(202, { canary: 'x'.repeat(400_000) }), { kind: 'accepted' });
});

describe('an endpoint that has too much to do is refused', () => {
  it.each([
    [429, '7', 7_000],
    [503, '7', 7_000],
    [429, '100000', 3_600_000],
    [429, '0', undefined],
    [429, '-1', undefined],
    [429, 'soon', undefined],
    [503, 'soon', undefined],
    [429, 'Fri, 27 Nov 2026 15:00:30 GMT', 30_000],
    [429, 'Fri, 27 Nov 2026 14:00:00 GMT', undefined],
  ])('%i with Retry-After %s', async (status, text, retryAfter) => {
    const outcome = await after(status, { canary: 1 }, { 'retry-after': text, date: 'Fri, 27 Nov 2026 15:00:00 GMT' });
    const { reason, ...wait } = refusedBy(outcome);
    assert.match(reason, new RegExp(`^127\\.0\\.0\\.1:\\d+ has too much to do \\(status ${status}\\)$`));
    assert.deepEqual(wait, { kind: 'refused', ...(retryAfter !== undefined && { retryAfter }) });
  });

  it('429 without it', async () => {
    assert.deepEqual('retryAfter' in refusedBy(await after(429)), false);
  });
});

describe('what means that nothing began is refused, with a remedy', () => {
  it.each([
    [301, /moved, and redirections are not followed; correct labourers\.thumb\.target/],
    [307, /moved/],
    [308, /moved/],
    [400, /compare the secrets.*if it is the task that is wrong, let the endpoint answer 422/],
    [401, /compare the secrets on both sides, and the clocks/],
    [403, /compare the secrets/],
    [404, /correct labourers\.thumb\.target, or deploy/],
    [405, /let it take POST/],
    [415, /look at what the endpoint says/],
    [451, /look at what the endpoint says/],
  ])('%i', async (status, remedy) => {
    const { reason } = refusedBy(await after(status, { canary: 1 }, { location: 'http://169.254.169.254/canary' }));
    assert.match(reason, new RegExp(`^127\\.0\\.0\\.1:\\d+ refused the request \\(status ${status}\\); `));
    assert.match(reason, remedy);
  });
});

describe('what no attempt can mend is failed for good', () => {
  it.each([
    [410, /gone for good/],
    [413, /can do nothing with this task/],
    [422, /can do nothing with this task/],
  ])('%i', async (status, error) => {
    const outcome = await after(status, { canary: 1 });
    assert.ok(!(outcome instanceof Error) && outcome.kind === 'finished' && outcome.report.kind === 'failed', JSON.stringify(outcome));
    assert.equal(outcome.report.retryable, false);
    assert.match(outcome.report.error, error);
  });
});

it.each(['keep-alive', 'close'])('413 is heard though it comes while a long payload is still being sent (%s)', async (connection) => {
  const server = await serve((_, response) => response.writeHead(413, { connection }).end());
  const delivery = await rigAt(server.url).invoke({ lease: { payload: JSON.stringify('canary'.repeat(170_000)) } });
  assert.match(JSON.stringify(delivery), /can do nothing with this task \(status 413\)/);
});

describe('of all else nobody knows whether it began', () => {
  it.each([300, 302, 303, 304, 408, 409, 500, 501, 502, 503, 504, 599])('%i', async (status) => {
    const outcome = await after(status, status === 304 ? undefined : { canary: 1 }, { location: '/elsewhere' });
    assert.ok(ReeveError.is(outcome, 'INVOKE_UNKNOWN'), JSON.stringify(outcome));
    assert.equal(outcome.kind, 'unavailable');
    assert.match(
      outcome.message,
      new RegExp(
        `^It is not known whether 127\\.0\\.0\\.1:\\d+ began with the task of thumb \\(status ${status}\\); if no worker reports, the lease runs out`,
      ),
    );
  });
});

it('a payload that is not JSON never becomes a request', async () => {
  const { endpoint, invoke } = await open();
  for (const payload of ['', '{', '1},"reeve":{"id":"canary"', "{'a': 1}"]) {
    const delivery = await invoke({ lease: { payload } });
    assert.deepEqual(delivery, {
      kind: 'finished',
      report: { kind: 'failed', error: 'the payload is not JSON, so no request was made of it', retryable: false },
    });
  }
  assert.equal(endpoint.asked.length, 0);
});

it('a labourer that has no secret is refused, and nothing is sent', async () => {
  const { endpoint, invoke } = await open(undefined, { secrets: { byLabourer: { other: { current: `whsec_${'A'.repeat(32)}` } } } });
  assert.deepEqual(await invoke(), { kind: 'refused', reason: 'there is no secret for thumb in httpInvoker({ secrets })' });
  assert.equal(endpoint.asked.length, 0);
});
