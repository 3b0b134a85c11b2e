import assert from 'node:assert/strict';
import { Events, encodeJson, type MemoryTaskStore, ReeveError, type TaskKey, type TaskRecord, Waiter } from '@reeve/core';
import { describe, it } from 'vitest';
import * as z from 'zod';
import { rig, settle } from './rig.ts';

const one: TaskKey = { labourer: 'a', id: '1' };
const text = (value: unknown) => encodeJson(value, { what: 'x', maxBytes: 1_000 });
const isFault =
  (code: string, words: RegExp = /./) =>
  (error: unknown) =>
    ReeveError.is(error, code) && words.test(error.message);

type Find = (key: TaskKey, find: MemoryTaskStore['find']) => Promise<TaskRecord | undefined>;
/** A waiter in a process of its own: it hears no events but those that a test emits. */
const waiting = (find: Find = (key, ask) => ask(key), options: Parameters<typeof rig>[0] = {}) => {
  const r = rig(options);
  const asked: string[] = [];
  let underWay = 0;
  let most = 0;
  const reader = {
    find: async (key: TaskKey) => {
      asked.push(key.id);
      most = Math.max(most, ++underWay);
      try {
        return await find(key, (each) => r.store.find(each));
      } finally {
        underWay -= 1;
      }
    },
  };
  const waiter = new Waiter({ labourers: r.labourers, reader, clock: r.clock, events: r.events });
  /** As another process would: no event is emitted here. */
  const complete = async (result?: unknown) => {
    const { leases } = await r.store.claim({ labourer: 'a', token: 't', cap: 9, limit: 9, lease: 1_000 });
    await r.store.settle(
      leases.map(({ id }) => ({ labourer: 'a', id, token: 't', kind: 'completed', ...(result !== undefined && { result: text(result) }) })),
    );
  };
  return { ...r, waiter, asked, most: () => most, complete };
};
/** What a promise has come to, without waiting for it. */
const outcome = (promise: Promise<unknown>) => {
  const seen: { value?: unknown; error?: unknown } = {};
  promise.then(
    (value) => Object.assign(seen, { value }),
    (error: unknown) => Object.assign(seen, { error }),
  );
  return seen;
};

