import assert from 'node:assert/strict';
import { MINUTE, type ScheduleDefinition } from '@reeve/core';
import { describe, it } from 'vitest';
import { settle } from '../run/rig.ts';
import { type AnyStore, entryOf, instantsOf, iso, NOON, queued, toMill, world, writeEntry } from './rig.ts';

const PULSE: ScheduleDefinition = { every: MINUTE, missed: 'all', enqueue: { labourer: 'mill', passInstant: true } };
const minutes = (...all: readonly number[]): readonly string[] => iso(all.map((n) => NOON + n * MINUTE));
const paying = (payload: string): ScheduleDefinition => ({ every: MINUTE, enqueue: { labourer: 'mill', payload } });

describe('a schedule of the store', () => {
  it('is put, listed, looked at and removed, while the system runs', async () => {
    const { clock, store, process } = world(NOON + 1);
    const [one, other] = [process(), process()];
    const state = await one.schedules.put('s', PULSE);
    assert.deepEqual([state.origin, state.next, state.schedule.missed], ['store', NOON + MINUTE, { kind: 'all', most: 100 }]);
    assert.deepEqual(await other.schedules.list(), [state]);
    assert.deepEqual(iso(await other.schedules.next('s', 2)), minutes(1, 2));
    await clock.advance(MINUTE);
    await other.schedules.tick();
    assert.equal((await one.schedules.list())[0]?.last?.outcome, 'fired');
    assert.deepEqual([await one.schedules.remove('s'), await one.schedules.remove('s')], [true, false]);
    assert.deepEqual(await other.schedules.list(), []);
    await clock.advance(5 * MINUTE);
    assert.deepEqual((await other.schedules.tick()).fired, []);
    assert.deepEqual(await instantsOf(store), minutes(1));
  });

  it('that is put while it is removed is there and fires, or is not, whichever of their calls comes before which', async () => {
    // Of put there are five calls, of remove six; whoever has to try again makes more.
    for (const order of ordersOf(5, 6)) {
      const { clock, store, process } = world(NOON + 1);
      await process().schedules.put('s', PULSE);
      const { as, play } = inOrder(store, order);
      await play([process({ store: as('p') }).schedules.put('s', PULSE), process({ store: as('r') }).schedules.remove('s')]);
      await clock.advance(MINUTE);
      const one = process();
      const { fired } = await one.schedules.tick();
      const isThere = (await entryOf(store, 's')) !== undefined;
      assert.deepEqual([fired.length, (await one.schedules.list()).length], isThere ? [1, 1] : [0, 0], order);
    }
  });

  it('is refused before anything is written', async () => {
    const { store, process } = world();
    const one = process({ code: { code: PULSE } });
    await assert.rejects(async () => one.schedules.put('s', { every: 5, ...toMill }), {
      code: 'INVALID_SCHEDULE',
      message: /schedules\.s\.every: is 5/,
    });
    await assert.rejects(async () => one.schedules.put('code', PULSE), { code: 'INVALID_SCHEDULE', message: /is defined in code/ });
    await assert.rejects(one.schedules.put('s', { ...PULSE, endAt: '2020-01-01T00:00:00Z' }), { message: /is over/ });
    await assert.rejects(one.schedules.remove('code'), { message: /take it out there/ });
    await assert.rejects(async () => one.schedules.pause('nobody'), { message: /there is none of this name/ });
    await assert.rejects(one.schedules.next('nobody'), { message: /there is none of this name/ });
    await assert.rejects(one.schedules.next('code', 0), { message: /count: is 0/ });
    await one.schedules.tick();
    await assert.rejects(process().schedules.put('code', PULSE), { message: /in the code of other processes/ });
    assert.deepEqual((await store.look(['schedules', 'schedule:s'])).entries, [undefined, undefined]);
  });

  it('has a name for which there must be room', async () => {
    const { store, process } = world();
    const name = (n: number): string => `${'x'.repeat(120)}${String(n).padStart(4, '0')}`;
    const names = Array.from({ length: 483 }, (_, n) => name(n));
    await store.change([{ name: 'schedules', stamp: 's', value: JSON.stringify({ v: 1, names }) as never }]);
    await assert.rejects(process().schedules.put(name(999), PULSE), { code: 'INVALID_SCHEDULE', message: /483 schedules in the store/ });
    await process().schedules.put(name(5), PULSE);
  });
});

