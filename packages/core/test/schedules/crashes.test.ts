import assert from 'node:assert/strict';
import { MINUTE, type ScheduleDefinition } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { atEveryCall, crashing } from '../run/crashing.ts';
import { settle } from '../run/rig.ts';
import { entryOf, instantsOf, iso, NOON, queued, work, world } from './rig.ts';

const PULSE: ScheduleDefinition = { every: MINUTE, missed: 'all', enqueue: { labourer: 'mill', passInstant: true } };

/** The next process comes when what the first left behind is no longer left to it. */
const LEASE_OVER = 11_000;

describe('a process that dies at any call of the store', () => {
  it('leaves each instant to fire once, by the next', async () => {
    const calls = await atEveryCall(async (n, side) => {
      const { clock, store, process } = world(NOON);
      await process({ code: { pulse: PULSE } }).schedules.tick(); // NOON
      await clock.advance(2 * MINUTE);
      const first = process({ code: { pulse: PULSE }, store: crashing(store, n, side).store });
      const { errors, failed } = await first.schedules.tick();
      await clock.advance(LEASE_OVER);
      const next = process({ code: { pulse: PULSE } });
      await next.schedules.tick();
      const at = `call ${n}, ${side}`;
      assert.deepEqual(await instantsOf(store), iso([NOON, NOON + MINUTE, NOON + 2 * MINUTE]), at);
      assert.ok(first.fired.length + next.fired.length <= 2, at);
      return errors.length + failed.length > 0 ? 'crashed' : 'through';
    });
    // Two looks, and for each instant: its mark, its task, its end.
    assert.equal(calls, 8);
  });

  it('while it passes instants over: the same, and the last of them fires', async () => {
    await atEveryCall(async (n, side) => {
      const { clock, store, process } = world(NOON);
      const code = { pulse: { ...PULSE, missed: 'last' as const } };
      await process({ code }).schedules.tick();
      await clock.advance(5 * MINUTE);
      const { errors, failed } = await process({ code, store: crashing(store, n, side).store }).schedules.tick();
      await clock.advance(LEASE_OVER);
      await process({ code }).schedules.tick();
      assert.deepEqual(await instantsOf(store), iso([NOON, NOON + 5 * MINUTE]), `call ${n}, ${side}`);
      return errors.length + failed.length > 0 ? 'crashed' : 'through';
    });
  });

  it('with overlap: nothing overlaps, and nothing stops for good', async () => {
    await atEveryCall(async (n, side) => {
      const { clock, store, process } = world(NOON);
      const code = { pulse: { ...PULSE, overlap: 'skip' as const } };
      await process({ code }).schedules.tick();
      await work(store);
      await clock.advance(MINUTE);
      const { errors, failed } = await process({ code, store: crashing(store, n, side).store }).schedules.tick();
      await clock.advance(LEASE_OVER);
      await process({ code }).schedules.tick();
      assert.deepEqual(await instantsOf(store), iso([NOON + MINUTE]), `call ${n}, ${side}`);
      await clock.advance(MINUTE - LEASE_OVER);
      await process({ code }).schedules.tick();
      assert.equal((await queued(store)).length, 1, `call ${n}, ${side}`);
      await work(store);
      await clock.advance(MINUTE);
      await process({ code }).schedules.tick();
      assert.deepEqual(await instantsOf(store), iso([NOON + 3 * MINUTE]), `call ${n}, ${side}`);
      return errors.length + failed.length > 0 ? 'crashed' : 'through';
    });
  });

  it('while it puts or removes one: calling again does it', async () => {
    for (const call of ['put', 'remove'] as const) {
      await atEveryCall(async (n, side) => {
        const { clock, store, process } = world(NOON + 1);
        if (call === 'remove') await process().schedules.put('s', PULSE);
        const act = async (schedules: ReturnType<typeof process>['schedules']): Promise<unknown> =>
          call === 'put' ? schedules.put('s', PULSE) : schedules.remove('s');
        const first = await act(process({ store: crashing(store, n, side).store }).schedules).then(
          () => 'through' as const,
          () => 'crashed' as const,
        );
        const other = process();
        await act(other.schedules);
        await clock.advance(MINUTE);
        await other.schedules.tick();
        assert.equal((await queued(store)).length, call === 'put' ? 1 : 0, `${call}: call ${n}, ${side}`);
        assert.equal((await other.schedules.list()).length, call === 'put' ? 1 : 0);
        return first;
      });
    }
  });
});

