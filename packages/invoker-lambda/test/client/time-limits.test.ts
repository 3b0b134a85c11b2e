import assert from 'node:assert/strict';
import type { Delivery } from '@reeve/core';
import type { LambdaInvokerOptions } from '@reeve/invoker-lambda';
import { afterEach, beforeEach, describe, it, vi } from 'vitest';
import { gate } from '../support/gate.ts';
import { labourerOf } from '../support/labourers.ts';
import { rawServer } from '../support/raw-server.ts';
import { clientAt, open } from '../support/rig.ts';
import { slowCredentials, turns } from '../support/slow-credentials.ts';

// The sockets are real and know no timers of ours; only our own waits stand still until a test moves them.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What has come of an invocation so far. */
const watch = (delivery: Promise<Delivery>) => {
  const state: { outcome?: unknown } = {};
  const ended = delivery
    .then(
      (outcome) => outcome,
      (error: unknown) => error,
    )
    .then((outcome) => {
      state.outcome = outcome;
      return outcome;
    });
  return { state, ended };
};

/** A Lambda that takes each call and never answers it. */
const silent = async (options: LambdaInvokerOptions = {}) => {
  const { pass, reached } = gate();
  const fault = () => {
    void pass();
    return { kind: 'silent' } as const;
  };
  return { ...(await open(options, { fault })), taken: () => reached(1) };
};

describe('nobody waits for ever', () => {
  it('for an answer: unknown after 10 s, and not before', async () => {
    const rig = await silent();
    const { state, ended } = watch(rig.invoke());
    await rig.taken();
    vi.advanceTimersByTime(9_999);
    await turns();
    assert.equal(state.outcome, undefined);
    vi.advanceTimersByTime(1);
    assert.match(String(await ended), /INVOKE_UNKNOWN/);
    assert.match(String(await ended), /\(no answer within 10000 ms\)/);
  });

  it('for an answer, with a client that would', async () => {
    const rig = await silent();
    const given = await open(() => ({ client: clientAt(rig.endpoint.url), requestTimeout: 400 }));
    const { ended } = watch(given.invoke());
    await rig.taken();
    vi.advanceTimersByTime(400);
    assert.match(String(await ended), /no answer within 400 ms/);
  });

  it('for credentials: refused after 10 s, and never sent', async () => {
    const { credentials, asked, give } = slowCredentials();
    const rig = await open({ credentials });
    const { ended } = watch(rig.invoke());
    await asked();
    vi.advanceTimersByTime(10_000);
    assert.deepEqual(await ended, {
      kind: 'refused',
      reason: 'nothing was sent for thumb (Stopped: not ready to be sent within 10000 ms; look at where the credentials come from)',
    });
    give();
    await turns();
    assert.equal(rig.endpoint.calls.length, 0);
  });

  it('for a connection: refused after 3 s', async () => {
    const { pass, reached } = gate();
    const server = await rawServer(() => void pass());
    const rig = await open({ endpoint: server.url.replace('http:', 'https:') });
    const { state, ended } = watch(rig.invoke());
    await reached(1);
    vi.advanceTimersByTime(2_999);
    await turns();
    assert.equal(state.outcome, undefined);
    vi.advanceTimersByTime(1);
    assert.deepEqual(await ended, { kind: 'refused', reason: 'nothing was sent for thumb (TimeoutError: no connection within 3000 ms)' });
  });
});

describe('the answer of a synchronous invocation', () => {
  const labourer = labourerOf('thumb', { options: { invocation: 'sync' } }, { duration: 90_000 });

  it('may take as long as the lease, and no longer', async () => {
    const rig = await silent();
    const { state, ended } = watch(rig.invoke({ labourer }));
    await rig.taken();
    vi.advanceTimersByTime(89_999);
    await turns();
    assert.equal(state.outcome, undefined);
    vi.advanceTimersByTime(1);
    assert.match(String(await ended), /no answer within 90000 ms/);
  });

  it('has no longer to be sent than others', async () => {
    const { credentials, asked } = slowCredentials();
    const rig = await open({ credentials });
    const { ended } = watch(rig.invoke({ labourer }));
    await asked();
    vi.advanceTimersByTime(10_000);
    assert.match(JSON.stringify(await ended), /"refused".*not ready to be sent within 10000 ms/);
  });
});

it('a connection has half of the time that a request has, if that is short', async () => {
  const { pass, reached } = gate();
  const server = await rawServer(() => void pass());
  const rig = await open({ endpoint: server.url.replace('http:', 'https:'), requestTimeout: 1_000 });
  const { ended } = watch(rig.invoke());
  await reached(1);
  vi.advanceTimersByTime(500);
  assert.deepEqual(await ended, { kind: 'refused', reason: 'nothing was sent for thumb (TimeoutError: no connection within 500 ms)' });
});

it('each part of the way has a time of its own', async () => {
  const { credentials, asked, give } = slowCredentials();
  const { pass, reached, release } = gate();
  const rig = await open({ credentials }, { fault: () => ({ kind: 'slow', until: pass() }) });
  const { ended } = watch(rig.invoke());
  await asked();
  vi.advanceTimersByTime(9_999);
  give();
  await reached(1);
  vi.advanceTimersByTime(9_999);
  release();
  assert.deepEqual(await ended, { kind: 'accepted' });
});

it('leaves no timer behind', async () => {
  const rig = await open();
  await rig.invoker.start();
  assert.deepEqual(await rig.invoke(), { kind: 'accepted' });
  await rig.invoke({ signal: AbortSignal.abort() });
  await rig.invoker.close();
  await turns();
  assert.equal(vi.getTimerCount(), 0);
});