describe('wait', () => {
  it('answers at once for what has ended, and leaves no timer', async () => {
    const r = waiting();
    await r.enqueuer.enqueue('a', 1, { id: '1' });
    await r.complete(5);
    const task = await r.waiter.wait(one);
    assert.equal(task.state === 'completed' && task.result, '5');
    assert.equal(r.clock.sleeping, 0);
  });

  it('hears at once of what ends in this process, in whatever way', async () => {
    const r = waiting(undefined, { labourers: { a: { maxSimultaneousInvocations: 2, maxAttempts: 1 } } });
    await r.enqueuer.enqueueMany('a', [
      { id: '1', payload: 1 },
      { id: '2', payload: 1 },
      { id: '3', payload: 1, delay: 5, expireAfter: 10 },
    ]);
    const states = ['1', '2', '3'].map((id) => r.waiter.wait({ labourer: 'a', id }).then(({ state }) => state));
    await settle();
    await r.store.cancel([{ labourer: 'a', id: '2' }]);
    r.events.emit('task.cancelled', { labourer: 'a', id: '2' });
    await r.orchestrator.tick(); // completes 1
    assert.deepEqual(await Promise.all(states.slice(0, 2)), ['completed', 'cancelled']);
    await r.clock.advance(15);
    await r.store.claim({ labourer: 'a', token: 't', cap: 9, limit: 9, lease: 1_000 });
    r.events.emit('task.dropped', { labourer: 'a', id: '3' });
    assert.equal(await states[2], 'dropped');
    assert.equal(r.clock.sleeping, 0);
  });

  it('finds what ended elsewhere by asking, less and less often', async () => {
    const r = waiting();
    await r.enqueuer.enqueue('a', 1, { id: '1' });
    const seen = outcome(r.waiter.wait(one, { timeout: 60_000 }));
    await settle();
    const counts: number[] = [];
    for (const by of [1_000, 1_000, 10_000]) {
      const before = r.asked.length;
      await r.clock.advance(by);
      counts.push(r.asked.length - before);
    }
    assert.ok((counts[0] ?? 0) >= 5 && (counts[0] ?? 0) <= 8, String(counts)); // 50, 75, 113, ... ms
    assert.ok((counts[2] ?? 0) <= 11, String(counts)); // once a second
    await r.complete();
    await r.clock.advance(1_100);
    assert.equal((seen.value as TaskRecord | undefined)?.state, 'completed');
    assert.equal(r.clock.sleeping, 0);
  });

  it('an end that comes while the store is asked is not missed', async () => {
    let answer = (): void => {};
    const r = waiting(async (key, find) => {
      const task = await find(key);
      if (task?.state === 'queued') await new Promise<void>((resolve) => (answer = resolve));
      return task;
    });
    await r.enqueuer.enqueue('a', 1, { id: '1' });
    const seen = outcome(r.waiter.wait(one));
    await settle();
    await r.orchestrator.tick();
    answer(); // "queued", from before the end
    await settle();
    assert.equal((seen.value as TaskRecord | undefined)?.state, 'completed');
  });

  it('many that wait for one task share what is asked, and each has its own time', async () => {
    const r = waiting();
    await r.enqueuer.enqueue('a', 1, { id: '1' });
    const waits = Array.from({ length: 100 }, () => r.waiter.wait(one));
    const short = assert.rejects(r.waiter.wait(one, { timeout: 100 }), isFault('WAIT_TIMEOUT', /a\/1 has not ended within 100 ms/));
    await settle();
    assert.deepEqual([r.asked.length, r.clock.sleeping], [1, 1]);
    await r.clock.advance(100);
    await short;
    await r.orchestrator.tick();
    assert.deepEqual(new Set((await Promise.all(waits)).map(({ state }) => state)), new Set(['completed']));
    assert.equal(r.clock.sleeping, 0);
  });

  it('thousands share one timer, and keep the store no busier than it can be', async () => {
    const r = waiting(async (key, find) => {
      await new Promise<void>((resolve) => setImmediate(resolve));
      return find(key);
    });
    const items = Array.from({ length: 1_000 }, (_, n) => ({ id: String(n), payload: n }));
    await r.enqueuer.enqueueMany('a', items);
    const waits = items.map(({ id }) => r.waiter.wait({ labourer: 'a', id }, { timeout: Number.POSITIVE_INFINITY }));
    await settle(60);
    assert.deepEqual([r.asked.length, r.most(), r.clock.sleeping], [1_000, 32, 1]);
    for (let n = 0; n < 500; n += 1) await r.orchestrator.tick();
    assert.equal((await Promise.all(waits)).length, 1_000);
    assert.equal(r.clock.sleeping, 0);
  });

  it('ends when its time is up or its signal aborts, and then asks no more', async () => {
    const r = waiting();
    await r.enqueuer.enqueue('a', 1, { id: '1' });
    const controller = new AbortController();
    const late = assert.rejects(r.waiter.wait(one), isFault('WAIT_TIMEOUT', /within 60000 ms/));
    const stopped = assert.rejects(r.waiter.wait(one, { signal: controller.signal }), /enough/);
    controller.abort(new Error('enough'));
    await stopped;
    await r.clock.advance(60_000);
    await late;
    const asked = r.asked.length;
    await r.clock.advance(60_000);
    assert.deepEqual([r.asked.length, r.clock.sleeping], [asked, 0]);
    await assert.rejects(r.waiter.wait(one, { signal: controller.signal }), /enough/);
  });

  it('a store that is down for a moment fails nobody; if it stays so, the timeout says why', async () => {
    let down = true;
    const trouble = new ReeveError({ kind: 'unavailable', code: 'STORE_UNREACHABLE', message: 'down' });
    const r = waiting(async (key, find) => (down ? Promise.reject(trouble) : find(key)));
    await r.enqueuer.enqueue('a', 1, { id: '1' });
    const short = assert.rejects(
      r.waiter.wait(one, { timeout: 500 }),
      (error) => isFault('WAIT_TIMEOUT', /could not be asked for/)(error) && (error as Error).cause === trouble,
    );
    const long = outcome(r.waiter.wait(one));
    await settle();
    await r.clock.advance(500);
    await short;
    down = false;
    await r.complete();
    await r.clock.advance(1_000);
    assert.equal((long.value as TaskRecord | undefined)?.state, 'completed');
  });

  it('a fault that time does not mend is told at once', async () => {
    const r = waiting(async () => Promise.reject(new Error('no such table')));
    await assert.rejects(r.waiter.wait(one), /no such table/);
    assert.equal(r.clock.sleeping, 0);
  });

  it('a store that never answers is left when the time is up, with no timer', async () => {
    const r = waiting(() => new Promise<undefined>(() => {}));
    const late = assert.rejects(r.waiter.wait(one, { timeout: 1_000 }), isFault('WAIT_TIMEOUT'));
    await r.clock.advance(1_000);
    await late;
    await settle();
    assert.equal(r.clock.sleeping, 0);
  });

  it('refuses an unknown task, a time and an id that cannot be', async () => {
    const r = waiting();
    await assert.rejects(r.waiter.wait(one), isFault('TASK_UNKNOWN', /a has no task "1"/));
    for (const timeout of [0, -1, Number.NaN, null, '5']) {
      await assert.rejects(r.waiter.wait(one, { timeout: timeout as number }), isFault('INVALID_TIMEOUT', /^timeout: /));
    }
    await assert.rejects(r.waiter.wait({ labourer: 'a', id: '' }), isFault('INVALID_TASK_ID'));
    assert.equal(r.clock.sleeping, 0);
  });

  it('while nobody waits, nobody listens: an event for each task costs nothing', async () => {
    const r = waiting();
    let listening = 0;
    const on: typeof r.events.on = (name, listener) => {
      listening += 1;
      const off = r.events.on(name, listener);
      return () => {
        listening -= 1;
        off();
      };
    };
    const waiter = new Waiter({ ...r, reader: r.store, events: Object.assign(new Events(), { on }) });
    await r.enqueuer.enqueue('a', 1, { id: '1' });
    const waits = [waiter.wait(one), waiter.wait(one, { timeout: 10 }).catch(() => undefined)];
    assert.equal(listening, 5);
    await r.clock.advance(10);
    assert.equal(listening, 5); // one waits on
    await r.orchestrator.tick();
    await Promise.all(waits);
    assert.equal(listening, 0);
  });

  it('nobody waits when all is closed', async () => {
    const r = waiting();
    await r.enqueuer.enqueue('a', 1, { id: '1' });
    const ended = assert.rejects(r.waiter.wait(one), isFault('WAIT_ENDED'));
    r.waiter.close();
    await ended;
    assert.equal(r.clock.sleeping, 0);
  });
});

