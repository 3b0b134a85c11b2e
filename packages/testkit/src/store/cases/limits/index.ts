import assert from 'node:assert/strict';
import { type ExpiryVerdict, type Lease, MINUTE, refOf } from '@reeve/core';
import type { WholeBench, WholeCase } from '../../bench.ts';
import { completed, dead, pass, range, released, retry } from '../../given.ts';
import { holdsWhole } from '../../holds.ts';
import { Dice } from '../../model/dice.ts';
import { ask, fill, type Process, processes, RATE, UNITS, unitsOf } from './processes.ts';

const SHARED = ['wide', 'narrow'] as const;

/** What holds units by the store's own count. */
const unitsThere = async (bench: WholeBench): Promise<number> => {
  await bench.settled?.();
  const [wide, narrow] = await bench.store.census(SHARED);
  return 3 * (wide?.running ?? 0) + 2 * (narrow?.running ?? 0);
};

/** The starts of any stretch of time are at most `starts` for each `per` of it, and a burst. */
const assertWithinRate = (starts: readonly number[]): void => {
  for (const [first, from] of starts.entries()) {
    for (const [last, until] of starts.entries()) {
      const most = RATE.burst + (RATE.starts * (until - from)) / RATE.per;
      const began = last - first + 1;
      assert.ok(began <= most + 1e-6, `${began} started within ${until - from} ms, where ${most} may`);
    }
  }
};

/** Takes, ends, renews and reaps at random; the units are counted after each step. */
const playUnits = async (bench: WholeBench, seed: number, steps: number): Promise<void> => {
  const all = processes(bench, 4);
  const dice = new Dice(seed);
  let held: Lease[] = [];
  await Promise.all(SHARED.map((each) => fill(bench, each, steps)));
  for (let step = 0; step < steps; step += 1) {
    const [one, other] = [dice.pick(all), dice.pick(all)];
    if (dice.below(4) === 0) {
      const late = (await one.store.expired(SHARED, 5)).map(
        (each): ExpiryVerdict => ({ ...refOf(each), kind: 'retry', after: 0, error: 'e' }),
      );
      await one.store.reap(late);
    }
    const [ending, renewed] = [held.slice(0, dice.below(4)), held.slice(-1)];
    held = held.slice(ending.length);
    await other.store.renew(renewed.filter((each) => !ending.includes(each)).map((each) => ({ ...refOf(each), lease: 30_000 })));
    await bench.settled?.();
    const [first, second] = await Promise.all([
      one.store.exchange(
        ending.map((each) => completed(each)),
        ask(dice.pick(SHARED), 1 + dice.below(4), 20_000),
      ),
      other.store.claim(ask(dice.pick(SHARED), 1 + dice.below(4), 20_000)),
    ]);
    held.push(...first.leases, ...second.leases);
    const units = await unitsThere(bench);
    assert.ok(units <= UNITS, `seed ${seed}, step ${step}: ${units} units are held of ${UNITS}`);
    if (dice.below(3) === 0) await bench.clock.advance(1 + dice.below(15_000));
  }
};

