import assert from 'node:assert/strict';
import { MINUTE, type ScheduleDefinition } from '@reeve/core';
import { describe, it } from 'vitest';
import { settle } from '../run/rig.ts';
import { instantsOf, iso, NOON, queued, toMill, work, world } from './rig.ts';

const PULSE: ScheduleDefinition = { every: MINUTE, enqueue: { labourer: 'mill', passInstant: true, payload: { a: 1 } } };

describe('a tick', () => {
  it('fires what is due, once, and says when the next is', async () => {
    const { clock, store, process } = world(NOON + 1);
    const one = process({ code: { pulse: PULSE } });
    assert.deepEqual(await one.schedules.tick(), { fired: [], skipped: [], failed: [], nextDueIn: MINUTE - 1, errors: [] });
    await clock.advance(MINUTE + 4);
    const report = await one.schedules.tick();
    const [event] = report.fired;
    assert.deepEqual([event?.schedule, event?.instant, event?.late, event?.labourer], ['pulse', NOON + MINUTE, 5, 'mill']);
    assert.equal(report.nextDueIn, MINUTE - 5);
    assert.deepEqual(await queued(store), [{ schedule: { name: 'pulse', instant: '2026-01-05T12:01:00.000Z' }, payload: { a: 1 } }]);
    assert.equal((await store.find({ labourer: 'mill', id: event?.id ?? '' }))?.state, 'queued');
    assert.deepEqual((await one.schedules.tick()).fired, []);
  });

  it('fires at the very instant at which it was defined', async () => {
    const { process } = world(NOON);
    assert.equal((await process({ code: { pulse: PULSE } }).schedules.tick()).fired[0]?.instant, NOON);
  });

  it('passes on what a task is enqueued with', async () => {
    const { store, process } = world(NOON);
    const enqueue = { labourer: 'mill', payload: ['x'], priority: 7, expireAfter: 5_000, key: 'acme' };
    const [event] = (await process({ code: { pulse: { every: MINUTE, enqueue } } }).schedules.tick()).fired;
    const task = await store.find({ labourer: 'mill', id: event?.id ?? '' });
    assert.deepEqual(
      [task?.payload, task?.priority, task?.key, task?.state === 'queued' && task.expiresAt],
      ['["x"]', 7, 'acme', NOON + 5_000],
    );
  });

  it('until an instant fires what falls due until then, at its time', async () => {
    const { clock, store, process } = world(NOON + 1);
    const one = process({ code: { pulse: { ...PULSE, every: 10_000 }, rare: { ...PULSE, every: 45_000 } } });
    const ticking = one.schedules.tick({ until: NOON + MINUTE });
    for (let n = 0; n < 12; n += 1) {
      await settle();
      await clock.advance(5_000);
    }
    const report = await ticking;
    assert.deepEqual(
      report.fired.map(({ schedule, late }) => [schedule, late < 5]),
      Array.from('pppprp', (each) => [each === 'p' ? 'pulse' : 'rare', true]),
    );
    assert.equal((await queued(store)).length, 6);
  });

  it('waits no longer than until then for what falls due after it', async () => {
    const { clock, process } = world(NOON);
    const one = process({ code: { pulse: { ...PULSE, every: 30_000 }, rare: { ...PULSE, every: 40_000, anchor: NOON } } });
    const ticking = one.schedules.tick({ until: NOON + 20_000 });
    await settle();
    const { fired, nextDueIn } = await ticking;
    assert.deepEqual([fired.length, nextDueIn, clock.now()], [2, 30_000, NOON]);
    const past = await one.schedules.tick({ until: NOON - 5 });
    assert.deepEqual([past.fired.length, past.nextDueIn], [0, 30_000]);
  });

  it('serves more schedules than fire at once', async () => {
    const { store, process } = world(NOON);
    const code = Object.fromEntries(Array.from({ length: 250 }, (_, n) => [`s${n}`, { ...PULSE }]));
    const report = await process({ code }).schedules.tick();
    assert.equal(report.fired.length, 250);
    assert.equal((await queued(store)).length, 250);
  });
});

