import assert from 'node:assert/strict';
import { type JsonText, Scavenger } from '@reeve/core';
import { describe, it } from 'vitest';
import { rig, settle } from './rig.ts';

const labourers = {
  a: { maxSimultaneousInvocations: 10, maxAttempts: 2, lease: { duration: 800, cooldown: 200 }, retry: { kind: 'linear', step: 100 } },
} as const;

const started = async (r: ReturnType<typeof rig>, ids: readonly string[]) => {
  await r.store.enqueue(ids.map((id) => ({ labourer: 'a', id, payload: '{}' as JsonText })));
  return (await r.store.claim({ labourer: 'a', token: r.chance.id(), cap: 100, limit: 100, lease: 1_000 })).leases;
};

describe('sweep', () => {
  it('queues an expired attempt again by the policy, and buries it after its last', async () => {
    const r = rig({ labourers });
    await started(r, ['1']);
    await r.clock.advance(999);
    assert.equal((await r.scavenger.sweep()).expired, 0);
    await r.clock.advance(1);
    const first = await r.scavenger.sweep();
    assert.deepEqual({ expired: first.expired, retried: first.retried, dead: first.dead }, { expired: 1, retried: 1, dead: 0 });
    await r.clock.advance(100);
    await started(r, []);
    await r.clock.advance(1_000);
    assert.equal((await r.scavenger.sweep()).dead, 1);
    const task = await r.store.find({ labourer: 'a', id: '1' });
    assert.match(task?.state === 'dead' ? task.error : '', /attempt 2 was not reported on within its lease of 1000 ms/);
    assert.equal(r.named('task.dead').length, 1);
  });

  it('leaves alone what was renewed or settled between its reading and its verdict', async () => {
    const r = rig({ labourers });
    const [one, two] = await started(r, ['1', '2']);
    assert.ok(one && two);
    await r.clock.advance(1_000);
    const expired = r.store.expired.bind(r.store);
    r.store.expired = async (...args) => {
      const leases = await expired(...args);
      await r.store.settle([{ ...one, kind: 'completed' }]);
      return leases;
    };
    const report = await r.scavenger.sweep();
    assert.deepEqual({ retried: report.retried, stale: report.stale }, { retried: 1, stale: 1 });
    assert.equal((await r.store.find({ labourer: 'a', id: '1' }))?.state, 'completed');
  });

  it('is bounded, and says that there is more', async () => {
    const r = rig({ labourers });
    await started(
      r,
      Array.from({ length: 7 }, (_, n) => String(n)),
    );
    await r.clock.advance(1_000);
    const scavenger = new Scavenger({ ...r, page: 2, mostPages: 2 });
    const first = await scavenger.sweep();
    assert.deepEqual({ retried: first.retried, more: first.more }, { retried: 4, more: true });
    const second = await scavenger.sweep();
    assert.deepEqual({ retried: second.retried, more: second.more }, { retried: 3, more: false });
  });

  it('answers what failed and does the rest', async () => {
    const r = rig({ labourers });
    r.store.expired = async () => {
      throw new Error('no index');
    };
    const report = await r.scavenger.sweep();
    assert.match(String(report.errors[0]), /no index/);
    assert.deepEqual(report.maintained, { purged: 0 });
  });

  it('frees the place for a daemon that waits', async () => {
    const r = rig({ labourers: { a: { ...labourers.a, maxSimultaneousInvocations: 1, retry: { kind: 'linear', step: 0 } } } });
    await started(r, ['1']);
    const rung: string[] = [];
    r.doorbell.onRing((labourer) => rung.push(labourer));
    await r.clock.advance(1_000);
    await r.scavenger.sweep();
    assert.deepEqual(rung, ['a']);
  });

  it('runs at intervals until it is stopped, and slows down while the store is lost', async () => {
    const r = rig({ labourers });
    let sweeps = 0;
    r.store.maintain = async () => {
      sweeps += 1;
      throw new Error('down');
    };
    const stop = new AbortController();
    const running = r.scavenger.run({ signal: stop.signal, every: 1_000 });
    for (let n = 0; n < 60; n += 1) {
      await settle(2);
      await r.clock.advance(1_000);
    }
    assert.ok(sweeps >= 8 && sweeps <= 40, `${sweeps} sweeps in a minute`);
    stop.abort();
    await running;
  });
});