describe('pause and resume', () => {
  it('nothing fires until it is resumed, and what was passed over stays so', async () => {
    const { clock, store, process } = world(NOON + 1);
    const one = process({ code: { pulse: PULSE } });
    await one.schedules.pause('pulse', 'flood');
    const [state] = await one.schedules.list();
    assert.deepEqual([state?.paused, state?.next], [{ since: NOON + 1, reason: 'flood' }, undefined]);
    await clock.advance(10 * MINUTE);
    assert.equal((await one.schedules.tick()).fired.length, 0);
    await clock.advance(30_000);
    assert.equal((await one.schedules.resume('pulse')).next, NOON + 11 * MINUTE);
    await clock.advance(MINUTE);
    await one.schedules.tick();
    assert.deepEqual(await instantsOf(store), minutes(11));
  });

  it('of one that begins paused', async () => {
    const { clock, process } = world(NOON + 1);
    const code = { pulse: { ...PULSE, paused: true } };
    const one = process({ code });
    await one.schedules.tick();
    await clock.advance(20 * MINUTE);
    assert.equal((await one.schedules.tick()).fired.length, 0);
    assert.equal((await one.schedules.list())[0]?.paused?.since, NOON + 1);
    await one.schedules.resume('pulse');
    await clock.advance(MINUTE);
    assert.equal((await process({ code }).schedules.tick()).fired[0]?.instant, NOON + 21 * MINUTE);
  });

  it('hold whatever is deployed', async () => {
    const { clock, process } = world(NOON + 1);
    await process({ code: { pulse: PULSE } }).schedules.pause('pulse');
    await clock.advance(MINUTE);
    const next = process({ code: { pulse: paying('new') } });
    assert.equal((await next.schedules.tick()).fired.length, 0);
    assert.equal((await next.schedules.list())[0]?.paused?.since, NOON + 1);
  });
});

describe('another definition', () => {
  it('with the same times: what is due stays due, with what it says now', async () => {
    const { clock, store, process } = world(NOON + 1);
    await process({ code: { pulse: paying('old') } }).schedules.tick();
    await clock.advance(MINUTE);
    await process({ code: { pulse: paying('new') } }).schedules.tick();
    assert.deepEqual(await queued(store), ['new']);
  });

  it('with other times counts from now on', async () => {
    const { clock, store, process } = world(NOON + 1);
    await process({ code: { pulse: PULSE } }).schedules.tick();
    await clock.advance(5 * MINUTE);
    const next = process({ code: { pulse: { ...PULSE, every: 2 * MINUTE } } });
    await next.schedules.tick();
    assert.deepEqual(await queued(store), []);
    await clock.advance(MINUTE);
    await next.schedules.tick();
    assert.deepEqual(await instantsOf(store), minutes(6));
  });

  it('never fires an instant that was decided before', async () => {
    const { store, process } = world(NOON);
    await process({ code: { pulse: PULSE } }).schedules.tick();
    for (const every of [2 * MINUTE, 3 * MINUTE]) {
      const { fired } = await process({ code: { pulse: { ...PULSE, every } } }).schedules.tick();
      assert.deepEqual(fired, []);
    }
    assert.deepEqual(await instantsOf(store), minutes(0));
  });

  it('of an older deployment leaves that of a newer one as it is, while there is one', async () => {
    const { clock, store, process } = world(NOON + 1);
    const [old, young] = [process({ code: { pulse: paying('old') } }), process({ code: { pulse: paying('new') } })];
    await old.schedules.tick();
    await young.schedules.tick();
    for (let n = 0; n < 40; n += 1) {
      await clock.advance(MINUTE);
      for (const each of [old, young, old]) await each.schedules.tick();
    }
    assert.deepEqual(new Set(await queued(store)), new Set(['new']));
    assert.equal((await queued(store)).length, 40);
  });

  it('to which somebody went back takes over when the newer one is gone', async () => {
    const { clock, store, process } = world(NOON + 1);
    const code = { pulse: paying('old') };
    await process({ code }).schedules.tick();
    await process({ code: { pulse: paying('new') } }).schedules.tick();
    await clock.advance(14 * MINUTE);
    await process({ code }).schedules.tick();
    await clock.advance(2 * MINUTE);
    await process({ code }).schedules.tick();
    assert.deepEqual(await queued(store), ['new', 'old']);
  });

  it('that is taken out of code fires no more', async () => {
    const { clock, store, process } = world(NOON + 1);
    await process({ code: { pulse: PULSE } }).schedules.tick();
    await clock.advance(MINUTE);
    const next = process();
    await next.schedules.tick();
    assert.deepEqual([await queued(store), await next.schedules.list()], [[], []]);
    assert.equal(await next.schedules.remove('pulse'), true);
  });

  it('in code under a name of the store is told of, and changes nothing', async () => {
    const { clock, store, process } = world(NOON + 1);
    await process().schedules.put('s', paying('store'));
    const one = process({ code: { s: paying('code') } });
    await clock.advance(MINUTE);
    assert.match(String((await one.schedules.tick()).failed[0]?.error), /the store has one of this name/);
    await process().schedules.tick();
    assert.deepEqual(await queued(store), ['store']);
  });
});

