import assert from 'node:assert/strict';
import type { Delivery } from '@reeve/core';
import { describe, it } from 'vitest';
import { done, gate, rig, settle } from './rig.ts';

describe('a daemon sleeps', () => {
  it('while the store takes its time over a verdict and another task falls due meanwhile', async () => {
    const work = gate<Delivery>();
    const r = rig({ play: () => work.passed });
    await r.enqueuer.enqueue('a', {});
    await r.enqueuer.enqueue('a', {}, { delay: 1_000 });
    const stop = new AbortController();
    const running = r.orchestrator.run({ signal: stop.signal, pollEvery: 1_000_000 });
    await settle(); // one is at work, and it is known when the other falls due
    const answer = gate();
    const verdict = r.store.settle.bind(r.store);
    r.store.settle = async (verdicts) => {
      await answer.passed;
      return verdict(verdicts);
    };
    work.open(done);
    await settle();
    let sleeps = 0;
    const sleep = r.clock.sleep.bind(r.clock);
    r.clock.sleep = (wait, signal) => {
      sleeps += 1;
      assert.ok(sleeps < 100, 'it wakes again and again for nothing');
      return sleep(wait, signal);
    };
    await r.clock.advance(1_500);
    await settle();
    answer.open();
    await settle();
    assert.equal((await r.store.census(['a']))[0]?.due, 0);
    stop.abort();
    await running;
  });
});
