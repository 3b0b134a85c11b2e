import assert from 'node:assert/strict';
import type { AttemptRef, Verdict } from '@reeve/core';
import { assertOneApplied, assertRecord, count } from '../assertions.ts';
import type { StoreBench, StoreCase } from '../bench.ts';
import { eitherOf, RACERS } from '../crowd.ts';
import {
  aTask,
  claimed,
  completed,
  dead,
  expired,
  find,
  first,
  held,
  idOf,
  LEASE,
  labourer,
  other,
  pass,
  range,
  released,
  retry,
  settleOne,
} from '../given.ts';
import { holds } from '../holds.ts';

type Word = (attempt: AttemptRef) => Verdict;
const words: readonly Word[] = [
  (ref) => completed(ref, '"late"'),
  (ref) => retry(ref, 1_000, 'late'),
  (ref) => dead(ref, 'late'),
  (ref) => released(ref),
];

/** Nothing that this attempt may say, now or ever, changes the task. */
const assertPowerless = async (bench: StoreBench, ref: AttemptRef, n: number): Promise<void> => {
  const before = await find(bench, n);
  for (const say of words) {
    const verdict = say(ref);
    assert.equal(await settleOne(bench.store, verdict), 'stale', `${verdict.kind} of a foreign attempt`);
    assert.deepEqual(await bench.peer.settle([verdict]), ['stale']);
  }
  assert.deepEqual(await bench.store.renew([{ ...ref, lease: LEASE }]), [{ kind: 'stale' }]);
  assert.deepEqual(await bench.store.reap([retry(ref), dead(ref)]), ['stale', 'stale']);
  assert.deepEqual(await find(bench, n), before, 'a stale word changed the task');
};