describe('one bad schedule', () => {
  it('stops no other: a payload that its schema refuses, a labourer that is not here, an entry of a later version', async () => {
    const { clock, store, process } = world(NOON + 1);
    const one = process();
    await one.schedules.put('good', paying('good'));
    await one.schedules.put('later', paying('later'));
    await one.schedules.put('foreign', { every: MINUTE, enqueue: { labourer: 'forge' } });
    await one.schedules.put('expired', { every: MINUTE, missed: 'all', enqueue: { labourer: 'mill', payload: 'x'.repeat(1_000) } });
    await writeEntry(store, 'later', { ...(await entryOf(store, 'later')), v: 2 });
    await clock.advance(MINUTE + 20_000);
    const poor = process({ labourers: { mill: { maxSimultaneousInvocations: 1, schema: shortText } } });
    const report = await poor.schedules.tick();
    assert.deepEqual(
      report.fired.map(({ schedule }) => schedule),
      ['good'],
    );
    const codes = Object.fromEntries(report.failed.map(({ schedule, error }) => [schedule, (error as { code: string }).code]));
    assert.deepEqual(codes, { later: 'SCHEDULE_UNREADABLE', foreign: 'UNKNOWN_LABOURER', expired: 'PAYLOAD_REFUSED' });
    // Whoever knows the labourer fires it; what was refused is not tried again, and the next instant is.
    assert.deepEqual(
      (await one.schedules.tick()).fired.map(({ schedule }) => schedule),
      ['foreign'],
    );
    await clock.advance(MINUTE);
    const next = await poor.schedules.tick();
    assert.equal(next.failed.find(({ schedule }) => schedule === 'expired')?.instant, NOON + 2 * MINUTE);
  });
});

const shortText = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value: unknown) => (typeof value === 'string' && value.length < 100 ? { value } : { issues: [{ message: 'too long' }] }),
  },
} as const;

/** All orders of so many of the one and so many of the other. */
const ordersOf = (ps: number, rs: number): readonly string[] =>
  ps + rs === 0
    ? ['']
    : [
        ...(ps > 0 ? ordersOf(ps - 1, rs).map((rest) => `p${rest}`) : []),
        ...(rs > 0 ? ordersOf(ps, rs - 1).map((rest) => `r${rest}`) : []),
      ];

/** A store whose calls come one at a time, in this order of those who make them. */
const inOrder = (store: AnyStore, order: string) => {
  const waiting = new Map<string, () => void>();
  const as = (who: string): AnyStore =>
    new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return async (...args: readonly unknown[]): Promise<unknown> => {
          await new Promise<void>((resolve) => waiting.set(who, resolve));
          return Reflect.apply(member, target, args);
        };
      },
    });
  const play = async (acts: readonly Promise<unknown>[]): Promise<void> => {
    let going = true;
    const ended = Promise.all(acts).finally(() => {
      going = false;
    });
    for (let n = 0; going; n += 1) {
      await settle(1);
      const next = waiting.has(order[n] ?? '') ? order[n] : [...waiting.keys()][0];
      const go = waiting.get(next ?? '');
      waiting.delete(next ?? '');
      go?.();
    }
    await ended;
  };
  return { as, play };
};