describe('several processes', () => {
  it('fire each instant once, and one of them tells of it', async () => {
    const { clock, store, process } = world(NOON + 1);
    const code = { pulse: PULSE, other: { ...PULSE, every: 7_000, enqueue: { labourer: 'forge', passInstant: true } } };
    const all = Array.from({ length: 8 }, () => process({ code }));
    const ended = all.map(() => new AbortController());
    const running = all.map(({ schedules }, n) => schedules.run({ signal: ended[n]?.signal as AbortSignal }));
    for (let n = 0; n < 600; n += 1) {
      await settle(6);
      await clock.advance(1_000);
    }
    await settle();
    for (const each of ended) each.abort();
    await Promise.all(running);
    const minutes = Array.from({ length: 10 }, (_, n) => NOON + (n + 1) * MINUTE);
    assert.deepEqual(await instantsOf(store), iso(minutes));
    const sevens = (await instantsOf(store, 'forge')).length;
    assert.ok(sevens >= 85 && sevens <= 86, `${sevens}`);
    assert.equal(all.flatMap(({ fired }) => fired).length, 10 + sevens);
    assert.equal(all.flatMap(({ failed }) => failed).length, 0);
  });

  it('that come back at once decide once what is passed over', async () => {
    const { clock, store, process } = world(NOON);
    const code = {
      pulse: { ...PULSE, missed: 'last' as const },
      rare: { ...PULSE, every: 10 * MINUTE, anchor: NOON, missed: 'skip' as const },
    };
    await process({ code }).schedules.tick();
    await clock.advance(25 * MINUTE);
    const reports = await Promise.all(Array.from({ length: 6 }, () => process({ code }).schedules.tick()));
    assert.deepEqual(
      reports
        .flatMap(({ skipped }) => skipped)
        .map(({ schedule, from, to }) => [schedule, from, to].join(' '))
        .sort(),
      [`pulse ${NOON + MINUTE} ${NOON + 24 * MINUTE}`, `rare ${NOON + 10 * MINUTE} ${NOON + 20 * MINUTE}`],
    );
    assert.deepEqual(
      reports.flatMap(({ fired }) => fired).map(({ instant }) => instant),
      [NOON + 25 * MINUTE],
    );
    assert.deepEqual(await instantsOf(store), iso([NOON, NOON, NOON + 25 * MINUTE]));
  });

  it('whose clocks are wrong go by that of the store', async () => {
    const { clock, store, process } = world(NOON + 1);
    const skewed = (by: number) => ({ now: () => clock.now() + by, sleep: clock.sleep.bind(clock) });
    const code = { pulse: PULSE };
    const all = [-10 * MINUTE, 0, 45_000].map((by) => process({ code, clock: skewed(by) }));
    const ended = all.map(() => new AbortController());
    const running = all.map(({ schedules }, n) => schedules.run({ signal: ended[n]?.signal as AbortSignal }));
    for (let n = 0; n < 300; n += 1) {
      await settle(6);
      await clock.advance(1_000);
    }
    for (const each of ended) each.abort();
    await Promise.all(running);
    const fired = all.flatMap((each) => each.fired);
    assert.deepEqual(await instantsOf(store), iso([1, 2, 3, 4, 5].map((n) => NOON + n * MINUTE)));
    assert.ok(
      fired.every(({ late }) => late >= 0 && late <= 1_000),
      JSON.stringify(fired),
    );
  });

  it('of which one stood still after it had the mark: it makes nothing more', async () => {
    const { clock, store, process } = world(NOON);
    const code = { pulse: PULSE };
    let stands: Promise<void> | undefined;
    let goOn = (): void => {};
    // The process stands still between the change that makes the mark and its answer's being read.
    const slow = new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        if (name !== 'change') return member.bind(target);
        return async (...args: readonly unknown[]): Promise<unknown> => {
          const answer: unknown = await Reflect.apply(member, target, args);
          stands ??= JSON.stringify(args).includes('mark') ? new Promise((resolve) => (goOn = resolve)) : undefined;
          await stands;
          return answer;
        };
      },
    });
    // Its timers stand still as well, and tell of nothing before it goes on.
    const own = new ManualClock(NOON);
    let stood = 0;
    const first = process({ code, store: slow, clock: { now: () => own.now() + stood, sleep: own.sleep.bind(own) } });
    const ticking = first.schedules.tick();
    await settle();
    await clock.advance(15_000);
    const next = process({ code });
    await next.schedules.tick();
    assert.equal(await work(store), 1);
    // The store has forgotten the task, so that its id says nothing any more.
    await clock.advance(8 * 24 * 60 * MINUTE);
    await store.maintain(['mill']);
    stood = clock.now() - NOON;
    goOn();
    await ticking;
    assert.deepEqual([first.fired.length, next.fired.length], [0, 1]);
    assert.ok(!(await instantsOf(store)).includes(iso([NOON])[0] ?? ''));
    assert.equal((await entryOf(store, 'pulse'))?.['mark'], undefined);
  });
});
