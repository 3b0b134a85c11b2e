import assert from 'node:assert/strict';
import { type EventName, refOf } from '@reeve/core';
import { describe, it } from 'vitest';
import { accepted, done, rig, settle } from './rig.ts';

const failed = { kind: 'finished', report: { kind: 'failed', error: 'stopped' } } as const;

const NAMES = ['attempt.ended', 'attempt.done', 'attempt.expired', 'attempt.refused'] as const satisfies readonly EventName[];

/** What is told of attempts, in its order. */
const listening = (own: ReturnType<typeof rig>): string[] => {
  const told: string[] = [];
  for (const name of NAMES)
    own.events.on(name, (event) =>
      told.push('failed' in event ? `${name} ${event.failed ? 'badly' : 'well'}` : 'took' in event ? `${name} ${event.took}` : name),
    );
  return told;
};

describe('events of attempts', () => {
  it('tell how long the work took, and how it ended', async () => {
    const own = rig({
      play: async () => {
        await own.clock.advance(120);
        return done;
      },
    });
    const told = listening(own);
    await own.enqueuer.enqueue('a', {});
    await own.orchestrator.tick();
    assert.deepEqual(told, ['attempt.done 120', 'attempt.ended well']);
  });

  it('tell of failures, whether or not they are tried again', async () => {
    const own = rig({ play: () => ({ kind: 'finished', report: { kind: 'failed', error: 'no', retryable: false } }) });
    const told = listening(own);
    await own.enqueuer.enqueue('a', {});
    await own.orchestrator.tick();
    assert.deepEqual(told, ['attempt.ended badly']);
  });

  it('tell of each refusal', async () => {
    const own = rig({ play: () => ({ kind: 'refused', reason: 'throttled' }), parallelism: 1 });
    const told = listening(own);
    await own.enqueuer.enqueueMany('a', [{ payload: {} }, { payload: {} }]);
    await own.orchestrator.tick();
    assert.deepEqual(told, ['attempt.refused']); // the other was not tried
  });

  it('tell of a lease that ran out, once, whoever sweeps', async () => {
    const own = rig({ play: () => accepted });
    const told = listening(own);
    await own.enqueuer.enqueue('a', {});
    await own.orchestrator.tick();
    await own.clock.advance(3_600_000);
    await Promise.all([own.scavenger.sweep(), own.scavenger.sweep()]);
    assert.deepEqual(told, ['attempt.expired', 'attempt.ended badly']);
  });

  it('do not count what was stopped with its process', async () => {
    const own = rig({
      play: (_, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(failed), { once: true })),
    });
    const told = listening(own);
    await own.enqueuer.enqueue('a', {});
    const stop = new AbortController();
    const served = own.orchestrator.run({ signal: stop.signal, drain: 1_000, grace: 1_000 });
    await settle();
    stop.abort();
    await own.clock.advance(1_000);
    await settle();
    await own.clock.advance(1_000);
    await served;
    assert.equal(own.named('task.retried')[0]?.error, 'interrupted: the process was stopping');
    assert.deepEqual(told, []);
  });

  it('say nothing of what an operator buries, nor of what is given back', async () => {
    const own = rig();
    const told = listening(own);
    await own.enqueuer.enqueue('a', {}, { id: 't' });
    const { leases } = await own.store.claim({ labourer: 'a', token: 'x', cap: 1, limit: 1, lease: 60_000 });
    const [lease] = leases;
    assert.ok(lease);
    await own.store.settle([{ ...refOf(lease), kind: 'released' }]);
    await own.foreman.bury([{ labourer: 'a', id: 't', error: 'enough' }]);
    assert.equal(own.named('task.dead').length, 1);
    assert.deepEqual(told, []);
  });
});