export const settleFenceCases: readonly StoreCase[] = [
  holds('V1', 'a wrong token can do nothing to a running task', async (bench) => {
    const lease = first(await held(bench, 1));
    for (const token of ['', 'wrong', `${lease.token} `, lease.token.toUpperCase(), `${lease.token}0`, lease.token.slice(0, -1)]) {
      await assertPowerless(bench, { ...lease, token }, 0);
    }
    assert.equal(await settleOne(bench.peer, completed(lease)), 'applied');
  }),
  holds('V1', 'an attempt is of no use under another labourer', async (bench) => {
    const lease = first(await held(bench, 1));
    await assertPowerless(bench, { ...lease, labourer: other }, 0);
    assert.equal(await bench.store.find({ ...lease, labourer: other }), undefined);
    assert.equal(await settleOne(bench.store, completed(lease)), 'applied');
    assert.equal(await settleOne(bench.store, completed({ ...lease, labourer: other })), 'stale');
  }),
  holds('V1', 'an unknown id is stale, and comes into being through no word', async (bench) => {
    await assertPowerless(bench, { labourer, id: idOf(7), token: 'token' }, 7);
    assert.equal(await find(bench, 7), undefined);
    await bench.settled?.();
    assert.deepEqual(await bench.store.census([labourer]), [{ due: 0, waiting: 0, running: 0, expired: 0 }]);
    assert.deepEqual(await bench.store.enqueue([aTask(7)]), ['created']);
    assert.equal((await claimed(bench)).length, 1);
  }),
  holds('V1', 'a task that was never claimed takes no word', async (bench) => {
    await bench.store.enqueue([aTask(0)]);
    for (const token of ['', 'null', 'undefined', idOf(0)]) await assertPowerless(bench, { labourer, id: idOf(0), token }, 0);
  }),
  holds('V1', 'the current token decides after the deadline too, as long as nobody reaped', async (bench) => {
    const leases = await held(bench, 4);
    await pass(bench, 5 * LEASE);
    assert.equal((await expired(bench)).length, 4);
    for (const [n, say] of words.entries()) assert.equal(await settleOne(eitherOf(bench, n), say(leases[n]!)), 'applied');
    assert.deepEqual(await expired(bench), []);
    assertRecord(await find(bench, 0), { state: 'completed', result: '"late"' });
  }),
  holds('V1', 'after reaping and a new claim the old attempt can do nothing', async (bench) => {
    const old = first(await held(bench, 1));
    await pass(bench, LEASE);
    await bench.store.reap([retry(old)]);
    const current = first(await claimed(bench));
    assert.equal(current.attempt, 2);
    await assertPowerless(bench, old, 0);
    assert.equal(await settleOne(bench.store, completed(current)), 'applied');
    await assertPowerless(bench, old, 0);
  }),
  holds('V1', 'after a retry or a release and a new claim the old attempt can do nothing', async (bench) => {
    const back: readonly Word[] = [(ref) => retry(ref), (ref) => released(ref)];
    for (const [n, say] of back.entries()) {
      await bench.store.enqueue([aTask(n)]);
      const old = first(await claimed(bench));
      await bench.store.settle([say(old)]);
      const current = first(await claimed(bench));
      await assertPowerless(bench, old, n);
      assert.equal(await settleOne(bench.store, completed(current)), 'applied');
    }
  }),
  holds('V1', 'a claim gives each task a right of its own: the token of one is of no use for another', async (bench) => {
    const [a] = await held(bench, 1);
    await bench.store.enqueue([aTask(1)]);
    const b = first(await claimed(bench));
    await assertPowerless(bench, { ...b, token: a!.token }, 1);
    assert.equal(await settleOne(bench.store, completed(b)), 'applied');
  }),
  holds('V2', 'the first word wins: the same kind again is repeated, any other is stale', async (bench) => {
    const leases = await held(bench, words.length ** 2);
    for (const [n, lease] of leases.entries()) {
      const one = words[Math.floor(n / words.length)]!(lease);
      const two = words[n % words.length]!(lease);
      assert.equal(await settleOne(bench.store, one), 'applied');
      const before = await find(bench, n);
      await bench.clock.advance(1_000);
      assert.equal(await settleOne(bench.peer, two), one.kind === two.kind ? 'repeated' : 'stale', `${two.kind} after ${one.kind}`);
      assert.deepEqual(await find(bench, n), before, `${two.kind} after ${one.kind} changed the task`);
    }
  }),
  holds('V2', 'a repeated word keeps what the first one said', async (bench) => {
    const [a, b, c] = await held(bench, 3);
    await bench.store.settle([completed(a!, '"first"'), dead(b!, 'first'), retry(c!, 5_000, 'first')]);
    const due = bench.clock.now() + 5_000;
    await bench.clock.advance(2_000);
    assert.deepEqual(await bench.store.settle([completed(a!, '"second"'), dead(b!, 'second'), retry(c!, 9_000, 'second')]), [
      'repeated',
      'repeated',
      'repeated',
    ]);
    assertRecord(await find(bench, 0), { result: '"first"', endedAt: due - 5_000 });
    assertRecord(await find(bench, 1), { error: 'first' });
    assertRecord(await find(bench, 2), { lastError: 'first', due, attempts: 1 });
  }),
  holds('V2', 'one attempt twice in a call: the second is repeated, or stale if it says otherwise', async (bench) => {
    const [a, b] = await held(bench, 2);
    assert.deepEqual(await bench.store.settle([completed(a!), completed(a!), dead(b!), completed(b!)]), [
      'applied',
      'repeated',
      'applied',
      'stale',
    ]);
    assertRecord(await find(bench, 1), { state: 'dead' });
  }),
  holds('V2', 'of many completions racing over two connections one is applied, the others repeated', async (bench) => {
    const lease = first(await held(bench, 1));
    const answers = await Promise.all(range(RACERS).map((n) => eitherOf(bench, n).settle([completed(lease, String(n))])));
    const outcomes = answers.flat();
    assertOneApplied(outcomes, ['repeated']);
    assertRecord(await find(bench, 0), { result: String(outcomes.indexOf('applied')) });
  }),
  holds('V2', 'of racing words of all kinds exactly one is applied, and the task is what it says', async (bench) => {
    const state = { completed: 'completed', retry: 'queued', dead: 'dead', released: 'queued' };
    for (const n of range(6)) {
      await bench.store.enqueue([aTask(n)]);
      const lease = first(await claimed(bench));
      // A long wait, so that the next round's claim does not find the task of this one.
      const verdicts = [completed(lease), retry(lease, 3_600_000), dead(lease), released(lease, 3_600_000)];
      const outcomes = (await Promise.all(verdicts.map((each, m) => eitherOf(bench, m + n).settle([each])))).flat();
      assertOneApplied(outcomes, ['stale']);
      const winner = verdicts[outcomes.indexOf('applied')]!;
      assertRecord(await find(bench, n), { state: state[winner.kind], attempts: winner.kind === 'released' ? 0 : 1 });
    }
  }),
  holds('V2', 'batches that overlap and race apply each verdict once', async (bench) => {
    const leases = await held(bench, 30);
    const verdicts = leases.map((each) => completed(each));
    const slices = [verdicts, [...verdicts].reverse(), verdicts.slice(10, 25), [...verdicts.slice(15), ...verdicts.slice(0, 15)]];
    const answers = await Promise.all(slices.map((slice, n) => eitherOf(bench, n).settle(slice)));
    const applied = answers.flatMap((outcomes, s) => slices[s]!.filter((_, n) => outcomes[n] === 'applied').map(({ id }) => id));
    assert.deepEqual([...applied].sort(), range(30).map(idOf));
    assert.equal(count(answers.flat(), 'stale'), 0, 'the same kind again is never stale');
  }),
];
