import assert from 'node:assert/strict';
import { type Delivery, InProcessInvoker, type TaskContext } from '@reeve/core';
import { describe, it } from 'vitest';
import { counted, done, gate, rig, settle } from './rig.ts';

const never = <T>(): Promise<T> => new Promise<T>(() => {});

const daemon = (r: ReturnType<typeof rig>, drain = 1_000, grace = 500) => {
  const stop = new AbortController();
  let over = false;
  const running = r.orchestrator.run({ signal: stop.signal, drain, grace }).finally(() => {
    over = true;
  });
  return { stop: () => stop.abort(), running, isOver: () => over };
};

describe('a daemon that is stopped ends', () => {
  it.each(['claim', 'labourersWithDue'] as const)('though the store never answers `%s`', async (verb) => {
    const r = rig();
    r.store[verb] = () => never<never>();
    const d = daemon(r);
    await settle();
    await r.clock.advance(1_000); // the poll has asked
    d.stop();
    await settle();
    await r.clock.advance(1_500);
    await settle();
    assert.equal(d.isOver(), true);
    await d.running;
    assert.equal(r.clock.sleeping, 0, 'a timer that is left holds the process open');
  });

  it('though a verdict never gets through', async () => {
    const r = rig();
    await r.enqueuer.enqueue('a', {});
    r.store.exchange = async () => Promise.reject(new Error('ECONNRESET'));
    r.store.settle = async () => Promise.reject(new Error('ECONNRESET'));
    const d = daemon(r);
    await settle();
    d.stop();
    await settle();
    await r.clock.advance(1_500);
    await settle();
    await d.running;
  });

  it('at once where nothing is under way, even in the pause after a failure', async () => {
    const r = rig();
    r.store.claim = async () => Promise.reject(new Error('ECONNREFUSED'));
    const d = daemon(r, 60_000, 60_000);
    await settle();
    assert.ok(r.named('labourer.failed').length > 0);
    d.stop();
    await settle();
    assert.equal(d.isOver(), true);
    await d.running;
  });

  it('and leaves nothing that waits behind, though a worker never ends', async () => {
    const r = rig({ play: () => never() });
    await r.enqueuer.enqueue('a', {});
    const d = daemon(r);
    await settle();
    d.stop();
    await settle();
    await r.clock.advance(1_500);
    await d.running;
    await settle();
    assert.equal(r.clock.sleeping, 0, 'a timer that is left holds the process open');
    assert.equal(r.named('task.unknown').length, 1);
  });

  it('and leaves nothing that waits behind, though a lease that waited for its turn cannot be renewed', async () => {
    const first = gate<Delivery>();
    const r = rig({
      labourers: { a: { maxSimultaneousInvocations: 2, lease: { cooldown: 1_000 } } },
      parallelism: 1,
      play: () => first.passed,
    });
    await r.enqueuer.enqueueMany('a', [{ payload: 1 }, { payload: 2 }]);
    r.store.renew = () => never();
    const d = daemon(r);
    await settle();
    await r.clock.advance(1_001);
    first.open(done); // the turn of the second, which has to be renewed first
    await settle();
    d.stop();
    await settle();
    await r.clock.advance(1_500);
    await d.running;
    await settle();
    assert.equal(r.clock.sleeping, 0, 'a timer that is left holds the process open');
  });

  it('and interrupts no work of a tick that goes on beside it', async () => {
    const slow = gate<Delivery>();
    let interrupted = false;
    const r = rig({
      play: (_, { signal }) => {
        signal.addEventListener('abort', () => {
          interrupted = true;
        });
        return slow.passed;
      },
    });
    await r.enqueuer.enqueue('a', {});
    const tick = r.orchestrator.tick();
    await settle();
    const d = daemon(r);
    r.store.claim = () => never();
    await settle();
    d.stop();
    await settle();
    await r.clock.advance(1_500);
    await d.running;
    assert.equal(interrupted, false);
    slow.open(done);
    assert.equal((await tick).labourers[0]?.finished, 1);
  });
});

describe('a tick leaves nothing that waits behind', () => {
  it('though the worker did not wait for its last heartbeat', async () => {
    const answer = gate();
    const beats: Promise<boolean>[] = [];
    const r = rig({
      parts: {
        invoker: new InProcessInvoker({
          handlers: {
            a: (_, context: TaskContext) => {
              assert.equal(context.signal.aborted, false);
              beats.push(context.heartbeat());
            },
          },
        }),
      },
    });
    const renew = r.store.renew.bind(r.store);
    r.store.renew = async (renewals) => {
      const answers = await renew(renewals);
      await answer.passed; // on the way back while the worker returns
      return answers;
    };
    await r.enqueuer.enqueue('a', {});
    await r.orchestrator.tick();
    answer.open();
    await Promise.all(beats);
    await settle();
    assert.equal(r.clock.sleeping, 0);
  });

  it('and a heartbeat after the end is answered no, without asking the store', async () => {
    let late: () => Promise<boolean> = async () => true;
    const r = rig({
      play: (_, context) =>
        counted(() => {
          late = () => context.heartbeat();
        }, done),
    });
    await r.enqueuer.enqueue('a', {});
    await r.orchestrator.tick();
    r.store.renew = async () => assert.fail('the attempt is over');
    assert.equal(await late(), false);
  });
});

describe('a scavenger that is stopped ends', () => {
  it('though the store never answers', async () => {
    const r = rig();
    r.store.expired = () => never();
    const stop = new AbortController();
    let over = false;
    const running = r.scavenger.run({ signal: stop.signal, every: 1_000, grace: 500 }).finally(() => {
      over = true;
    });
    await settle();
    stop.abort();
    await settle();
    assert.equal(over, false, 'a sweep under way is let finish');
    await r.clock.advance(500);
    await settle();
    assert.equal(over, true);
    await running;
    await settle();
    assert.equal(r.clock.sleeping, 0, 'a timer that is left holds the process open');
  });
});
