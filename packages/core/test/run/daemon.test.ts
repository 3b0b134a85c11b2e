import assert from 'node:assert/strict';
import type { DaemonOptions, Delivery } from '@reeve/core';
import { describe, it } from 'vitest';
import { accepted, counted, done, gate, rig, settle } from './rig.ts';

type Rig = ReturnType<typeof rig>;

const daemon = (r: Rig, options: Partial<DaemonOptions> = {}) => {
  const stop = new AbortController();
  let over = false;
  const running = r.orchestrator.run({ signal: stop.signal, ...options }).then(() => {
    over = true;
  });
  return { stop: () => stop.abort(), running, isOver: () => over };
};

const stateOf = async (r: Rig, id: string, labourer = 'a') => (await r.store.find({ labourer, id }))?.state;

describe('run', () => {
  it('starts a task the moment it is enqueued, without the clock moving', async () => {
    const r = rig();
    const d = daemon(r);
    await settle();
    const { id } = await r.enqueuer.enqueue('a', {});
    await settle();
    assert.equal(await stateOf(r, id), 'completed');
    d.stop();
    await d.running;
  });

  it('fills a place the moment it frees', async () => {
    const gates = new Map<string, ReturnType<typeof gate<Delivery>>>();
    const started: string[] = [];
    const r = rig({
      labourers: { a: { maxSimultaneousInvocations: 2 } },
      play: ({ id }) => {
        started.push(id);
        const mine = gate<Delivery>();
        gates.set(id, mine);
        return mine.passed;
      },
    });
    await r.enqueuer.enqueueMany(
      'a',
      ['1', '2', '3', '4'].map((id) => ({ id, payload: {} })),
    );
    const d = daemon(r);
    await settle();
    assert.deepEqual(started, ['1', '2']);
    gates.get('2')?.open(done);
    await settle();
    assert.deepEqual(started, ['1', '2', '3']);
    for (const id of ['1', '3']) gates.get(id)?.open(done);
    await settle();
    gates.get('4')?.open(done);
    await settle();
    assert.deepEqual(started, ['1', '2', '3', '4']);
    d.stop();
    await d.running;
    assert.equal(await stateOf(r, '4'), 'completed');
  });

  it('finds what another process enqueued by looking at intervals', async () => {
    const r = rig();
    const d = daemon(r, { pollEvery: 500 });
    await settle();
    await r.store.enqueue([{ labourer: 'a', id: 'x', payload: '{}' as never }]); // nobody rings
    await settle();
    assert.equal(await stateOf(r, 'x'), 'queued');
    await r.clock.advance(1_000);
    await settle();
    assert.equal(await stateOf(r, 'x'), 'completed');
    d.stop();
    await d.running;
  });

  it('looks at intervals, and not without a pause, while others hold all places', async () => {
    const r = rig();
    await r.enqueuer.enqueueMany(
      'a',
      ['1', '2', '3'].map((id) => ({ id, payload: {} })),
    );
    await r.store.claim({ labourer: 'a', token: 'elsewhere', cap: 2, limit: 2, lease: 5_000 });
    const claim = r.store.claim.bind(r.store);
    let claims = 0;
    r.store.claim = async (request) => counted(() => (claims += 1), await claim(request));
    const d = daemon(r, { pollEvery: 500 });
    await settle(200);
    assert.ok(claims < 5, `${claims} claims at one instant`);
    assert.equal(await stateOf(r, '3'), 'queued');
    for (let passed = 0; passed <= 5_500; passed += 500) await r.clock.advance(500).then(() => settle());
    assert.equal(await stateOf(r, '3'), 'completed');
    assert.ok(claims < 20, `${claims} claims in 6 s`);
    d.stop();
    await d.running;
  });

  it('starts a task that falls due later at its instant', async () => {
    const r = rig();
    const d = daemon(r, { pollEvery: 1_000_000 });
    await settle();
    const { id } = await r.enqueuer.enqueue('a', {}, { delay: 10_000 });
    await settle();
    await r.clock.advance(9_999);
    await settle();
    assert.equal(await stateOf(r, id), 'queued');
    await r.clock.advance(1);
    await settle();
    assert.equal(await stateOf(r, id), 'completed');
    d.stop();
    await d.running;
  });

  it('does not drown a ring that comes while a claim is under way', async () => {
    const r = rig();
    const d = daemon(r, { pollEvery: 1_000_000 });
    await settle();
    const claim = r.store.claim.bind(r.store);
    const claimed = gate();
    const answer = gate();
    let calls = 0;
    r.store.claim = async (request) => {
      const result = await claim(request);
      if (calls++ === 0) {
        claimed.open();
        await answer.passed; // the database has looked, and its answer is on the way
      }
      return result;
    };
    r.doorbell.ring('a');
    await claimed.passed;
    const { id } = await r.enqueuer.enqueue('a', {});
    answer.open();
    await settle();
    assert.equal(await stateOf(r, id), 'completed');
    d.stop();
    await d.running;
  });

  it('on stop finishes what runs, starts nothing more, and gives back what was only claimed', async () => {
    const slow = gate<Delivery>();
    const r = rig({ labourers: { a: { maxSimultaneousInvocations: 3 } }, parallelism: 1, play: () => slow.passed });
    await r.enqueuer.enqueueMany(
      'a',
      ['1', '2', '3'].map((id) => ({ id, payload: {} })),
    );
    const d = daemon(r);
    await settle();
    d.stop();
    await settle();
    assert.equal(d.isOver(), false, 'waits for what is under way');
    assert.deepEqual([await stateOf(r, '2'), await stateOf(r, '3')], ['queued', 'queued']);
    assert.equal((await r.store.find({ labourer: 'a', id: '2' }))?.attempts, 0, 'a released attempt is not counted');
    slow.open(done);
    await d.running;
    assert.equal(await stateOf(r, '1'), 'completed');
  });

  it('interrupts what outlasts the drain, and queues it again at once without blame', async () => {
    const r = rig({
      labourers: { a: { maxSimultaneousInvocations: 1, maxAttempts: 1 } },
      play: (_, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve({ kind: 'finished', report: { kind: 'failed', error: 'aborted' } }));
        }),
    });
    const { id } = await r.enqueuer.enqueue('a', {});
    const d = daemon(r, { drain: 30_000 });
    await settle();
    d.stop();
    await settle();
    await r.clock.advance(30_000);
    await settle();
    await d.running;
    assert.equal(await stateOf(r, id), 'queued');
    assert.match(r.named('task.retried')[0]?.error ?? '', /stopping/);
  });

  it('leaves to its lease what does not end at all', async () => {
    const r = rig({ play: () => new Promise<Delivery>(() => {}) });
    const { id } = await r.enqueuer.enqueue('a', {});
    const d = daemon(r, { drain: 1_000, grace: 500 });
    await settle();
    d.stop();
    await settle();
    await r.clock.advance(1_000);
    await settle();
    assert.equal(d.isOver(), false);
    await r.clock.advance(500);
    await d.running;
    assert.equal(await stateOf(r, id), 'running');
  });

  it('ends at once if it was stopped before it began', async () => {
    const r = rig();
    await r.orchestrator.run({ signal: AbortSignal.abort() });
  });

  it('waits for a lost store without spinning, and goes on when it is back', async () => {
    const r = rig();
    const { id } = await r.enqueuer.enqueue('a', {});
    const claim = r.store.claim.bind(r.store);
    let calls = 0;
    let down = true;
    r.store.claim = async (request) => {
      calls += 1;
      if (down) throw new Error('ECONNREFUSED');
      return claim(request);
    };
    const d = daemon(r);
    for (let n = 0; n < 60; n += 1) {
      await r.clock.advance(1_000);
      await settle(3);
    }
    assert.ok(calls >= 5 && calls <= 40, `a minute of a lost store cost ${calls} calls`);
    down = false;
    await r.clock.advance(10_000);
    await settle();
    assert.equal(await stateOf(r, id), 'completed');
    d.stop();
    await d.running;
  });

  it('gives a verdict again after the store lost it, without doing the work again', async () => {
    let runs = 0;
    const r = rig({ play: () => counted(() => runs++, done) });
    const { id } = await r.enqueuer.enqueue('a', {});
    const exchange = r.store.exchange.bind(r.store);
    const settleNow = r.store.settle.bind(r.store);
    let failures = 3;
    const flaky =
      <A extends unknown[], B>(verb: (...args: A) => Promise<B>) =>
      async (...args: A): Promise<B> => {
        if (failures-- > 0) throw new Error('ECONNRESET');
        return verb(...args);
      };
    r.store.exchange = flaky(exchange);
    r.store.settle = flaky(settleNow);
    const d = daemon(r);
    for (let n = 0; n < 10; n += 1) {
      await settle();
      await r.clock.advance(1_000);
    }
    assert.equal(await stateOf(r, id), 'completed');
    assert.equal(runs, 1);
    d.stop();
    await d.running;
  });

  it('does not wait for a worker past its lease', async () => {
    const hung = gate<Delivery>();
    const r = rig({
      labourers: { a: { maxSimultaneousInvocations: 1, lease: { duration: 1_000, cooldown: 500 } } },
      play: ({ id }) => (id === 'hung' ? hung.passed : done),
    });
    await r.enqueuer.enqueue('a', {}, { id: 'hung' });
    await r.enqueuer.enqueue('a', {}, { id: 'next' });
    const d = daemon(r);
    await settle();
    assert.equal(await stateOf(r, 'next'), 'queued');
    await r.clock.advance(1_500);
    await settle();
    await r.clock.advance(1_000);
    await settle();
    assert.equal(await stateOf(r, 'next'), 'completed');
    assert.equal(r.named('task.unknown').length, 1);
    d.stop();
    await d.running;
  });

  it('starts the next of a labourer whose workers report elsewhere when the report comes', async () => {
    const r = rig({ labourers: { a: { maxSimultaneousInvocations: 1 } }, play: () => accepted });
    await r.enqueuer.enqueueMany(
      'a',
      ['1', '2'].map((id) => ({ id, payload: {} })),
    );
    const d = daemon(r, { pollEvery: 500 });
    await settle();
    const first = await r.store.find({ labourer: 'a', id: '1' });
    assert.ok(first?.state === 'running');
    assert.equal(await stateOf(r, '2'), 'queued');
    await r.store.settle([{ labourer: 'a', id: '1', token: first.token, kind: 'completed' }]);
    await r.clock.advance(1_000);
    await settle();
    assert.equal(await stateOf(r, '2'), 'running');
    d.stop();
    await d.running;
  });
});
