import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { rig, settle } from './rig.ts';

const MINUTE = 60_000;

/** The first call of a verb gets no answer, as over a connection that is half open; the later ones do. */
const silenceOnce = <Verb extends object, Name extends keyof Verb>(store: Verb, name: Name): void => {
  const honest = store[name] as (...args: unknown[]) => unknown;
  let calls = 0;
  Object.assign(store, { [name]: (...args: unknown[]) => (calls++ === 0 ? new Promise(() => {}) : honest.apply(store, args)) });
};

describe('a call that the store never answers holds up nothing for ever', () => {
  it('a claim of the daemon', async () => {
    const r = rig();
    silenceOnce(r.store, 'claim');
    const { id } = await r.enqueuer.enqueue('a', {});
    const stop = new AbortController();
    const running = r.orchestrator.run({ signal: stop.signal });
    await settle();
    await r.clock.advance(2 * MINUTE);
    await settle();
    assert.equal((await r.store.find({ labourer: 'a', id }))?.state, 'completed');
    assert.match(String(r.named('labourer.failed')[0]?.error), /STORE_NO_ANSWER/);
    stop.abort();
    await running;
  });

  it('the poll of the daemon', async () => {
    const r = rig();
    silenceOnce(r.store, 'labourersWithDue');
    const stop = new AbortController();
    const running = r.orchestrator.run({ signal: stop.signal });
    await settle();
    await r.store.enqueue([{ labourer: 'a', id: 'x', payload: '{}' as never }]); // nobody rings
    await r.clock.advance(2 * MINUTE);
    await settle();
    assert.equal((await r.store.find({ labourer: 'a', id: 'x' }))?.state, 'completed');
    stop.abort();
    await running;
  });

  it('a claim of a tick, and the other labourers are served', async () => {
    const r = rig({ labourers: { a: { maxSimultaneousInvocations: 1 }, b: { maxSimultaneousInvocations: 1 } } });
    await r.enqueuer.enqueue('a', {});
    await r.enqueuer.enqueue('b', {});
    const claim = r.store.claim.bind(r.store);
    r.store.claim = (request) => (request.labourer === 'a' ? new Promise(() => {}) : claim(request));
    const tick = r.orchestrator.tick();
    await settle();
    await r.clock.advance(2 * MINUTE);
    const { labourers } = await tick;
    assert.match(String(labourers[0]?.error), /STORE_NO_ANSWER/);
    assert.equal(labourers[1]?.finished, 1);
  });

  it('a sweep of the scavenger', async () => {
    const r = rig();
    silenceOnce(r.store, 'expired');
    silenceOnce(r.store, 'maintain');
    const sweep = r.scavenger.sweep();
    await settle();
    await r.clock.advance(4 * MINUTE);
    assert.equal((await sweep).errors.length, 2);
    assert.deepEqual((await r.scavenger.sweep()).errors, []);
  });

  it('a heartbeat, which is answered no when the worker is to stop: it may wait for it and not look at its signal', async () => {
    const lease = { duration: 10_000, cooldown: 5_000 };
    const beats: (readonly [answer: boolean, at: number])[] = [];
    const r = rig({
      labourers: { a: { maxSimultaneousInvocations: 1, lease } },
      play: async (_, context) => {
        beats.push([await context.heartbeat(), r.clock.now()]);
        return { kind: 'finished', report: { kind: 'failed', error: 'told to stop' } };
      },
    });
    silenceOnce(r.store, 'renew');
    await r.enqueuer.enqueue('a', {});
    const since = r.clock.now();
    const tick = r.orchestrator.tick();
    await settle();
    await r.clock.advance(lease.duration - 1);
    assert.deepEqual(beats, []);
    await r.clock.advance(1);
    assert.deepEqual(beats, [[false, since + lease.duration]]); // and has the cooldown to say so
    assert.equal((await tick).labourers[0]?.finished, 1);
    assert.equal(r.clock.sleeping, 0);
  });
});
