import assert from 'node:assert/strict';
import { type Delivery, Foreman, type InvokeContext, Orchestrator } from '@reeve/core';
import { describe, it } from 'vitest';
import { counted, gate, invokerOf, rig, settle } from './rig.ts';

const labourers = { a: { maxSimultaneousInvocations: 4, maxAttempts: 1 } };
const key = { labourer: 'a', id: '1' };

/** A worker that never calls `heartbeat`, and ends when it is told to stop or when the test lets it. */
const stubborn = () => {
  const begun = gate();
  const ends = gate();
  const heard: string[] = [];
  const play = async (_: unknown, { signal }: InvokeContext): Promise<Delivery> => {
    begun.open();
    await Promise.race([
      ends.passed,
      new Promise<void>((resolve) =>
        signal.addEventListener('abort', () => {
          heard.push(String(signal.reason));
          resolve();
        }),
      ),
    ]);
    return { kind: 'finished', report: { kind: 'failed', error: 'stopped' } };
  };
  return { play, begun, ends, heard };
};

describe('a cancellation while the worker runs here', () => {
  it('stops it at once, without a heartbeat, and the task ends cancelled', async () => {
    const { play, begun, heard } = stubborn();
    const r = rig({ labourers, play });
    await r.enqueuer.enqueue('a', {}, { id: '1' });
    const ticking = r.orchestrator.tick();
    await begun.passed;
    assert.deepEqual(await r.foreman.cancel([key]), ['cancelling']);
    await ticking;
    assert.deepEqual(heard, ['Error: the task was cancelled']);
    assert.equal((await r.store.find(key))?.state, 'cancelled');
    assert.deepEqual(r.named('task.cancelled'), [key]);
    assert.equal(r.clock.sleeping, 0);
  });

  it('is heard of from another process within seconds, with nothing but one look for each of them before', async () => {
    const { play, begun, heard } = stubborn();
    const r = rig({ labourers, play });
    let looks = 0;
    let finds = 0;
    const register = { look: (names: readonly string[]) => counted(() => ++looks, r.store.look(names)) };
    const reader = { find: (asked: typeof key) => counted(() => ++finds, r.store.find(asked)) };
    const orchestrator = new Orchestrator({ ...r, invoker: invokerOf(play), cancels: { reader, register } });
    const elsewhere = rig({ labourers });
    await r.enqueuer.enqueue('a', {}, { id: '1' });
    const ticking = orchestrator.tick();
    await begun.passed;
    await r.clock.advance(60_000);
    await settle();
    assert.deepEqual([looks, finds], [11, 0]); // none at the first, which only sees who is there
    await new Foreman({ ...elsewhere, store: r.store, operator: r.store, register: r.store }).cancel([key]);
    assert.deepEqual(heard, []);
    await r.clock.advance(5_000);
    await ticking;
    assert.deepEqual(heard, ['Error: the task was cancelled']);
    assert.deepEqual([looks, finds], [12, 1]);
    assert.equal(r.clock.sleeping, 0);
  });

  it('of another task stops nobody, and is looked at once for each attempt', async () => {
    const { play, begun, ends, heard } = stubborn();
    const r = rig({ labourers, play });
    for (const id of ['1', '2']) await r.enqueuer.enqueue('a', {}, { id });
    await r.store.claim({ labourer: 'a', token: 'elsewhere', cap: 4, limit: 1, lease: 60_000 });
    let finds = 0;
    const reader = { find: (asked: typeof key) => counted(() => ++finds, r.store.find(asked)) };
    const orchestrator = new Orchestrator({ ...r, invoker: invokerOf(play), cancels: { reader, register: r.store } });
    const ticking = orchestrator.tick();
    await begun.passed;
    assert.deepEqual(await r.foreman.cancel([key]), ['cancelling']);
    await r.clock.advance(30_000);
    await settle();
    ends.open();
    await ticking;
    assert.deepEqual([heard, finds], [[], 1]);
  });

  it('is looked at again after the store could not be asked', async () => {
    const { play, begun, heard } = stubborn();
    const r = rig({ labourers, play });
    let finds = 0;
    const reader = { find: async (asked: typeof key) => (++finds === 1 ? Promise.reject(new Error('gone')) : r.store.find(asked)) };
    const orchestrator = new Orchestrator({
      ...r,
      doorbell: undefined as never,
      invoker: invokerOf(play),
      cancels: { reader, register: r.store },
    });
    await r.enqueuer.enqueue('a', {}, { id: '1' });
    const ticking = orchestrator.tick();
    await begun.passed;
    await r.foreman.cancel([key]);
    await r.clock.advance(10_000);
    await settle();
    assert.deepEqual([heard, r.named('store.failed').length], [[], 1]);
    await r.clock.advance(5_000);
    await ticking;
    assert.equal(heard.length, 1);
  });

  it('that came too late for its attempt does not stop the next one', async () => {
    const { play, begun, ends, heard } = stubborn();
    const r = rig({ labourers, play });
    await r.enqueuer.enqueue('a', {}, { id: '1' });
    await r.foreman.cancel([key]);
    await r.foreman.redrive([key]);
    const ticking = r.orchestrator.tick();
    await begun.passed;
    r.doorbell.cancel(key);
    await settle();
    ends.open();
    await ticking;
    assert.deepEqual(heard, []);
  });

  it('costs nothing while attempts are short: no look, and no sleep that outlives them', async () => {
    const r = rig({ labourers });
    let looks = 0;
    const register = { look: (names: readonly string[]) => counted(() => ++looks, r.store.look(names)) };
    const orchestrator = new Orchestrator({
      ...r,
      invoker: invokerOf(() => ({ kind: 'finished', report: { kind: 'done' } })),
      cancels: { reader: r.store, register },
    });
    const stop = new AbortController();
    const running = orchestrator.run({ signal: stop.signal });
    for (let n = 0; n < 30; n += 1) {
      await r.enqueuer.enqueue('a', {});
      await settle(4);
      await r.clock.advance(1_000);
    }
    assert.equal(looks, 0);
    stop.abort();
    await running;
    assert.equal(r.clock.sleeping, 0);
  });
});
