import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { describe, it } from 'vitest';
import { OneRequest } from '../../src/client/one-request.ts';
import { gate } from '../support/gate.ts';
import { clientAt, open } from '../support/rig.ts';
import { slowCredentials, turns } from '../support/slow-credentials.ts';

describe('an attempt that is stopped', () => {
  it('before it began is refused, and nothing is sent', async () => {
    const rig = await open();
    assert.equal((await rig.invoke({ signal: AbortSignal.abort() })).kind, 'refused');
    assert.equal(rig.endpoint.calls.length, 0);
  });

  it('before it began does not wait for its turn', async () => {
    const { pass, reached, release } = gate();
    const rig = await open({ parallelism: 1 }, { fault: () => ({ kind: 'slow', until: pass() }) });
    const first = rig.invoke();
    await reached(1);
    assert.equal((await rig.invoke({ signal: AbortSignal.abort() })).kind, 'refused');
    release();
    assert.deepEqual(await first, { kind: 'accepted' });
  });

  it('between its turn and its request is not sent either', async () => {
    const rig = await open();
    const request = new OneRequest(new InvokeCommand({ FunctionName: 'thumb', InvocationType: 'Event' }), 1_000);
    const ending = await request.send(clientAt(rig.endpoint.url), AbortSignal.abort());
    assert.deepEqual([ending.kind, ending.kind === 'failed' && ending.handedOver], ['failed', false]);
    assert.equal(rig.endpoint.calls.length, 0);
  });

  it('while it waits for its turn is refused, and nothing is sent', async () => {
    const { pass, reached, release } = gate();
    const rig = await open({ parallelism: 1 }, { fault: () => ({ kind: 'slow', until: pass() }) });
    const stop = new AbortController();
    const first = rig.invoke();
    const second = rig.invoke({ signal: stop.signal });
    const third = rig.invoke();
    await reached(1);
    stop.abort();
    assert.deepEqual(await second, { kind: 'refused', reason: 'the attempt was stopped before anything was sent' });
    release();
    assert.deepEqual([await first, await third], [{ kind: 'accepted' }, { kind: 'accepted' }]);
    assert.equal(rig.endpoint.calls.length, 2);
  });

  it('while it waits for credentials is refused at once, and never sent', async () => {
    const { credentials, asked, give } = slowCredentials();
    const rig = await open({ credentials });
    const stop = new AbortController();
    const delivery = rig.invoke({ signal: stop.signal });
    await asked();
    stop.abort(new Error('the time of this attempt is up'));
    assert.deepEqual(await delivery, { kind: 'refused', reason: 'nothing was sent for thumb (Stopped: the time of this attempt is up)' });
    give();
    await turns();
    assert.deepEqual(await rig.invoke(), { kind: 'accepted' });
    assert.equal(rig.endpoint.calls.length, 1);
  });

  it('while it waits for credentials is never sent, though its client be deaf to signals', async () => {
    const { credentials, asked, give } = slowCredentials();
    const inner = new NodeHttpHandler();
    const requestHandler = {
      handle: (request: Parameters<NodeHttpHandler['handle']>[0]) => inner.handle(request),
      destroy: () => inner.destroy(),
    };
    const rig = await open((url) => ({ client: clientAt(url, { credentials, requestHandler }) }));
    const stop = new AbortController();
    const delivery = rig.invoke({ signal: stop.signal });
    await asked();
    stop.abort();
    assert.equal((await delivery).kind, 'refused');
    give();
    assert.deepEqual(await rig.invoke({ lease: { id: 'another' } }), { kind: 'accepted' });
    await turns();
    assert.deepEqual(
      rig.endpoint.calls.map(({ text }) => JSON.parse(text).reeve.id),
      ['another'],
    );
  });

  it('while the answer is on its way is unknown, at once', async () => {
    const { pass, reached, release } = gate();
    const rig = await open({}, { fault: () => ({ kind: 'slow', until: pass() }) });
    const stop = new AbortController();
    const delivery = rig.invoke({ signal: stop.signal });
    await reached(1);
    stop.abort(new Error('the process is stopping'));
    await assert.rejects(delivery, { code: 'INVOKE_UNKNOWN', message: /\(the process is stopping\)/ });
    release();
  });

  it('after its end is no matter', async () => {
    const rig = await open();
    const stop = new AbortController();
    assert.deepEqual(await rig.invoke({ signal: stop.signal }), { kind: 'accepted' });
    stop.abort();
    assert.deepEqual(await rig.invoke(), { kind: 'accepted' });
  });
});

it('a signal of many attempts gathers no listeners', async () => {
  const rig = await open({ parallelism: 2 });
  const { signal } = new AbortController();
  rig.endpoint.next({ kind: 'reset' });
  await Promise.allSettled(Array.from({ length: 10 }, () => rig.invoke({ signal })));
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
});
