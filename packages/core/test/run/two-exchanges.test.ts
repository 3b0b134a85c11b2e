import assert from 'node:assert/strict';
import type { ClaimAnswer, ClaimRequest, Delivery, JsonText, TaskStore } from '@reeve/core';
import { describe, it } from 'vitest';
import { done, gate, rig, settle } from './rig.ts';

const CAP = 20;
const items = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `${n}`, payload: {} }));

/** A call as the store hears it, and what it may be held up with. */
type Hold = (call: number) => { readonly before?: Promise<void>; readonly after?: Promise<void> };

/** The memory store, as one that does best with two exchanges at once; it notes what it is asked. */
const twoAtOnce = (inner: TaskStore, hold: Hold = () => ({}), leastPerExchange?: number) => {
  const seen = { most: 0, limits: [] as number[], short: 0 };
  let calls = 0;
  let underWay = 0;
  const watch = async <T extends ClaimAnswer>(request: ClaimRequest, ask: () => Promise<T>): Promise<T> => {
    calls += 1;
    const { before, after } = hold(calls);
    underWay += 1;
    seen.most = Math.max(seen.most, underWay);
    seen.limits.push(request.limit);
    await before;
    await new Promise<void>((resolve) => setImmediate(resolve)); // the way there
    const answer = await ask();
    if (answer.leases.length < request.limit) seen.short += 1;
    await new Promise<void>((resolve) => setImmediate(resolve)); // and back
    await after;
    underWay -= 1;
    return answer;
  };
  const store: TaskStore = {
    capabilities: { ...inner.capabilities, exchangesAtOnce: 2, ...(leastPerExchange !== undefined && { leastPerExchange }) },
    enqueue: (tasks) => inner.enqueue(tasks),
    labourersWithDue: (labourers) => inner.labourersWithDue(labourers),
    claim: (request) => watch(request, () => inner.claim(request)),
    exchange: (verdicts, request) => watch(request, () => inner.exchange(verdicts, request)),
    settle: (verdicts) => inner.settle(verdicts),
    renew: (renewals) => inner.renew(renewals),
    expired: (labourers, limit) => inner.expired(labourers, limit),
    reap: (verdicts) => inner.reap(verdicts),
    maintain: (labourers) => inner.maintain(labourers),
  };
  return { store, seen };
};

interface Opening {
  readonly cap?: number;
  readonly hold?: Hold;
  readonly leastPerExchange?: number;
}

const open = (play: () => Promise<Delivery>, { cap = CAP, hold, leastPerExchange }: Opening = {}) => {
  const labourers = { a: { maxSimultaneousInvocations: cap } };
  const inner = rig({ labourers });
  const { store, seen } = twoAtOnce(inner.store, hold, leastPerExchange);
  const r = rig({ labourers, play, parts: { store, clock: inner.clock } });
  const stop = new AbortController();
  return {
    seen,
    store: inner.store,
    run: () => {
      const running = r.orchestrator.run({ signal: stop.signal });
      return async () => {
        stop.abort();
        await running;
      };
    },
  };
};

const enqueue = (store: TaskStore, count: number) =>
  store.enqueue(items(count).map(({ id }) => ({ labourer: 'a', id, payload: '{}' as JsonText })));

const finishing = () => {
  let running = 0;
  const seen = { most: 0, finished: 0 };
  const play = async (): Promise<Delivery> => {
    running += 1;
    seen.most = Math.max(seen.most, running);
    await new Promise<void>((resolve) => setImmediate(resolve));
    running -= 1;
    seen.finished += 1;
    return done;
  };
  return { seen, play };
};

describe('two exchanges at once', () => {
  it('take half of the cap each, and ask for no place that is held', async () => {
    const worker = finishing();
    const r = open(worker.play);
    await enqueue(r.store, 20 * CAP);
    const end = r.run();
    await settle(60); // not so long that the queue is empty
    const { most, limits, short } = r.seen;
    assert.ok(worker.seen.finished > 2 * CAP && worker.seen.finished < 19 * CAP, String(worker.seen.finished));
    assert.equal(most, 2);
    assert.ok(Math.max(...limits) <= CAP / 2, String(limits));
    assert.equal(short, 0); // one that asks for too much is answered with less
    await settle(1_000);
    assert.equal(worker.seen.finished, 20 * CAP);
    assert.ok(worker.seen.most <= CAP);
    await end();
  });

  it('are not for a small cap: each call costs the same, whatever it carries', async () => {
    const worker = finishing();
    const r = open(worker.play, { cap: 10 });
    await enqueue(r.store, 100);
    const end = r.run();
    await settle(400);
    assert.equal(worker.seen.finished, 100);
    assert.equal(r.seen.most, 1);
    await end();
  });

  it.each([
    { cap: 5, most: 1 }, // the half of 5 is less than 3
    { cap: 6, most: 2 },
  ])('are for a cap of $cap as the store says what the least of each is', async ({ cap, most }) => {
    const worker = finishing();
    const r = open(worker.play, { cap, leastPerExchange: 3 });
    await enqueue(r.store, 100);
    const end = r.run();
    await settle(400);
    assert.equal(worker.seen.finished, 100);
    assert.equal(r.seen.most, most);
    assert.ok(worker.seen.most <= cap);
    await end();
  });

  it('an older answer that there is nothing does not drown a newer one', async () => {
    const [first, second] = [gate(), gate()];
    let started = 0;
    const never = gate<Delivery>();
    const play = (): Promise<Delivery> => {
      started += 1;
      return never.passed;
    };
    const hold: Hold = (call) => (call === 1 ? { after: first.passed } : call === 2 ? { before: second.passed } : {});
    const r = open(play, { hold });
    const end = r.run();
    await settle(); // the first has found nothing, and its answer is on the way
    await enqueue(r.store, 3 * CAP); // nobody rings
    second.open();
    await settle();
    assert.equal(started, CAP / 2);
    first.open();
    await settle();
    assert.equal(started, CAP);
    never.open(done);
    await end();
  });

  it('end together when the daemon stops', async () => {
    const held = gate();
    let started = 0;
    const r = open(
      async () => {
        started += 1;
        return done;
      },
      { hold: (call) => (call <= 2 ? { after: held.passed } : {}) },
    );
    await enqueue(r.store, CAP);
    const end = r.run();
    await settle();
    const ended = end();
    held.open();
    await ended;
    assert.equal(started, 0);
    const [census] = await r.store.census(['a']);
    assert.deepEqual({ due: census?.due, running: census?.running }, { due: CAP, running: 0 });
  });
});
