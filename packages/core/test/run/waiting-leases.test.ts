import assert from 'node:assert/strict';
import { type Delivery, type Lease, leaseLength } from '@reeve/core';
import { describe, it } from 'vitest';
import { done, gate, rig, settle } from './rig.ts';

const lease = { duration: 10_000, cooldown: 2_000 };
const labourers = { a: { maxSimultaneousInvocations: 2, lease } };
const items = ['1', '2'].map((id) => ({ id, payload: {} }));

/** One lane: the second task is claimed along with the first and waits for it. */
const open = (play: (lease: Lease) => Promise<Delivery>) => rig({ labourers, parallelism: 1, play });

const ways = {
  tick: (r: ReturnType<typeof rig>) => {
    const tick = r.orchestrator.tick();
    return async () => void (await tick);
  },
  run: (r: ReturnType<typeof rig>) => {
    const stop = new AbortController();
    const running = r.orchestrator.run({ signal: stop.signal, pollEvery: 1_000_000 });
    return async () => {
      stop.abort();
      await running;
    };
  },
};

describe.each(Object.entries(ways))('a lease that waited for a free lane, in %s', (_, start) => {
  it('has its whole length again when it starts late', async () => {
    const first = gate<Delivery>();
    const second = gate<Delivery>();
    const r = open(({ id }) => (id === '1' ? first.passed : second.passed));
    await r.enqueuer.enqueueMany('a', items);
    const end = start(r);
    await settle();
    await r.clock.advance(lease.cooldown + 1);
    first.open(done);
    await settle();
    const task = await r.store.find({ labourer: 'a', id: '2' });
    const [labourer] = r.labourers;
    assert.equal(task?.state === 'running' && task.deadline, r.clock.now() + leaseLength(labourer!));
    second.open(done);
    await settle();
    await end();
    assert.equal((await r.store.find({ labourer: 'a', id: '2' }))?.state, 'completed');
  });

  it('is not started once it is lost: another attempt may be running', async () => {
    const first = gate<Delivery>();
    const started: string[] = [];
    const r = open(({ id, attempt }) => {
      started.push(`${id}/${attempt}`);
      return id === '1' ? first.passed : Promise.resolve(done);
    });
    await r.enqueuer.enqueueMany('a', items);
    const end = start(r);
    await settle();
    await r.clock.advance(leaseLength(r.labourers[0]!) - 1);
    const [other] = await r.store.renew([]); // nothing: only to show that the store is well
    assert.equal(other, undefined);
    await r.clock.advance(1);
    await r.scavenger.sweep();
    first.open(done);
    await settle();
    assert.ok(!started.includes('2/1'), started.join(', '));
    await end();
  });

  it('costs no renewal when it starts in time', async () => {
    const r = open(async () => done);
    r.store.renew = async () => assert.fail('nothing waited');
    await r.enqueuer.enqueueMany('a', items);
    const end = start(r);
    await settle();
    await end();
    assert.equal((await r.store.find({ labourer: 'a', id: '2' }))?.state, 'completed');
  });
});

describe('a tick that claims in rounds', () => {
  it('tells what it started though a later round fails', async () => {
    const r = rig({ labourers: { a: { maxSimultaneousInvocations: 5, lease } }, parallelism: 1, play: () => done });
    const claim = r.store.claim.bind(r.store);
    let claims = 0;
    r.store.claim = async (request) => (claims++ === 0 ? claim(request) : Promise.reject(new Error('ECONNRESET')));
    await r.enqueuer.enqueueMany('a', [...items, { payload: {} }]);
    const [report] = (await r.orchestrator.tick()).labourers;
    assert.deepEqual([report?.claimed, report?.finished, String(report?.error)], [2, 2, 'Error: ECONNRESET']);
    assert.equal(r.named('labourer.failed').length, 1);
  });
});

describe('an invoker of few lanes', () => {
  it.each([0, -1, Number.NaN, 0.5])('that wants %d calls at once is given one', async (parallelism) => {
    const r = rig({ labourers, parallelism, play: () => done });
    await r.enqueuer.enqueueMany('a', items);
    assert.equal((await r.orchestrator.tick()).labourers[0]?.finished, 2);
  });

  const many = Array.from({ length: 20 }, (_, n) => ({ id: String(n), payload: {} }));
  const held = async (r: ReturnType<typeof rig>) => (await r.store.census(['a']))[0]?.running;

  it.each(Object.entries(ways))('is given no more than it can start soon, in %s: the rest is for others', async (_, start) => {
    const gates: (() => void)[] = [];
    const play = () => new Promise<Delivery>((resolve) => gates.push(() => resolve(done)));
    const r = rig({ labourers: { a: { ...labourers.a, maxSimultaneousInvocations: 20 } }, parallelism: 2, play });
    await r.enqueuer.enqueueMany('a', many);
    const end = start(r);
    await settle();
    assert.deepEqual([gates.length, await held(r)], [2, 4]);
    for (let n = 0; n < 20; n += 1) {
      gates[n]?.();
      await settle();
    }
    await end();
    const states = await Promise.all(many.map(async ({ id }) => (await r.store.find({ labourer: 'a', id }))?.state));
    assert.deepEqual(new Set(states), new Set(['completed']));
  });
});
