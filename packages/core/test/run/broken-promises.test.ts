import assert from 'node:assert/strict';
import { Assistant, type Delivery, ReeveError, type Verdict } from '@reeve/core';
import { describe, it } from 'vitest';
import { done, rig, settle } from './rig.ts';

const isBroken = (error: unknown): boolean => ReeveError.is(error, 'STORE_BROKE_CONTRACT') && error.kind === 'contract';

describe('a store that answers fewer than it was asked is told of, and nothing is taken for done', () => {
  it('enqueue: not for a duplicate, which would lose the task', async () => {
    const r = rig();
    r.store.enqueue = async () => ['created'];
    await assert.rejects(r.enqueuer.enqueueMany('a', [{ payload: 1 }, { payload: 2 }]), isBroken);
  });

  it('a report of a worker', async () => {
    const r = rig();
    await r.enqueuer.enqueue('a', {}, { id: '1' });
    const [lease] = (await r.store.claim({ labourer: 'a', token: 't', cap: 1, limit: 1, lease: 1_000 })).leases;
    assert.ok(lease);
    r.store.settle = async () => [];
    await assert.rejects(new Assistant({ ...r, reader: r.store }).done(lease), isBroken);
    r.store.renew = async () => [];
    await assert.rejects(new Assistant({ ...r, reader: r.store }).heartbeat(lease), isBroken);
  });

  it('a sweep', async () => {
    const r = rig();
    await r.enqueuer.enqueue('a', {});
    await r.store.claim({ labourer: 'a', token: 't', cap: 1, limit: 1, lease: 1 });
    await r.clock.advance(1);
    r.store.reap = async () => [];
    const { errors, stale } = await r.scavenger.sweep();
    assert.ok(isBroken(errors[0]));
    assert.equal(stale, 0);
  });

  it('a verdict of the daemon, which is given again', async () => {
    const r = rig();
    const { id } = await r.enqueuer.enqueue('a', {});
    const settleNow = r.store.settle.bind(r.store);
    let calls = 0;
    r.store.settle = async (verdicts) => (calls++ === 0 ? [] : settleNow(verdicts));
    const stop = new AbortController();
    const running = r.orchestrator.run({ signal: stop.signal });
    await settle();
    await r.clock.advance(1_000);
    await settle();
    assert.ok(isBroken(r.named('labourer.failed')[0]?.error));
    assert.equal((await r.store.find({ labourer: 'a', id }))?.state, 'completed');
    stop.abort();
    await running;
  });
});

describe('an invoker that answers what no invoker may', () => {
  for (const [what, delivery] of [
    ['nothing', undefined],
    ['a kind that there is not', { kind: 'queued' }],
    ['finished without a report', { kind: 'finished' }],
  ] as const) {
    it(`${what}: the attempt is unknown, and left to its lease`, async () => {
      const r = rig({ play: () => delivery as never as Delivery });
      const { id } = await r.enqueuer.enqueue('a', {});
      assert.equal((await r.orchestrator.tick()).labourers[0]?.unknown, 1);
      assert.equal(r.named('task.unknown').length, 1);
      assert.equal((await r.store.find({ labourer: 'a', id }))?.state, 'running');
    });
  }

  it('does not end the daemon', async () => {
    const r = rig({ play: ({ id }) => (id === 'bad' ? ({ kind: 'queued' } as never) : done) });
    await r.enqueuer.enqueue('a', {}, { id: 'bad' });
    await r.enqueuer.enqueue('a', {}, { id: 'good' });
    const stop = new AbortController();
    const running = r.orchestrator.run({ signal: stop.signal });
    await settle();
    assert.equal((await r.store.find({ labourer: 'a', id: 'good' }))?.state, 'completed');
    stop.abort();
    await running;
  });
});

describe('a result that is longer than the store can keep', () => {
  const tooLong = new ReeveError({ kind: 'input', code: 'PAYLOAD_TOO_LARGE', message: 'result: 500000 bytes' });
  const open = () => {
    const r = rig({ labourers: { a: { maxSimultaneousInvocations: 10 } }, play: ({ id }) => (id === 'long' ? long : done) });
    const check = (verdicts: readonly Verdict[]): void => {
      if (verdicts.some((each) => each.kind === 'completed' && each.result !== undefined)) throw tooLong;
    };
    const honest = { settle: r.store.settle.bind(r.store), exchange: r.store.exchange.bind(r.store) };
    r.store.settle = async (verdicts) => {
      check(verdicts);
      return honest.settle(verdicts);
    };
    r.store.exchange = async (verdicts, request) => {
      check(verdicts);
      return honest.exchange(verdicts, request);
    };
    return r;
  };
  const long: Delivery = { kind: 'finished', report: { kind: 'done', result: '"long"' as never } };
  const ids = ['1', 'long', '2'];

  it('is dead and says why; those beside it are completed, in the daemon', async () => {
    const r = open();
    await r.enqueuer.enqueueMany(
      'a',
      ids.map((id) => ({ id, payload: {} })),
    );
    const stop = new AbortController();
    const running = r.orchestrator.run({ signal: stop.signal });
    await settle();
    await r.clock.advance(1_000);
    await settle();
    const tasks = await Promise.all(ids.map((id) => r.store.find({ labourer: 'a', id })));
    assert.deepEqual(
      tasks.map((each) => each?.state),
      ['completed', 'dead', 'completed'],
    );
    assert.match(tasks[1]?.state === 'dead' ? tasks[1].error : '', /could not be kept.*500000 bytes/);
    stop.abort();
    await running;
  });

  it('and in a tick', async () => {
    const r = open();
    await r.enqueuer.enqueueMany(
      'a',
      ids.map((id) => ({ id, payload: {} })),
    );
    const tick = r.orchestrator.tick();
    await settle();
    await r.clock.advance(60_000);
    assert.equal((await tick).labourers[0]?.error, undefined);
    const tasks = await Promise.all(ids.map((id) => r.store.find({ labourer: 'a', id })));
    assert.deepEqual(
      tasks.map((each) => each?.state),
      ['completed', 'dead', 'completed'],
    );
  });

  it('is refused to the worker that reports it, and to no other', async () => {
    const r = open();
    await r.enqueuer.enqueueMany(
      'a',
      ids.map((id) => ({ id, payload: {} })),
    );
    const { leases } = await r.store.claim({ labourer: 'a', token: 't', cap: 9, limit: 9, lease: 1_000 });
    const assistant = new Assistant({ ...r, reader: r.store });
    const reports = await Promise.allSettled(leases.map((each) => assistant.done(each, each.id === 'long' ? { result: 'long' } : {})));
    assert.deepEqual(
      reports.map((each) => (each.status === 'fulfilled' ? each.value : (each.reason as ReeveError).code)),
      ['applied', 'PAYLOAD_TOO_LARGE', 'applied'],
    );
  });
});
