import assert from 'node:assert/strict';
import {
  type Adaptive,
  AdaptiveEcology,
  type Delivery,
  Doorbell,
  defineLabourers,
  Enqueuer,
  Events,
  type Labourer,
  MemoryTaskStore,
  Orchestrator,
  OutcomeBook,
} from '@reeve/core';
import { CountingChance, ManualClock } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { invokerOf, settle } from './rig.ts';

const adaptive: Adaptive = { kind: 'aimd', floor: 1, ceiling: 40, initial: 4, window: 5_000 };
const [plain] = defineLabourers({ a: { maxSimultaneousInvocations: 40 } }) as readonly [Labourer];
const labourer: Labourer = { ...plain, maxAttempts: 1_000, health: { ...plain.health, adaptive } };

/** A system that takes sixteen starts in a second, which is eight at once, and fails what is beyond; and processes that share it. */
const shared = (processes: number) => {
  const clock = new ManualClock();
  const store = new MemoryTaskStore({ clock });
  const now = { done: 0, failed: 0 };
  let [tokens, filledAt] = [8, clock.now()];
  const serve = async (): Promise<Delivery> => {
    tokens = Math.min(8, tokens + ((clock.now() - filledAt) * 16) / 1_000);
    filledAt = clock.now();
    const isTooMuch = tokens < 1;
    if (!isTooMuch) tokens -= 1;
    await clock.sleep(500);
    now.failed += isTooMuch ? 1 : 0;
    if (isTooMuch) return { kind: 'finished', report: { kind: 'failed', error: 'too many' } };
    now.done += 1;
    return { kind: 'finished', report: { kind: 'done' } };
  };
  const stop = new AbortController();
  const limits: number[] = [];
  const own = Array.from({ length: processes }, (_, n) => {
    const numbers = new CountingChance(n + 1);
    const chance = { id: () => `${n}-${numbers.id()}`, random: () => numbers.random() };
    const parts = { labourers: [labourer], store, clock, chance, events: new Events(), doorbell: new Doorbell() };
    const book = new OutcomeBook({ ...parts, register: store, reader: store });
    if (n === 0) parts.events.on('limit.changed', ({ to }) => limits.push(to));
    const ecology = [new AdaptiveEcology({ ...parts, book })];
    const orchestrator = new Orchestrator({ ...parts, invoker: invokerOf(serve), ecology });
    return { book, enqueuer: new Enqueuer(parts), served: orchestrator.run({ signal: stop.signal, drain: 1, grace: 1 }) };
  });
  return { clock, store, now, own, limits, stop };
};

describe('daemons that share a system', () => {
  it('find out together how many it bears, and keep to it', { timeout: 60_000 }, async () => {
    const { clock, now, own, limits, stop } = shared(2);
    await own[0]?.enqueuer.enqueueMany(
      'a',
      Array.from({ length: 4_000 }, () => ({ payload: {} })),
    );
    const half = { done: 0, failed: 0 };
    for (let second = 0; second < 240; second += 1) {
      if (second === 120) Object.assign(half, now);
      await clock.advance(1_000);
      await settle(4);
    }
    const [done, failed] = [now.done - half.done, now.failed - half.failed];
    assert.ok(failed <= 0.05 * done, `${failed} failed and ${done} did not; limits ${limits.join()}`);
    assert.ok(done > 0.75 * 16 * 120, `${done} of ${16 * 120}; limits ${limits.join()}`);
    assert.ok(Math.max(...limits) > 4, 'it began with four');
    stop.abort();
    await clock.advance(60_000);
    await Promise.all(own.map(({ served }) => served));
  });
});