/** Core's limits and settings, as several processes share them over a register. */
export const limitsCases: readonly WholeCase[] = [
  holdsWhole('limits', 'attempts of two labourers hold no more units than there are, over all processes', async (bench) => {
    const [one, other] = processes(bench, 2) as [Process, Process];
    await fill(bench, 'wide', 6);
    await fill(bench, 'narrow', 6);
    await bench.settled?.();
    const { leases } = await one.store.claim(ask('wide', 2));
    assert.equal(leases.length, 2);
    assert.equal((await other.store.claim(ask('narrow', 10))).leases.length, 2);
    assert.equal((await one.store.claim(ask('narrow', 10))).leases.length, 0);
    await other.store.settle(leases.slice(0, 1).map((each) => completed(each)));
    assert.equal((await one.store.claim(ask('narrow', 10))).leases.length, 1);
  }),
  holdsWhole('limits', 'every way out frees the units, once, and a word that changes nothing frees none', async (bench) => {
    const [one, other] = processes(bench, 2) as [Process, Process];
    await fill(bench, 'narrow', 12);
    await bench.settled?.();
    const [a, b, c, d, e] = (await one.store.claim(ask('narrow', 10))).leases;
    assert.ok(e, 'five hold two units each');
    await other.store.settle([completed(a!), retry(b!, 3_600_000), dead(c!)]);
    await one.store.settle([released(d!, 3_600_000), completed(a!), { ...completed(e), token: 'of nobody' }]);
    await bench.settled?.();
    assert.equal((await other.store.claim(ask('narrow', 10))).leases.length, 4);
    assert.equal((await one.store.claim(ask('narrow', 10))).leases.length, 0);
  }),
  holdsWhole('limits', 'units that nobody frees are held for as long as the lease, and a minute at most beyond it', async (bench) => {
    const [one, other] = processes(bench, 2) as [Process, Process];
    await fill(bench, 'narrow', 12);
    await bench.settled?.();
    assert.equal((await one.store.claim(ask('narrow', 5, 100_000))).leases.length, 5);
    await bench.clock.advance(99_999);
    assert.equal((await other.store.claim(ask('narrow', 5))).leases.length, 0);
    await pass(bench, MINUTE + 1);
    assert.equal((await other.store.claim(ask('narrow', 5))).leases.length, 5);
  }),
  holdsWhole('limits', 'a copy of a claim that nobody heard of frees nothing of the claim when it has run out', async (bench) => {
    const [one, other] = processes(bench, 2) as [Process, Process];
    await fill(bench, 'wide', 4);
    await fill(bench, 'narrow', 12);
    await bench.settled?.();
    const claim = ask('wide', 2, 100_000);
    await bench.store.claim(claim); // the network carries it out before, and its answer is lost
    const { leases } = await one.store.claim(claim);
    assert.equal(leases.length, 2);
    await bench.clock.advance(60_000);
    await one.store.renew(leases.map((each) => ({ ...refOf(each), lease: 100_000 })));
    await pass(bench, 50_000);
    const late = await other.store.expired(['wide'], 10);
    assert.equal(late.length, 2, 'those of the copy');
    await other.store.reap(late.map((each): ExpiryVerdict => ({ ...refOf(each), kind: 'dead', error: 'e' })));
    await bench.settled?.();
    assert.equal((await other.store.claim(ask('narrow', 10))).leases.length, 2, 'the claim holds six of ten units');
  }),
  holdsWhole('limits', 'what has run out frees its units as soon as it is reaped', async (bench) => {
    const [one, other] = processes(bench, 2) as [Process, Process];
    await fill(bench, 'wide', 3);
    await fill(bench, 'narrow', 12);
    await bench.settled?.();
    const { leases } = await one.store.claim(ask('wide', 3, 100_000));
    await bench.clock.advance(60_000);
    await one.store.renew(leases.slice(0, 1).map((each) => ({ ...refOf(each), lease: 100_000 })));
    await pass(bench, 50_000);
    const late = await other.store.expired(['wide'], 10);
    await other.store.reap(late.map((each): ExpiryVerdict => ({ ...refOf(each), kind: 'dead', error: 'e' })));
    await bench.settled?.();
    assert.equal((await other.store.claim(ask('narrow', 10))).leases.length, 3, 'three units are held of ten');
  }),
  holdsWhole('limits', 'of many processes that claim at once none takes a unit that another has', async (bench) => {
    await fill(bench, 'wide', 20);
    await fill(bench, 'narrow', 20);
    await bench.settled?.();
    const all = processes(bench, 8);
    const answers = await Promise.all(all.map(({ store }, n) => store.claim(ask(SHARED[n % 2] as string, 2))));
    const leases = answers.flatMap((each) => each.leases);
    assert.ok(unitsOf(leases) <= UNITS, `${unitsOf(leases)} units are held of ${UNITS}`);
    const rest = (await all[0]!.store.claim(ask('narrow', 5))).leases;
    assert.ok(unitsOf([...leases, ...rest]) >= UNITS - 1, 'a claim that nobody is in the way of takes what is left');
    assert.ok((await unitsThere(bench)) <= UNITS);
  }),
  holdsWhole('limits', 'at every step of random ones no more units are held than there are', (bench) =>
    playUnits(bench, 7, bench.slow ? 25 : 60),
  ),
  holdsWhole('limits', 'the starts of several processes keep to a rate, in every stretch of time', async (bench) => {
    const all = processes(bench, 4);
    const dice = new Dice(3);
    await fill(bench, 'timed', 60);
    await bench.settled?.();
    const starts: number[] = [];
    for (const _ of range(bench.slow ? 12 : 25)) {
      const some = [dice.pick(all), dice.pick(all)];
      const answers = await Promise.all(some.map(({ store }) => store.claim(ask('timed', 1 + dice.below(6)))));
      starts.push(...answers.flatMap(({ leases }) => leases.map(() => bench.clock.now())));
      await bench.clock.advance(dice.below(300));
    }
    assertWithinRate(starts);
    assert.ok(starts.length > 8, `only ${starts.length} started`);
  }),
  holdsWhole('limits', 'a burst is there at once, then as many as the rate says, whichever process asks', async (bench) => {
    const [one, other] = processes(bench, 2) as [Process, Process];
    await fill(bench, 'timed', 30);
    await bench.settled?.();
    const taken = async ({ store }: Process): Promise<number> => (await store.claim(ask('timed', 10))).leases.length;
    assert.equal(await taken(one), 4);
    assert.equal(await taken(other), 0);
    await bench.clock.advance(200);
    assert.equal(await taken(other), 2);
    assert.equal(await taken(one), 0);
    await bench.clock.advance(10_000);
    assert.equal(await taken(other), 4);
  }),
  holdsWhole('C13', 'the starts of each key keep to its rate over several processes, and none holds up another', async (bench) => {
    const all = processes(bench, 4);
    const dice = new Dice(5);
    await fill(bench, 'tenants', 60, '__proto__');
    await fill(bench, 'tenants', 6, 'small');
    await fill(bench, 'tenants', 3);
    const starts = new Map<string | undefined, number[]>();
    for (const _ of range(bench.slow ? 12 : 25)) {
      await bench.settled?.();
      const some = [dice.pick(all), dice.pick(all)];
      const answers = await Promise.all(some.map(({ store }) => store.claim(ask('tenants', 1 + dice.below(8)))));
      for (const { key } of answers.flatMap(({ leases }) => leases)) {
        const ofKey = starts.get(key) ?? [];
        starts.set(key, ofKey);
        ofKey.push(bench.clock.now());
      }
      await bench.clock.advance(100 + dice.below(200));
    }
    for (const key of ['__proto__', 'small']) assertWithinRate(starts.get(key) ?? []);
    assert.deepEqual([starts.get('small')?.length, starts.get(undefined)?.length], [6, 3], 'the few of others were started');
    assert.ok((starts.get('__proto__')?.length ?? 0) > 8, `only ${starts.get('__proto__')?.length} of the many started`);
  }),
  holdsWhole('settings', 'what is set in one process is seen in the other, and of two who set at once none is lost', async (bench) => {
    const [one, other] = processes(bench, 2).map(({ settings }) => settings) as [Process['settings'], Process['settings']];
    await one.pause('wide', 'a look at it');
    assert.deepEqual([...(await other.refresh())].length, 4);
    assert.deepEqual(other.of('wide'), { paused: { since: bench.clock.now(), reason: 'a look at it' } });
    await Promise.all([one.setCap('narrow', 3), other.setCap('timed', 4), one.setCap('wide', 5)]);
    const { wide, narrow, timed } = await other.all();
    assert.deepEqual([wide?.cap, narrow?.cap, timed?.cap, wide?.paused?.reason], [5, 3, 4, 'a look at it']);
    await other.resume('wide');
    assert.deepEqual((await one.all())['wide'], { cap: 5 });
  }),
];
