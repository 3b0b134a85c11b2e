import assert from 'node:assert/strict';
import { type JsonText, type ListQuery, type RedriveAllQuery, Redriver, ReeveError, type TaskKey } from '@reeve/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { spread } from '../../src/decide/check-redrive.ts';
import { rig } from './rig.ts';

/** So many dead tasks, each ended a second after the one before; the error names its number. */
const given = async (count: number, page = 3) => {
  const r = rig();
  const ids = Array.from({ length: count }, (_, n) => String(n));
  await r.store.enqueue(ids.map((id) => ({ labourer: 'a', id, payload: '{}' as JsonText })));
  for (const id of ids) {
    await r.store.bury([{ labourer: 'a', id, error: `TimeoutError: number ${id}` }]);
    await r.clock.advance(1_000);
  }
  const redriver = new Redriver({ ...r, reader: r.store, page });
  const idsOf = async (state: 'queued' | 'dead') =>
    (await r.store.list({ labourer: 'a', state, limit: 1_000 })).tasks.map(({ id }) => id).sort((a, b) => Number(a) - Number(b));
  return { ...r, redriver, idsOf, start: r.clock.now() - count * 1_000 };
};

describe('redriveAll', () => {
  it('redrives all, over pages, once each', async () => {
    const r = await given(10);
    assert.deepEqual(await r.redriver.redriveAll({ labourer: 'a' }), { looked: 10, redriven: 10, passedOver: 0, more: false });
    assert.equal((await r.idsOf('queued')).length, 10);
    assert.equal(r.named('task.redriven').length, 10);
    assert.deepEqual(await r.redriver.redriveAll({ labourer: 'a' }), { looked: 0, redriven: 0, passedOver: 0, more: false });
  });

  it('takes those of an error, by text or by pattern, whatever the flags of the pattern', async () => {
    const r = await given(12);
    await r.redriver.redriveAll({ labourer: 'a', error: 'number 1' });
    assert.deepEqual(await r.idsOf('queued'), ['1', '10', '11']);
    await r.redriver.redriveAll({ labourer: 'a', error: /number [2-5]$/g });
    assert.deepEqual(await r.idsOf('queued'), ['1', '2', '3', '4', '5', '10', '11']);
  });

  it('takes those that ended then, and looks no further than it must', async () => {
    const r = await given(20);
    const { looked, redriven } = await r.redriver.redriveAll({
      labourer: 'a',
      endedAfter: r.start + 14_000,
      endedBefore: new Date(r.start + 16_000),
    });
    assert.deepEqual(await r.idsOf('queued'), ['14', '15']);
    assert.deepEqual([looked, redriven], [9, 2]);
  });

  it('takes the newest up to a limit', async () => {
    const r = await given(10);
    assert.deepEqual(await r.redriver.redriveAll({ labourer: 'a', limit: 4 }), { looked: 6, redriven: 4, passedOver: 0, more: true });
    assert.deepEqual(await r.idsOf('queued'), ['6', '7', '8', '9']);
  });

  it('takes cancelled and dropped ones as well, and none of another state', async () => {
    const r = await given(2);
    await r.store.enqueue([{ labourer: 'a', id: 'c', payload: '{}' as JsonText }]);
    await r.store.cancel([{ labourer: 'a', id: 'c' }]);
    await r.redriver.redriveAll({ labourer: 'a', state: 'cancelled' });
    assert.deepEqual([await r.idsOf('queued'), await r.idsOf('dead')], [['c'], ['0', '1']]);
    assert.equal((await r.redriver.redriveAll({ labourer: 'a', state: 'dropped', error: 'x' })).looked, 0);
  });

  it('spreads them in time, on the clock of the store and without waiting', async () => {
    const r = await given(10);
    const now = r.clock.now();
    await r.redriver.redriveAll({ labourer: 'a', perSecond: 4 });
    const { tasks } = await r.store.list({ labourer: 'a', state: 'queued', limit: 100 });
    const dues = tasks.map((task) => (task.state === 'queued' ? task.due - now : -1));
    assert.deepEqual(dues, [0, 250, 500, 750, 1_000, 1_250, 1_500, 1_750, 2_000, 2_250]);
    assert.equal(r.clock.now(), now);
  });

  it('never puts more into a second than it may, whatever the number and the time between pages', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 5_000, noNaN: true }),
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 0, max: 3_000 }),
        (perSecond, first, late) => {
          // From any of them on: those in the second that begins with it, of which a part may belong to a later page.
          const from = spread(first, perSecond);
          let count = 0;
          for (let n = first; spread(n, perSecond) + (n > first + 2 ? late : 0) < from + 1_000; n += 1) count += 1;
          return count <= Math.ceil(perSecond) + (Number.isInteger(perSecond) ? 0 : 1);
        },
      ),
    );
  });

  it('redrives none twice, though each is dead again before the next page and the clock stands still', async () => {
    const r = await given(10);
    const times = new Map<string, number>();
    const foreman = {
      redrive: async (redrives: readonly TaskKey[]) => {
        const outcomes = await r.store.redrive(redrives);
        for (const { id } of redrives) times.set(id, (times.get(id) ?? 0) + 1);
        await r.store.bury(redrives.map((each) => ({ labourer: 'a', id: each.id, error: 'again' })));
        return outcomes;
      },
    };
    const redriver = new Redriver({ ...r, reader: r.store, foreman, page: 3 });
    assert.equal((await redriver.redriveAll({ labourer: 'a' })).redriven, 10);
    assert.deepEqual(new Set(times.values()), new Set([1]));
    // An index that lags: it shows what ended anew behind the cursor as well, even at the instant of the newest.
    const { tasks } = await r.store.list({ labourer: 'a', state: 'dead', limit: 100 });
    times.clear();
    const lagging = { list: async ({ cursor }: ListQuery) => ({ tasks, ...(cursor === undefined && { cursor: 'more' }) }) };
    await new Redriver({ ...r, reader: lagging, foreman, page: 3 }).redriveAll({ labourer: 'a' });
    assert.deepEqual(new Set(times.values()), new Set([1]));
  });

  it('may break off anywhere and be called again: at the end each was redriven once', async () => {
    for (let fails = 1; fails <= 8; fails += 1) {
      const r = await given(10);
      let calls = 0;
      const breaking =
        <Args extends readonly unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
        async (...args: Args): Promise<Answer> => {
          calls += 1;
          if (calls === fails) throw new Error('the process ended');
          return call(...args);
        };
      const reader = { list: breaking((query: ListQuery) => r.store.list(query)) };
      const foreman = { redrive: breaking((all: readonly TaskKey[]) => r.foreman.redrive(all)) };
      const redriver = new Redriver({ ...r, reader, foreman, page: 3 });
      await assert.rejects(redriver.redriveAll({ labourer: 'a' }), /the process ended/);
      await redriver.redriveAll({ labourer: 'a' });
      assert.equal(r.named('task.redriven').length, 10);
      assert.equal((await r.idsOf('dead')).length, 0);
    }
  });

  it('stops before the next page when it is told to', async () => {
    const r = await given(10);
    const stop = new AbortController();
    r.events.on('task.redriven', () => stop.abort());
    const report = await r.redriver.redriveAll({ labourer: 'a', signal: stop.signal });
    assert.deepEqual(report, { looked: 3, redriven: 3, passedOver: 0, more: true });
  });

  it('counts those that another redrove meanwhile', async () => {
    const r = await given(3);
    const foreman = {
      redrive: async (all: readonly TaskKey[]) => {
        await r.store.redrive(all);
        return r.foreman.redrive(all);
      },
    };
    const report = await new Redriver({ ...r, reader: r.store, foreman }).redriveAll({ labourer: 'a' });
    assert.deepEqual(report, { looked: 3, redriven: 0, passedOver: 3, more: false });
  });

  it('refuses what it cannot read', async () => {
    const r = await given(1);
    const bad: readonly [Partial<Record<keyof RedriveAllQuery, unknown>>, RegExp][] = [
      [{ state: 'completed' }, /^state: "completed" does not do; give one of dead, cancelled, dropped/],
      [{ error: 5 }, /^error: 5 does not do/],
      [{ limit: 0 }, /^limit: 0 does not do; give a whole number from 1/],
      [{ perSecond: 0 }, /^perSecond: 0 does not do/],
      [{ endedAfter: new Date('no') }, /^endedAfter: NaN does not do/],
      [{ endedAfter: 5, endedBefore: 5 }, /^endedBefore: 5 does not do; give an instant after endedAfter/],
    ];
    for (const [query, words] of bad) {
      const error: unknown = await r.redriver.redriveAll({ labourer: 'a', ...query } as RedriveAllQuery).catch((thrown: unknown) => thrown);
      assert.ok(ReeveError.is(error, 'INVALID_REDRIVE'), String(error));
      assert.match(error.message, words);
    }
    await assert.rejects(r.redriver.redriveAll({ labourer: 'z' }), /UNKNOWN_LABOURER/);
    assert.equal((await r.idsOf('dead')).length, 1);
  });
});

describe('exportTasks', () => {
  it('reads all, a page at a time', async () => {
    const r = await given(10);
    const ids: string[] = [];
    for await (const task of r.redriver.exportTasks({ labourer: 'a', state: 'dead' })) {
      ids.push(task.id);
      assert.equal(JSON.parse(JSON.stringify(task)).error, `TimeoutError: number ${task.id}`);
    }
    assert.deepEqual(ids, ['9', '8', '7', '6', '5', '4', '3', '2', '1', '0']);
  });
});