describe('a running process', () => {
  it('fires each instant at its time, for a day', async () => {
    const { clock, store, process } = world(NOON + 1);
    const one = process({ code: { pulse: { cron: '*/5 * * * *', enqueue: { labourer: 'mill', passInstant: true } } } });
    const ended = new AbortController();
    const running = one.schedules.run({ signal: ended.signal });
    await settle();
    for (let n = 0; n < 24 * 60; n += 1) {
      await clock.advance(MINUTE);
      await settle(4);
    }
    ended.abort();
    await running;
    const expected = Array.from({ length: 24 * 12 }, (_, n) => NOON + (n + 1) * 5 * MINUTE);
    assert.deepEqual(await instantsOf(store), iso(expected));
    assert.ok(one.fired.every(({ late }) => late <= 1));
    assert.equal(clock.sleeping, 0);
  });

  it('hears at once of what is put in this process, and within half a minute of what is put in another', async () => {
    const { clock, process } = world(NOON + 1);
    const [one, other] = [process(), process()];
    const ended = new AbortController();
    const running = [one, other].map(({ schedules }) => schedules.run({ signal: ended.signal }));
    await settle();
    await one.schedules.put('soon', { every: 2_000, ...toMill, startAt: NOON });
    await settle();
    await clock.advance(2_000);
    await settle();
    assert.deepEqual([one.fired.length, other.fired.length], [1, 0]);
    await other.schedules.put('far', { every: 100_000, ...toMill });
    await one.schedules.pause('soon');
    await clock.advance(100_000);
    await settle();
    assert.equal(one.fired.filter(({ schedule }) => schedule === 'far').length + other.fired.length, 1);
    ended.abort();
    await Promise.all(running);
    assert.equal(clock.sleeping, 0);
  });

  it('sleeps while nothing is due, but for a look each half minute', async () => {
    const { clock, store, process } = world(NOON + 1);
    let looks = 0;
    const counting = new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (name === 'look') looks += 1;
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    const ended = new AbortController();
    const running = process({ code: { yearly: { cron: '@yearly', ...toMill } }, store: counting }).schedules.run({ signal: ended.signal });
    for (let n = 0; n < 60; n += 1) {
      await settle(4);
      await clock.advance(10_000);
    }
    ended.abort();
    await running;
    assert.ok(looks <= 2 * 21, `${looks} looks`);
  });

  it('that is stopped waits for no store that does not answer', async () => {
    const { clock, process, store } = world(NOON + 1);
    const silent = new Proxy(store, {
      get: (target, name) => (name === 'look' ? () => new Promise(() => {}) : Reflect.get(target, name, target)),
    });
    const ended = new AbortController();
    const running = process({ store: silent }).schedules.run({ signal: ended.signal });
    await settle();
    ended.abort();
    await clock.advance(5_000);
    await running;
  });

  it('goes on after the store was gone', async () => {
    const { clock, process, store } = world(NOON + 1);
    let isGone = false;
    const flaky = new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === 'function'
          ? (...args: readonly unknown[]) => (isGone ? Promise.reject(new Error('gone')) : Reflect.apply(member, target, args))
          : member;
      },
    });
    const one = process({ code: { pulse: PULSE }, store: flaky });
    const failures: unknown[] = [];
    one.events.on('store.failed', ({ error }) => failures.push(error));
    const ended = new AbortController();
    const running = one.schedules.run({ signal: ended.signal });
    await settle();
    isGone = true;
    await clock.advance(90_000);
    await settle();
    assert.ok(failures.length > 2 && failures.length < 60, `${failures.length}`);
    isGone = false;
    await clock.advance(20_000);
    await settle();
    assert.deepEqual(
      one.fired.map(({ instant }) => instant),
      [NOON + MINUTE],
    );
    ended.abort();
    await running;
  });
});

describe('overlap', () => {
  it('skip: passes an instant over while the task before has not ended', async () => {
    const { clock, store, process } = world(NOON);
    const one = process({ code: { pulse: { ...PULSE, overlap: 'skip' } } });
    await one.schedules.tick();
    await clock.advance(MINUTE);
    assert.deepEqual((await one.schedules.tick()).skipped, [{ schedule: 'pulse', from: NOON + MINUTE, to: NOON + MINUTE, why: 'overlap' }]);
    assert.equal(await work(store), 1);
    await clock.advance(MINUTE);
    assert.equal((await one.schedules.tick()).fired[0]?.instant, NOON + 2 * MINUTE);
    assert.deepEqual((await one.schedules.list())[0]?.last?.outcome, 'fired');
  });

  it('allow: does not look', async () => {
    const { clock, store, process } = world(NOON);
    const one = process({ code: { pulse: PULSE } });
    await one.schedules.tick();
    await clock.advance(MINUTE);
    await one.schedules.tick();
    assert.equal((await queued(store)).length, 2);
  });
});

describe('jitter', () => {
  it('spreads schedules over it, each instant the same everywhere and before the next', async () => {
    const { clock, process } = world(NOON + 1);
    const code = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`s${n}`, { ...PULSE, jitter: MINUTE }]));
    const [one, other] = [process({ code }), process({ code })];
    await one.schedules.tick();
    const late: number[] = [];
    for (let n = 0; n < 40; n += 1) {
      await clock.advance(3_000);
      for (const each of [one, other]) late.push(...(await each.schedules.tick()).fired.map((event) => event.late));
    }
    // The minute after the first; that after it has not begun.
    assert.equal(late.length, 100);
    assert.ok(late.every((each) => each <= MINUTE + 3_000));
    const quarters = [0, 1, 2, 3].map((n) => late.filter((each) => Math.floor((each - 1) / 15_000) === n).length);
    assert.ok(
      quarters.every((each) => each > 15),
      String(quarters),
    );
  });
});
