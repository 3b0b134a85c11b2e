import assert from 'node:assert/strict';
import { Assistant, type LabourerDefinition } from '@reeve/core';
import { describe, it } from 'vitest';
import { rig } from './rig.ts';

const labourers: Readonly<Record<string, LabourerDefinition>> = {
  a: {
    maxSimultaneousInvocations: 2,
    lease: { duration: 1_000, cooldown: 0 },
    retry: () => {
      throw new Error('no idea');
    },
  },
};
const refused = (r: ReturnType<typeof rig>) => {
  const told: unknown[] = [];
  r.events.on('retry.failed', ({ id, error }) => told.push([id, (error as Error).message]));
  return told;
};

describe('a retry function that throws', () => {
  it('stops no loop: the default policy counts, and an event tells', async () => {
    const r = rig({ labourers, play: () => ({ kind: 'finished', report: { kind: 'failed', error: 'x' } }) });
    const told = refused(r);
    await r.enqueuer.enqueueMany('a', [
      { id: '1', payload: 1 },
      { id: '2', payload: 2 },
    ]);
    await r.orchestrator.tick();
    assert.deepEqual(told, [
      ['1', 'no idea'],
      ['2', 'no idea'],
    ]);
    assert.equal(r.named('task.retried').length, 2);
  });

  it('nor the Assistant, nor the Scavenger', async () => {
    const r = rig({ labourers, play: () => ({ kind: 'accepted' }) });
    const told = refused(r);
    await r.enqueuer.enqueueMany('a', [
      { id: 'reported', payload: 1 },
      { id: 'silent', payload: 2 },
    ]);
    await r.orchestrator.tick();
    const running = await r.store.find({ labourer: 'a', id: 'reported' });
    assert.ok(running?.state === 'running');
    await new Assistant({ ...r, reader: r.store }).failed({ labourer: 'a', id: 'reported', token: running.token }, { error: 'x' });
    await r.clock.advance(1_001);
    assert.equal((await r.scavenger.sweep()).retried, 1);
    assert.deepEqual(told, [
      ['reported', 'no idea'],
      ['silent', 'no idea'],
    ]);
  });
});

describe('a lease that ran out', () => {
  it('has a name that rules can be made for', async () => {
    const retry = { kind: 'fixed', wait: 1, on: [{ match: 'LeaseExpired', policy: 'dead' }] } as const;
    const r = rig({ labourers: { a: { ...labourers['a'], maxSimultaneousInvocations: 1, retry } }, play: () => ({ kind: 'accepted' }) });
    await r.enqueuer.enqueue('a', 1, { id: '1' });
    await r.orchestrator.tick();
    await r.clock.advance(1_001);
    assert.equal((await r.scavenger.sweep()).dead, 1);
  });
});