describe('result', () => {
  const schemas = { result: z.object({ at: z.coerce.date() }) };

  it('is what was returned, or what the schema makes of it', async () => {
    const r = waiting();
    await r.enqueuer.enqueue('a', 1, { id: '1' });
    await r.complete({ n: 1 });
    assert.deepEqual(await r.waiter.result(one), { n: 1 });
    const typed = waiting(undefined, { labourers: { a: { maxSimultaneousInvocations: 1, ...schemas } } });
    await typed.enqueuer.enqueue('a', 1, { id: '1' });
    await typed.complete({ at: '2026-01-01T00:00:00Z' });
    assert.deepEqual(await typed.waiter.result(one), { at: new Date('2026-01-01T00:00:00Z') });
    const none = waiting();
    await none.enqueuer.enqueue('a', 1, { id: '1' });
    await none.complete();
    assert.equal(await none.waiter.result(one), undefined);
  });

  it('one that does not fit the schema is no result', async () => {
    const r = waiting(undefined, { labourers: { a: { maxSimultaneousInvocations: 1, ...schemas } } });
    await r.enqueuer.enqueue('a', 1, { id: '1' });
    await r.complete({ at: 'secret' });
    await assert.rejects(
      r.waiter.result(one),
      (error) => isFault('RESULT_REFUSED', /result\.at: /)(error) && !/secret/.test(String(error)),
    );
  });

  it('a task that ended otherwise says how, and with what error', async () => {
    const r = waiting(undefined, { labourers: { a: { maxSimultaneousInvocations: 1, maxAttempts: 1 } } });
    await r.enqueuer.enqueueMany('a', [
      { id: '1', payload: 1 },
      { id: '2', payload: 1 },
    ]);
    await r.store.bury([{ ...one, error: 'TimeoutError: no answer' }]);
    await r.store.cancel([{ labourer: 'a', id: '2' }]);
    const causes: unknown[] = [];
    const told = (words: RegExp) => (error: unknown) => {
      causes.push((error as Error).cause);
      return isFault('TASK_NOT_COMPLETED', words)(error) && ReeveError.is(error) && error.kind === 'task';
    };
    await assert.rejects(r.waiter.result(one), told(/^a\/1 ended dead: TimeoutError: no answer/));
    await assert.rejects(r.waiter.result({ labourer: 'a', id: '2' }), told(/^a\/2 ended cancelled/));
    assert.deepEqual(causes, [{ state: 'dead', error: 'TimeoutError: no answer' }, { state: 'cancelled' }]);
  });
});
