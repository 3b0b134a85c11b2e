import assert from 'node:assert/strict';
import { type Delivery, StaticEcology } from '@reeve/core';
import { describe, it } from 'vitest';
import { accepted, counted, done, gate, rig, settle } from './rig.ts';

const reportOf = async (r: ReturnType<typeof rig>, labourer = 'a') => {
  const report = (await r.orchestrator.tick()).labourers.find((each) => each.labourer === labourer);
  assert.ok(report);
  return report;
};

describe('tick', () => {
  it('starts as many as the cap allows, in their order, and says so', async () => {
    const started: string[] = [];
    const r = rig({ play: ({ id }) => counted(() => started.push(id), accepted) });
    await r.enqueuer.enqueueMany(
      'a',
      ['1', '2', '3'].map((id) => ({ id, payload: {} })),
    );
    const report = await reportOf(r);
    assert.deepEqual(started, ['1', '2']);
    assert.deepEqual(
      { cap: report.cap, claimed: report.claimed, accepted: report.accepted, error: report.error },
      { cap: 2, claimed: 2, accepted: 2, error: undefined },
    );
    assert.equal((await reportOf(r)).claimed, 0, 'both places are held until the workers report');
  });

  it("makes a worker's result the verdict, with the result kept", async () => {
    const r = rig({ play: () => ({ kind: 'finished', report: { kind: 'done', result: '{"n":1.0}' as never } }) });
    const { id } = await r.enqueuer.enqueue('a', {});
    const report = await reportOf(r);
    assert.equal(report.finished, 1);
    const task = await r.store.find({ labourer: 'a', id });
    assert.equal(task?.state === 'completed' && task.result, '{"n":1.0}');
  });

  it("retries what failed by the labourer's policy, and buries it after its attempts", async () => {
    const r = rig({
      labourers: { a: { maxSimultaneousInvocations: 1, maxAttempts: 2, retry: { kind: 'linear', step: 100 } } },
      play: () => ({ kind: 'finished', report: { kind: 'failed', error: 'boom' } }),
    });
    const { id } = await r.enqueuer.enqueue('a', {});
    await reportOf(r);
    assert.equal((await r.store.find({ labourer: 'a', id }))?.state, 'queued');
    assert.equal((await reportOf(r)).claimed, 0, 'not before the wait is over');
    await r.clock.advance(100);
    await reportOf(r);
    const task = await r.store.find({ labourer: 'a', id });
    assert.equal(task?.state === 'dead' && task.error, 'boom');
    assert.equal(r.named('task.retried').length, 1);
    assert.equal(r.named('task.dead').length, 1);
  });

  it('gives back what was refused with its attempt, and leaves the labourer alone for a while', async () => {
    let refuse = true;
    const tried: string[] = [];
    const r = rig({
      labourers: { a: { maxSimultaneousInvocations: 3 } },
      parallelism: 1,
      play: ({ id }): Delivery =>
        counted(() => tried.push(id), refuse ? { kind: 'refused', reason: 'throttled', retryAfter: 5_000 } : done),
    });
    await r.enqueuer.enqueueMany(
      'a',
      ['1', '2', '3'].map((id) => ({ id, payload: {} })),
    );
    const first = await reportOf(r);
    assert.deepEqual({ claimed: first.claimed, refused: first.refused }, { claimed: 2, refused: 2 });
    assert.deepEqual(tried, ['1'], 'after a refusal the rest is not tried');
    const [census] = await r.store.census(['a']);
    assert.deepEqual({ due: census?.due, running: census?.running }, { due: 3, running: 0 });
    refuse = false;
    assert.equal((await reportOf(r)).heldUntil, r.clock.now() + 5_000);
    await r.clock.advance(5_000);
    assert.equal((await reportOf(r)).finished, 3);
    const task = await r.store.find({ labourer: 'a', id: '1' });
    assert.equal(task?.attempts, 1, 'a refused attempt is not counted');
  });

  it('leaves what is unknown to its lease', async () => {
    const r = rig({
      play: () => {
        throw new Error('socket hang up');
      },
    });
    const { id } = await r.enqueuer.enqueue('a', {});
    assert.equal((await reportOf(r)).unknown, 1);
    assert.equal((await r.store.find({ labourer: 'a', id }))?.state, 'running');
    assert.equal((await reportOf(r)).claimed, 0);
  });

  it("serves the others when one labourer's store calls fail", async () => {
    const r = rig({ labourers: { a: { maxSimultaneousInvocations: 1 }, b: { maxSimultaneousInvocations: 1 } } });
    await r.enqueuer.enqueue('a', {});
    await r.enqueuer.enqueue('b', {});
    const claim = r.store.claim.bind(r.store);
    r.store.claim = async (request) => {
      if (request.labourer === 'a') throw new Error('no such table');
      return claim(request);
    };
    const { labourers } = await r.orchestrator.tick();
    assert.match(String(labourers[0]?.error), /no such table/);
    assert.equal(labourers[1]?.finished, 1);
    assert.equal(r.named('labourer.failed')[0]?.labourer, 'a');
  });

  it('serves labourers side by side: a slow one keeps no other waiting', async () => {
    const slow = gate<Delivery>();
    const finished: string[] = [];
    const r = rig({
      labourers: { slow: { maxSimultaneousInvocations: 1 }, quick: { maxSimultaneousInvocations: 1 } },
      play: async (lease) => {
        const delivery = lease.labourer === 'slow' ? await slow.passed : done;
        finished.push(lease.labourer);
        return delivery;
      },
    });
    await r.enqueuer.enqueue('slow', {});
    await r.enqueuer.enqueue('quick', {});
    const tick = r.orchestrator.tick();
    await settle();
    assert.deepEqual(finished, ['quick']);
    slow.open(done);
    await tick;
    assert.deepEqual(finished, ['quick', 'slow']);
  });

  it('invokes no more at once than the invoker wants', async () => {
    let now = 0;
    let most = 0;
    const r = rig({
      labourers: { a: { maxSimultaneousInvocations: 10 } },
      parallelism: 3,
      play: async () => {
        most = Math.max(most, ++now);
        await settle(2);
        now -= 1;
        return done;
      },
    });
    await r.enqueuer.enqueueMany(
      'a',
      Array.from({ length: 10 }, (_, n) => ({ payload: n })),
    );
    assert.equal((await reportOf(r)).finished, 10);
    assert.equal(most, 3);
  });

  it('follows health: the cap shrinks, stops at 0, and the reason is told', async () => {
    const level: Record<string, 0 | 1 | 2 | 3 | 4> = { a: 0 };
    const r = rig({ labourers: { a: { maxSimultaneousInvocations: 4 } }, parts: { ecology: [new StaticEcology(level)] } });
    await r.enqueuer.enqueueMany(
      'a',
      Array.from({ length: 8 }, (_, n) => ({ payload: n })),
    );
    assert.deepEqual(await reportOf(r).then(({ cap, claimed }) => ({ cap, claimed })), { cap: 0, claimed: 0 });
    assert.match(r.named('labourer.resized')[0]?.explanation ?? '', /4 -> 0, health is set to 0/);
    level['a'] = 4;
    assert.deepEqual(await reportOf(r).then(({ cap, claimed }) => ({ cap, claimed })), { cap: 4, claimed: 4 });
  });

  it('gives a finished verdict again when the store loses one, and the work is not done twice', async () => {
    let runs = 0;
    const r = rig({ play: () => counted(() => runs++, done) });
    const { id } = await r.enqueuer.enqueue('a', {});
    const settleNow = r.store.settle.bind(r.store);
    let failures = 2;
    r.store.settle = async (verdicts) => {
      if (failures-- > 0) throw new Error('connection reset');
      return settleNow(verdicts);
    };
    const tick = r.orchestrator.tick();
    for (let n = 0; n < 10; n += 1) {
      await settle();
      await r.clock.advance(1_000);
    }
    assert.equal((await tick).labourers[0]?.error, undefined);
    assert.equal((await r.store.find({ labourer: 'a', id }))?.state, 'completed');
    assert.equal(runs, 1);
  });

  it('reports a verdict that the store never took, and the next tick goes on', async () => {
    const r = rig({ labourers: { a: { maxSimultaneousInvocations: 1, lease: { duration: 1_000, cooldown: 0 } } } });
    const { id } = await r.enqueuer.enqueue('a', {});
    r.store.settle = async () => {
      throw new Error('read only');
    };
    const tick = r.orchestrator.tick();
    for (let n = 0; n < 10; n += 1) {
      await settle();
      await r.clock.advance(1_000);
    }
    const [report] = (await tick).labourers;
    assert.match(String(report?.error), /read only/);
    assert.equal((await r.store.find({ labourer: 'a', id }))?.state, 'running', 'left to its lease');
  });

  it('asks nothing more of a labourer without due tasks', async () => {
    const r = rig();
    r.store.claim = async () => assert.fail('nothing is due');
    const report = await reportOf(r);
    assert.equal(report.idle, true);
  });
});
