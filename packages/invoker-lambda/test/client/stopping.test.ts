import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { gate } from '../support/gate.ts';
import { open } from '../support/rig.ts';
import { slowCredentials, turns } from '../support/slow-credentials.ts';

describe('an attempt that is stopped', () => {
  it('before it began is refused, and nothing is sent', async () => {
    const rig = await open();
    assert.equal((await rig.invoke({ signal: AbortSignal.abort() })).kind, 'refused');
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
